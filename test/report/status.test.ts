import tap from 'tap';
import { isOurs } from '../../lib/actuators/routes/route.js';
import { PLANNER } from '../../lib/actuators/routes/routes.js';
import type { Config, Wan } from '../../lib/model.js';
import { findPaths } from '../../lib/observe/paths.js';
import { COLOURLESS, createColour } from '../../lib/report/colour.js';
import { statusJson, statusLines } from '../../lib/report/status.js';
import { takeSurvey } from '../../lib/report/survey.js';
import { round } from '../../lib/round.js';
import { pendingBy } from '../../lib/run/pending.js';
import { forget } from '../../lib/state/recent.js';
import { makeLink, makeRoute, makeWan } from '../make.js';
import { CONFIG, FakeWorld } from '../world.js';

const plain = COLOURLESS;

/** What status shows of a world, `later` s after a round in which `prepare` had its say. */
async function look(
  prepare: (world: FakeWorld) => void,
  afterwards: (world: FakeWorld) => void = () => {},
  later = 12,
  stopped?: string[],
) {
  const world = new FakeWorld();
  await round(world, { changing: () => {}, judged: () => {} }, CONFIG, undefined, {
    begun: world.now(),
    dryRun: false,
  });
  prepare(world);
  const { state } = await round(world, { changing: () => {}, judged: () => {} }, CONFIG, undefined, {
    begun: world.now(),
    dryRun: false,
  });
  world.clock = { ...world.clock, wall: world.clock.wall + later, uptime: world.clock.uptime + later };
  afterwards(world);
  const seen = await world.platform.observe();
  if (stopped)
    return takeSurvey(
      pendingBy([PLANNER], forget(state), world.clock),
      CONFIG,
      forget(state),
      { seen, paths: [] },
      world.clock,
      { stopped },
    );
  return takeSurvey(
    pendingBy([PLANNER], state, world.clock),
    CONFIG,
    state,
    { seen, paths: findPaths(CONFIG, seen, isOurs) },
    world.clock,
  );
}

tap.test('all well', async (t) => {
  const survey = await look(() => {});
  t.strictSame(statusLines(survey, plain), [
    'WAN   STATUS  SINCE  DEVICE  GATEWAY   RTT      LOSS  FAILURES',
    'wan1  up      12 s   eth1    10.0.1.1  12.0 ms  0 %   0/2       * in use',
    'wan2  up      12 s   eth2    10.0.2.1  12.0 ms  0 %   0/2',
    '',
    '* default via 10.0.1.1 dev eth1 metric 10',
    '  default via 10.0.2.1 dev eth2 metric 20',
    '  default via 10.0.1.1 dev eth1 metric 1001',
    '  default via 10.0.2.1 dev eth2 metric 1002',
    '',
    'last round 12 s ago, took 0 ms, no change',
  ]);
  t.match(statusJson(survey), {
    last_round: { age_s: 12 },
    wans: [{ name: 'wan1', in_use: true, look_at: null, rtt_ms: 12 }, { in_use: false }],
    routes: [{ route: 'default via 10.0.1.1 dev eth1 metric 10', in_use: true, wrong: false }, {}, {}, {}],
    missing_routes: [],
    configuration_changed: false,
    next_changes: [],
  });
});

tap.test('numbers in JSON are as exact as the state file is', async (t) => {
  const survey = await look(() => {});
  for (const { wan } of survey.wans)
    Object.assign(wan.counted, { latency: 0.1 + 0.2, jitter: 19.999999, loss: 100 / 3 });
  t.match(statusJson(survey).wans, [{ rtt_ms: 0.3, jitter_ms: 20, loss_percent: 33.33 }, {}]);
});

tap.test('what is not well, and where to look', async (t) => {
  const tail = async (...args: Parameters<typeof look>) => statusLines(await look(...args), plain).slice(-2);
  t.match(
    await tail((world) => {
      world.answers = { wan1: 'no' };
    }),
    [/^last round/, 'wan1 has been down for 12 s: no reply from 1.1.1.1. Look at: ping -c 3 -I eth1 1.1.1.1'],
  );
  t.match(
    await tail((world) => {
      world.links = [makeLink('eth1', { state: 'no_carrier' }), makeLink('eth2')];
    }),
    [/^last round/, 'wan1 has been down for 12 s: eth1 has no carrier. Look at: ip link show dev eth1'],
  );
  t.match(
    await tail((world) => {
      world.kernel.routes.splice(0, 1);
    }),
    [/^last round/, 'wan1 has been down for 12 s: no gateway for eth1. Look at: ip route show default dev eth1'],
  );
});

tap.test('where the kernel disagrees', async (t) => {
  const survey = await look(
    () => {},
    (world) => {
      world.kernel.execute('route del default dev eth1 metric 10 proto 77'.split(' '));
      world.kernel.execute('route append default via 10.0.2.9 dev eth2 metric 20 proto 77'.split(' '));
      world.kernel.execute('route del default via 10.0.2.1 dev eth2 metric 20 proto 77'.split(' '));
      world.kernel.routes.push(makeRoute('0.0.0.0/1 dev eth9 metric 5 proto 77'));
    },
  );
  t.strictSame(statusLines(survey, plain).slice(4, 10), [
    '! 0.0.0.0/1 dev eth9 metric 5',
    '! default via 10.0.2.9 dev eth2 metric 20',
    '  default via 10.0.1.1 dev eth1 metric 1001',
    '  default via 10.0.2.1 dev eth2 metric 1002',
    '! default via 10.0.1.1 dev eth1 metric 10  missing',
    '! default via 10.0.2.1 dev eth2 metric 20  missing',
  ]);
  t.match(
    statusLines(survey, plain).join('\n'),
    /the kernel differs from the last round in 4 routes \(!\); run: mini-mwan check/,
  );
  const empty = await look(
    () => {},
    (world) => world.kernel.routes.splice(0, 9),
  );
  t.equal(statusLines(empty, plain)[4], '! no default route at all');
});

tap.test('while the service is stopped, nothing passes for news and no round is advised', async (t) => {
  const clear = (world: FakeWorld) => world.kernel.routes.splice(2);
  const stop = async (afterwards: (world: FakeWorld) => void) =>
    look(
      (world) => {
        world.answers = { wan1: 'no' };
      },
      afterwards,
      300,
      ['start it', 'enable it'],
    );
  const survey = await stop(clear);
  t.strictSame(statusLines(survey, plain), [
    'the service is stopped: no line is watched, and no route is kept; run: start it && enable it',
    '',
    'WAN   STATUS   SINCE  DEVICE  GATEWAY   RTT  LOSS  FAILURES',
    'wan1  unknown  5 min  eth1    10.0.1.1  -    -     0/2       * in use',
    'wan2  unknown  5 min  eth2    10.0.2.1  -    -     0/2       nobody watches it',
    '',
    '* default via 10.0.1.1 dev eth1 metric 1001',
    '  default via 10.0.2.1 dev eth2 metric 1002',
    '',
    'last round 5 min ago, took 0 ms, 1 change',
  ]);
  t.match(statusJson(survey), {
    service_stopped: true,
    wans: [{ status: 'unknown', rtt_ms: null, since_s: 300, look_at: null }, { status: 'unknown' }],
    missing_routes: [],
  });
  t.match((await look(() => {})).stopped, undefined);
  const left = statusLines(await stop(() => {}), plain).join('\n');
  t.match(left, /^! default via 10.0.2.1 dev eth2 metric 20$/m);
  t.match(left, /^1 route of ours left, which nobody watches \(!\); run: mini-mwan restore$/m);
  t.notMatch(left, 'mini-mwan check');
});

tap.test('a configuration that was edited since', async (t) => {
  const world = new FakeWorld();
  const { state } = await round(world, { changing: () => {}, judged: () => {} }, CONFIG, undefined, {
    begun: world.now(),
    dryRun: false,
  });
  const seen = await world.platform.observe();
  const surveyOf = (wans: Wan[]) => {
    const config = { ...CONFIG, wans };
    const paths = (by: Config) => findPaths(by, seen, isOurs);
    const edited = { config, paths: paths(config) };
    return takeSurvey(
      pendingBy([PLANNER], state, world.clock),
      CONFIG,
      state,
      { seen, paths: paths(CONFIG) },
      world.clock,
      { edited },
    );
  };
  const [wan1 = makeWan(), wan2 = makeWan()] = CONFIG.wans;
  const moved = surveyOf([{ ...wan1, metric: 30 }, wan2]);
  const [add, del] = ['+ default via 10.0.1.1 dev eth1 metric 30', '- default via 10.0.1.1 dev eth1 metric 10'];
  const head = 'the configuration has changed since the last round; the next one would change';
  t.strictSame(statusLines(moved, plain).slice(-1), [`${head} ${add}, ${del}`]);
  t.notMatch(statusLines(moved, plain).join('\n'), /^!/m, 'what the last round left is not wrong for that');
  t.match(statusJson(moved), { configuration_changed: true, next_changes: [add, del], missing_routes: [] });
  t.strictSame(statusLines(surveyOf([{ ...wan1, weight: 3 }, wan2]), plain).slice(-1), [`${head} no route`]);
});

tap.test('clocks and restarts', async (t) => {
  const back = await look(
    () => {},
    (world) => {
      world.clock.wall -= 3600;
    },
  );
  t.match(statusLines(back, plain).join('\n'), /^the clock has gone back by 1 h since then$/m);
  const restarted = await look(
    () => {},
    (world) => {
      world.clock = { wall: 2000, uptime: 5, bootId: 'another' };
    },
  );
  t.match(statusLines(restarted, plain).join('\n'), /^no round since the router started; run: mini-mwan check$/m);
  t.match(statusLines(restarted, plain)[1], /^wan1 {2}up {6}- /);
  t.equal(statusJson(restarted).last_round.age_s, null);
});

tap.test('colour', async (t) => {
  const colour = await createColour();
  const words = ['up', 'down', 'interface_down', 'disabled'] as const;
  t.equal(new Set(words.map((status) => colour.status(status, 'x'))).size, 4, 'tells them apart');
  t.equal(plain.status('down', 'x') + plain.bold('x'), 'xx');
});
