import { readFileSync } from 'node:fs';
import tap from 'tap';
import { EXIT } from '../../lib/explain.js';
import { readRecording } from '../../lib/replay/folder.js';
import { recordedWorld } from '../../lib/replay/player.js';
import { createContext } from '../../lib/run/context.js';
import { runRound } from '../../lib/run/perform.js';
import { createRecorder } from '../../lib/run/record.js';
import { parseState } from '../../lib/state/parse.js';
import { Machine } from '../machine.js';
import { CONFIG_FILE, configText, Router, STATE_FILE } from './router.js';

const FOLDER = '/tmp/record';

/** A router whose `ip` is asked, as far as it is about its links and routes. */
function withIp(text?: string): Router {
  const router = new Router(text);
  const sample = (name: string) => readFileSync(`test/samples/${name}`, 'utf8').trim();
  router.machine.programs.ping = () => ({ stdout: '1 packets transmitted, 1 received\n64 bytes: time=12.5 ms\n' });
  router.machine.programs.ip = (_, { input = '' }) => {
    const answer = (line: string) => {
      if (line === 'addr show') return sample('ip-j-addr.json');
      return line === 'route show table main' ? sample('ip-j-route-main.json') : '[]';
    };
    return {
      stdout: input
        .split('\n')
        .map((line) => `${answer(line)}\n`)
        .join(''),
    };
  };
  return router;
}

/** Its timers are a hundred times as fast. */
const contextOf = ({ machine, options }: Router) => {
  const { engine, exec } = machine;
  const after = (ms: number, work: () => void) => {
    const timer = setTimeout(work, ms / 100);
    return () => clearTimeout(timer);
  };
  return createContext(options, { ...engine, out: engine.out, after }, exec);
};

tap.test('what a recorded round printed and decided, its replay does on another machine', async (t) => {
  const router = withIp(configText('', "weight 'x'"));
  const run = await createRecorder(contextOf(router), FOLDER);
  const { exitCode, result } = await run({
    dryRun: false,
    remembered: { problem: 'the state was odd' },
    unlocked: 'no lock',
  });
  const printed = router.machine.printed();
  t.match(printed.err, /^mini-mwan: .*, line 7: option weight 'x': /m);
  t.match(printed.out, /^wan1 \(eth1\) /m);
  t.ok(parseState(router.machine.text(STATE_FILE) ?? ''), 'it was a round like any other');

  const recording = readRecording(router.machine.engine, FOLDER);
  t.match(recording, {
    unlocked: 'no lock',
    stateProblem: 'the state was odd',
    config: router.machine.text(CONFIG_FILE) as string,
  });
  const elsewhere = new Machine();
  const { config, state } = recording.paths;
  const context = createContext({ ...router.options, config, state, verbose: true }, elsewhere.engine, elsewhere.exec);
  const start = {
    dryRun: false,
    remembered: { problem: recording.stateProblem as string },
    unlocked: recording.unlocked,
  };
  const again = await runRound(context, start, await recordedWorld(elsewhere.engine, recording));
  t.equal(again.exitCode, exitCode);
  t.strictSame(again.result.state, result.state);
  t.strictSame(elsewhere.printed(), printed);
});

tap.test('the folder has what was printed, in its order, and is as silent as a file', async (t) => {
  const router = withIp();
  router.machine.tty = true;
  router.options = { ...router.options, color: true };
  const run = await createRecorder(contextOf(router), FOLDER);
  await run({ dryRun: true, remembered: {} });
  const { out, err } = router.machine.printed();
  const kept = router.machine.text(`${FOLDER}/decisions.txt`) ?? '';
  t.match(out + err, '\x1b[', 'colour on the screen');
  t.notMatch(kept, '\x1b');
  t.match(kept, /^wan1 [\s\S]*\(dry run\)/);
});

tap.test('a round that goes wrong is kept, too', async (t) => {
  const router = withIp('nonsense');
  const run = await createRecorder(contextOf(router), FOLDER);
  await t.rejects(run({ dryRun: false, remembered: {} }), { exitCode: EXIT.config, message: /line 1: / });
  t.match(router.machine.text(`${FOLDER}/decisions.txt`), /^mini-mwan: .*, line 1: /);
  const world = await recordedWorld(new Machine().engine, readRecording(router.machine.engine, FOLDER));
  await t.rejects(world.configuration(), { exitCode: EXIT.config, message: /line 1: / });
});

tap.test('a recording that cannot be written is said, and spoils no round', async (t) => {
  const router = withIp();
  const run = await createRecorder(contextOf(router), FOLDER);
  router.machine.refuse = (operation, path) =>
    operation === 'create' && path.startsWith(FOLDER) ? 'ENOSPC' : undefined;
  await run({ dryRun: false, remembered: {} });
  t.match(router.machine.printed().err, /^mini-mwan: the recording in \/tmp\/record is not whole: no space left$/m);
  t.ok(parseState(router.machine.text(STATE_FILE) ?? ''));
});

tap.test('where nothing can be recorded, no round is run', async (t) => {
  const router = withIp();
  router.machine.put(FOLDER, '');
  await t.rejects(createRecorder(contextOf(router), FOLDER), {
    exitCode: EXIT.config,
    message: /a file is in its place/,
  });
});
