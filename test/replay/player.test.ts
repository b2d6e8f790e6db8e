import { readFileSync } from 'node:fs';
import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { recordedWorld } from '../../lib/replay/player.js';
import { record } from '../../lib/replay/recorder.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import type { World } from '../../lib/world.js';
import { Machine } from '../machine.js';
import { makeWan } from '../make.js';
import { FakeWorld } from '../world.js';

const sample = (name: string) => readFileSync(`test/samples/${name}`, 'utf8').trim();
const ANSWERS: Record<string, string> = {
  'addr show': sample('ip-j-addr.json'),
  'route show table main': sample('ip-j-route-main.json'),
};
const wan = makeWan();
/** What is seen makes no difference to a ping. */
const NOTHING = { links: [], routes: [], blind: [] };

/** A world of which all is recorded, and one that replays it. */
async function recordAll(more: Partial<World> = {}) {
  const machine = new Machine();
  machine.programs.ip = (args, { input = '' }) =>
    args.includes('-j')
      ? {
          stdout: input
            .split('\n')
            .map((line) => `${ANSWERS[line] ?? '[]'}\n`)
            .join(''),
        }
      : { exitCode: 1, stderr: 'RTNETLINK answers: File exists\nCommand failed -:1\n' };
  const fake = new FakeWorld();
  const kept: string[] = [];
  const world: World = {
    platform: fake.platform,
    configuration: async () => ({ text: 'config settings\n', merged: true, problem: 'uci is odd' }),
    keepConfiguration: (text) => void kept.push(text),
    now: fake.now,
    probe: fake.probe,
    setHashPolicy: () => ({ command: 'sysctl' }),
    save: () => ({ text: 'full', lost: true }),
    ...more,
  };
  const { engine, exec } = machine;
  machine.put('/var/run/state.qdisc', '{"eth1":{"handle":"8001:","rate":9000}}');
  const witnessed = await record(world, { engine, exec, state: '/var/run/state' });
  const replay = () => {
    const calls = JSON.parse(JSON.stringify(witnessed.calls));
    const paths = { config: '', state: '' };
    // Nothing of the machine is left.
    return recordedWorld(new Machine().engine, {
      paths,
      dryRun: false,
      json: false,
      config: witnessed.config(),
      calls,
    });
  };
  return { witnessed, replay, fake, kept };
}

/** All that a round can ask of a world. */
async function askAll(world: World, fake: FakeWorld) {
  const { platform } = world;
  const [actuator] = await platform.actuators();
  const change = {
    verb: 'add' as const,
    thing: {},
    sentence: '',
    command: ['ip', 'route', 'add', 'default', 'dev', 'eth1'],
  };
  return {
    now: world.now(),
    source: await world.configuration(),
    seen: await platform.observe(),
    probe: await world.probe(wan, 'eth1', 2, [], NOTHING),
    policy: world.setHashPolicy('l4'),
    refusal: await actuator?.apply([change]),
    saved: world.save(EMPTY_STATE),
    announcer: platform.announcer,
    looks: fake.looks,
  };
}

tap.test('a recorded world gives the same answers as the one that was recorded', async (t) => {
  const { witnessed, replay, fake } = await recordAll();
  const first = await askAll(witnessed.world, fake);
  t.ok(first.seen.links.length > 1 && first.seen.routes.length > 1, 'there was something to see');
  t.match(first.seen.queues, { former: { eth1: { handle: '8001:', rate: 9000 } } }, 'and to be recalled');
  t.match(first.refusal, { index: 0, reason: 'RTNETLINK answers: File exists' });
  const world = await replay();
  t.strictSame(await askAll(world, fake), first);
  await t.rejects(world.platform.observe(), { message: /recording ends here/ }, 'what was done may have changed that');
});

tap.test('a configuration that could not be read cannot be read in a replay', async (t) => {
  const trouble = new Trouble(EXIT.config, 'there is none', ['write one']);
  const { witnessed, replay } = await recordAll({ configuration: () => Promise.reject(trouble) });
  await t.rejects(witnessed.world.configuration(), trouble);
  t.equal(witnessed.config(), undefined);
  const expected = { constructor: Trouble, exitCode: EXIT.config, message: 'there is none', remedy: ['write one'] };
  await t.rejects((await replay()).configuration(), expected);
});

tap.test('a bug is no answer', async (t) => {
  const { witnessed } = await recordAll({ configuration: () => Promise.reject(new TypeError('a bug')) });
  const before = witnessed.calls.length;
  await t.rejects(witnessed.world.configuration(), { message: 'a bug' });
  t.equal(witnessed.calls.length, before);
});

tap.test('what only the recorded one does is done there', async (t) => {
  const { witnessed, replay, kept } = await recordAll();
  witnessed.world.keepConfiguration('text');
  t.strictSame(kept, ['text']);
  (await replay()).keepConfiguration('other');
  t.strictSame(kept, ['text']);
});

tap.test('what was not asked then has no answer', async (t) => {
  const { witnessed, replay } = await recordAll();
  witnessed.world.now();
  const world = await replay();
  t.strictSame(world.now(), world.now(), 'a question may be asked again');
  await t.rejects(world.probe(wan, 'eth1', 2, [], NOTHING), { message: /recording ends here: probe wan1$/ });
  await t.rejects(world.platform.observe(), { message: /recording ends here: ip -N -j -s -batch -$/ });
});

tap.test('what earlier versions recalled without a word is not there', async (t) => {
  const { witnessed, replay } = await recordAll();
  await witnessed.world.platform.observe();
  const { calls } = witnessed;
  for (const { call } of calls.filter(({ call }) => call.startsWith('recall ')))
    calls.splice(
      calls.findIndex((one) => one.call === call),
      1,
    );
  t.strictSame((await (await replay()).platform.observe()).queues?.former, {});
});

tap.test('the order of probes that ran at once makes no difference', async (t) => {
  const { witnessed, replay, fake } = await recordAll();
  fake.answers = { wan2: 'no' };
  const other = makeWan({ name: 'wan2', targets: ['8.8.8.8'] });
  const [one, two] = [
    await witnessed.world.probe(wan, 'eth1', 2, [], NOTHING),
    await witnessed.world.probe(other, 'eth2', 2, [], NOTHING),
  ];
  const world = await replay();
  t.strictSame(await world.probe(other, 'eth2', 2, [], NOTHING), two);
  t.strictSame(await world.probe(wan, 'eth1', 2, [], NOTHING), one);
  t.not(one.answered, two.answered);
});
