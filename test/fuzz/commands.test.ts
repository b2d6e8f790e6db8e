import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import tap from 'tap';
import { metrics } from '../../lib/commands/metrics.js';
import { replay } from '../../lib/commands/replay.js';
import { status } from '../../lib/commands/status.js';
import type { Engine, Output } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import { explain } from '../../lib/explain.js';
import type { RoundResult, State } from '../../lib/model.js';
import { uciConfiguration } from '../../lib/platform/uci.js';
import { writeRecording } from '../../lib/replay/folder.js';
import { record } from '../../lib/replay/recorder.js';
import { pluginWork } from '../../lib/report/plugin-work.js';
import { round } from '../../lib/round.js';
import { understand } from '../../lib/run/configuration.js';
import { type Context, createContext, toComplaint } from '../../lib/run/context.js';
import { examineKept } from '../../lib/run/kept.js';
import { runRound } from '../../lib/run/perform.js';
import { examinePrograms } from '../../lib/run/programs.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { createExec, type Exec } from '../../lib/system/exec.js';
import type { World } from '../../lib/world.js';
import { simulateProbe } from '../flapping/probe.js';
import { FakeWorld } from '../world.js';
import { damaged, oddJson } from './mutate.js';
import { DUMP, LINKS, ROUTES, STATE, UCI } from './readers.js';

const TIMES = Number(process.env.FUZZ ?? 1);
const folder = await mkdtemp(join(tmpdir(), 'mini-mwan-fuzz-'));
tap.teardown(() => rm(folder, { recursive: true }));

/** An environment without anything, whose output goes where we want it. */
function engineFor(uid: number, out: Output): Engine {
  return { ...createEngine(), env: {}, uid, out, err: out };
}

/** What a command line comes to, and all that it printed: by the command itself, as reading the words takes longer than the rest. */
async function run(
  command: (context: Context) => Promise<number>,
  state = '/nonexistent',
): Promise<{ exitCode: number; printed: string }> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const engine = engineFor(1000, { isTTY: false, write });
  const options = { config: '/nonexistent', state, verbose: true, json: false, color: false };
  try {
    return { exitCode: await command(createContext(options, engine)), printed };
  } catch (error) {
    const { lines, exitCode } = explain(error);
    return { exitCode, printed: printed + toComplaint(lines) };
  }
}

/** Nothing went wrong but what has words of its own, and no terminal is steered by it. */
function isTold({ exitCode, printed }: { exitCode: number; printed: string }): void {
  assert(!printed.includes('this is a bug'), printed);
  assert([0, 1, 2, 3, 4].includes(exitCode));
  assert(/^[\n -~\u00a1-\u2027\u202f-\u2065\u2070-\ud7ff\ue000-\ufefe]*$/.test(printed), JSON.stringify(printed));
}

/** A round of two WANs, as `check --record` would have kept it. */
async function makeRecording(path: string): Promise<void> {
  const [links, routes] = [LINKS, ROUTES].map((text) => JSON.stringify(JSON.parse(text)));
  const world = new FakeWorld();
  const exec: Exec = {
    start: (program, args) => {
      const stdout = program === 'ubus' ? DUMP : args.includes('-j') ? `${links}\n${routes}\n[]\n` : '';
      return { finished: Promise.resolve({ stdout, stderr: '', exitCode: 0 }), kill: () => {} };
    },
    detach: async () => true,
    find: async (program) => `/bin/${program}`,
  };
  const fake: World = {
    platform: world.platform,
    configuration: async () => ({ text: UCI[0] as string, merged: false }),
    keepConfiguration: () => {},
    now: world.now,
    probe: async (wan, _, attempts, turn) => simulateProbe(wan, attempts, turn, () => true).probe,
    setHashPolicy: () => ({}),
    save: () => undefined,
  };
  const engine = engineFor(0, { isTTY: false, write: () => {} });
  const witnessed = await record(fake, { engine, exec });
  const paths = { config: '/etc/config/mini-mwan', state: '/var/run/mini-mwan.status' };
  const options = { ...paths, verbose: true, json: false, color: false };
  const start = { dryRun: true, remembered: { state: STATE } };
  await runRound(createContext(options, engine, exec), start, witnessed.world);
  const texts = { config: UCI[0] as string, state: formatState(STATE) };
  writeRecording(engine, path, { paths, dryRun: true, json: false, ...texts, calls: witnessed.calls }, '0', '');
}

tap.test('any recording is replayed, or refused in words', async (t) => {
  const path = await mkdtemp(join(folder, 'recording-'));
  await makeRecording(path);
  const names = ['calls.json', 'config', 'state'] as const;
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  const whole = await run((context) => replay(context, { folder: path }));
  isTold(whole);
  t.match(whole.printed, /eth1 .*link up/, 'the real one');
  const [calls = ''] = texts;
  const some = fc.oneof(
    { weight: 3, arbitrary: oddJson(JSON.parse(calls)).map((value) => [0, JSON.stringify(value) ?? ''] as const) },
    ...names.map((_, i) => damaged([texts[i] as string]).map((text) => [i, text] as const)),
  );
  let replayed = 0;
  const property = fc.asyncProperty(some, async ([which, text]) => {
    const file = join(path, names[which] as string);
    await writeFile(file, text);
    const result = await run((context) => replay(context, { folder: path }));
    if (result.printed.includes('change')) replayed += 1;
    await writeFile(file, texts[which] as string);
    isTold(result);
  });
  await fc.assert(property, { numRuns: 400 * TIMES });
  t.ok(replayed > 40, `${replayed} came to their end`);
});

tap.test('any state file is shown, or refused in words', async (t) => {
  const state = join(folder, 'status');
  const property = fc.asyncProperty(damaged([formatState(STATE)]), async (text) => {
    await writeFile(state, text);
    isTold(await run((context) => metrics(context, { also: 'mwan3' }), state));
    isTold(await run((context) => metrics(context, { also: 'multiwanbond' }), state));
    isTold(await run((context) => status(context, { check: true }), state));
  });
  await fc.assert(property, { numRuns: 200 * TIMES });
  t.pass();
});

tap.test('any configuration is used, or refused in words', async (t) => {
  const silent = { changing: () => {}, judged: () => {} };
  const engine = createEngine();
  const property = fc.asyncProperty(damaged(UCI), async (text) => {
    const result = await run(async () => {
      const { config } = await understand(
        { configuration: uciConfiguration({ engine, exec: createExec(engine) }) },
        '/f',
        {
          text,
          merged: false,
        },
      );
      const world = new FakeWorld();
      const how = { begun: world.now(), dryRun: false };
      const { state } = await round(world, silent, config, { ...STATE, bootId: 'boot' }, how);
      assert.deepEqual(
        parseState(formatState(state))?.wans.map(({ name }) => name),
        config.wans.map(({ name }) => name),
      );
      const tools = { engine, exec: { ...createExec(engine), find: async () => undefined } };
      await examinePrograms(tools, config);
      await examineKept(tools, config);
      const seen = { routes: [] } as unknown as RoundResult['seen'];
      const tell = (plugins?: string[]) => {
        const told = { ...state, ...(plugins ? { plugins } : {}) };
        return pluginWork(config, { state: parseState(formatState(told)) as State, transitions: [], seen }, 'x');
      };
      assert.deepEqual(tell(tell()?.memory)?.work?.notices ?? [], [], 'what was told is remembered');
      return 0;
    });
    isTold(result);
  });
  await fc.assert(property, { numRuns: 500 * TIMES });
  t.pass();
});
