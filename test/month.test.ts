import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import tap from 'tap';
import type { Route, State } from '../lib/model.js';
import { round } from '../lib/round.js';
import { formatState } from '../lib/state/format.js';
import { parseState } from '../lib/state/parse.js';
import { makeLink, makeRoute } from './make.js';
import { createRandom, type Random } from './random.js';
import { CONFIG, FakeWorld } from './world.js';

/** Rounds of 30 days, one a minute. */
const MONTH = 30 * 24 * 60;
/** Bytes of a state file: of two WANs, with a few complaints. */
const MAX_STATE = 4000;
const silent = { changing: () => {}, judged: () => {} };

/** MB in use once all garbage is gone. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
}

function setRoutes(world: FakeWorld, keep: (route: Route) => boolean, more: string[] = []): void {
  const { routes } = world.kernel;
  routes.splice(0, routes.length, ...routes.filter(keep), ...more.map((words) => makeRoute(words)));
}

/** What the world is like in the next minute. */
function happen(world: FakeWorld, random: Random): void {
  const chance = (share: number) => random.fraction() < share;
  world.clock.uptime += 60 + random.fraction();
  world.clock.wall += chance(0.001) ? random.pick([-1, 1]) * 56 * 365 * 86_400 : 60;
  if (chance(0.0005)) world.clock = { ...world.clock, uptime: 20, bootId: `boot ${random.fraction()}` };
  if (world.clock.wall < 0) world.clock.wall = 0;
  if (chance(0.05))
    world.answers = { wan1: random.pick(['yes', 'no', 'broken', 'unstarted']), wan2: random.pick(['yes', 'no']) };
  if (chance(0.02))
    world.links = [
      makeLink('eth1', { state: random.pick(['up', 'down', 'no_carrier']) }),
      makeLink('eth2', { state: random.pick(['up', 'up', 'down']) }),
    ];
  const isFree = (metric: number) => world.kernel.routes.every((route) => route.metric !== metric);
  const gateway = random.pick(['10.0.1.1', '10.0.1.9']);
  if (chance(0.01)) setRoutes(world, ({ protocol }) => protocol === '77');
  if (chance(0.02) && isFree(1001)) world.kernel.routes.push(makeRoute(`default via ${gateway} dev eth1 metric 1001`));
  if (chance(0.02) && isFree(1002)) world.kernel.routes.push(makeRoute('default via 10.0.2.1 dev eth2 metric 1002'));
  const refusing = chance(0.01);
  world.refuse = (words) =>
    refusing && words.includes('eth1') ? `RTNETLINK answers: no ${random.fraction()}` : undefined;
}

tap.test('a month of rounds, in which all goes wrong, leaves nothing behind', async (t) => {
  const world = new FakeWorld();
  const random = createRandom(42);
  let state: State | undefined;
  let [largest, most, failed, transitions, memory] = [0, 0, 0, 0, 0];
  for (let i = 0; i < MONTH; i++) {
    happen(world, random);
    const result = await round(world, silent, CONFIG, state, { begun: world.now(), dryRun: false });
    const complaints = result.problems.map(({ text }) => text);
    const text = formatState({ ...result.state, complaints });
    state = parseState(text);
    if (state === undefined) failed += 1;
    largest = Math.max(largest, text.length);
    most = Math.max(most, world.kernel.routes.length);
    transitions += result.transitions.length;
    world.applied = [];
    world.remembered = [];
    if (i === MONTH / 10) memory = memoryInUse();
  }
  t.equal(failed, 0, 'every state can be read again');
  t.ok(transitions > 1000, `${transitions} transitions`);
  t.ok(largest < MAX_STATE, `${largest} bytes of state at the most`);
  t.ok(most <= 8, `${most} routes at the most`);
  const grown = memoryInUse() - memory;
  t.ok(grown < 3, `${grown.toFixed(1)} MB more than after three days`);

  world.answers = {};
  world.refuse = () => undefined;
  world.links = [makeLink('eth1'), makeLink('eth2')];
  const both = ['default via 10.0.1.1 dev eth1 metric 1001', 'default via 10.0.2.1 dev eth2 metric 1002'];
  setRoutes(world, () => false, both);
  for (let i = 0; i < 4; i++) {
    world.clock.uptime += 60;
    state = (await round(world, silent, CONFIG, state, { begun: world.now(), dryRun: false })).state;
  }
  t.strictSame(
    state?.wans.map(({ verdict }) => verdict.status),
    ['up', 'up'],
    'and when all is well, all is well',
  );
  t.strictSame(world.ours(), ['eth1', 'eth2']);
});
