import tap from 'tap';
import type { Config, Link, NetifdInterface, State, Wan } from '../lib/model.js';
import { round } from '../lib/round.js';
import { flat, makeLink, makeRoute, makeWan } from './make.js';
import { CONFIG, FakeWorld } from './world.js';

const silent = { changing: () => {}, judged: () => {} };
const run = (world: FakeWorld, previous?: State, config: Config = CONFIG, dryRun = false) =>
  round(world, silent, config, previous, { begun: world.now(), dryRun });
const statuses = (state: State) => state.wans.map(({ verdict }) => verdict.status);

/** A world in which a first round has run. */
async function settled(): Promise<{ world: FakeWorld; state: State }> {
  const world = new FakeWorld();
  const { state } = await run(world);
  world.applied = [];
  world.looks = 0;
  return { world, state };
}

tap.test('a round that finds all well looks once and writes nothing', async (t) => {
  const { world, state } = await settled();
  t.strictSame(world.ours(), ['eth1', 'eth2']);
  const result = await run(world, state);
  t.equal(world.looks, 1);
  t.strictSame(world.applied, []);
  t.strictSame(result.transitions, []);
  t.equal(result.state.changes, 0);
});

tap.test('where nothing is to be changed, it is planned once; else once more behind the probes', async (t) => {
  const { world, state } = await settled();
  let plans = 0;
  const { want } = world.actuator;
  world.actuator.want = (...words) => {
    plans += 1;
    return want(...words);
  };
  const plansOf = async (harm: () => void) => {
    harm();
    plans = 0;
    await run(world, state);
    return plans;
  };
  t.equal(await plansOf(() => {}), 1);
  const lose = () => world.kernel.execute(['route', 'del', 'default', 'dev', 'eth1', 'proto', '77']);
  t.equal(await plansOf(lose), 3, 'before, as it is then, and behind');
  t.strictSame(world.ours().sort(), ['eth1', 'eth2']);
});

tap.test('one round is enough to fail over, and a WAN that is down gets one attempt', async (t) => {
  const { world, state } = await settled();
  world.answers = { wan1: 'no' };
  const failover = await run(world, state);
  t.equal(world.attempts.wan1, 2);
  t.strictSame(statuses(failover.state), ['down', 'up']);
  t.strictSame(world.ours(), ['eth2']);
  await run(world, failover.state);
  t.equal(world.attempts.wan1, 1);
});

tap.test('while a line answers, its targets are asked in turn; else all at once', async (t) => {
  const targets = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
  const config = { ...CONFIG, wans: CONFIG.wans.map((wan) => ({ ...wan, targets })) };
  const world = new FakeWorld();
  const STEPS: [answer: 'yes' | 'no', turn: string[]][] = [
    ['yes', targets],
    ['yes', ['8.8.8.8']],
    ['yes', ['9.9.9.9']],
    ['no', ['1.1.1.1']],
    ['no', targets],
    ['yes', targets],
  ];
  let state: State | undefined;
  for (const [i, [answer, turn]] of STEPS.entries()) {
    world.answers = { wan1: answer };
    state = (await run(world, state, config)).state;
    t.strictSame(world.turns.wan1, turn, `round ${i + 1}`);
  }
});

tap.test('old verdicts are put right before anything is probed', async (t) => {
  const { world, state } = await settled();
  world.links = [makeLink('eth1', { state: 'no_carrier' }), makeLink('eth2')];
  const during: unknown[] = [];
  world.meanwhile = () => during.push(...world.ours());
  await run(world, state);
  t.strictSame(during, ['eth2'], 'the dead line is out of use while the other is probed');
});

tap.test('a line that changed while it was probed is judged by the next round', async (t) => {
  const changes: [string, (world: FakeWorld) => void][] = [
    ['gateway', (world) => world.kernel.routes.splice(0, 1, makeRoute('default via 10.0.1.9 dev eth1 metric 1001'))],
    [
      'address',
      (world) => world.links.splice(0, 1, makeLink('eth1', { addresses: [{ address: '10.0.1.5', prefix: 24 }] })),
    ],
  ];
  for (const [what, change] of changes) {
    const { world, state } = await settled();
    world.answers = { wan1: 'no' };
    world.meanwhile = () => {
      world.meanwhile = () => {};
      change(world);
    };
    const { state: after, transitions } = await run(world, state);
    t.strictSame(statuses(after), ['up', 'up'], what);
    t.equal(after.wans[0]?.counted.failures, 0);
    t.strictSame(transitions, []);
  }
});

tap.test('a link that goes while it is probed is seen', async (t) => {
  const { world, state } = await settled();
  world.answers = { wan1: 'no' };
  world.meanwhile = () => world.links.splice(0, 1, makeLink('eth1', { state: 'down' }));
  const { state: after } = await run(world, state);
  t.strictSame(statuses(after), ['interface_down', 'up']);
});

tap.test(
  'a pulled cable is a fall, also where netifd takes the interface down for it; an ifdown is none',
  async (t) => {
    const [first, second] = CONFIG.wans as [Wan, Wan];
    const { device: _, ...rest } = first;
    const config = { ...CONFIG, wans: [{ ...rest, interface: 'wan' }, second] };
    const CASES: [state: Link['state'], falls: number][] = [
      ['no_carrier', 1],
      ['down', 0],
    ];
    for (const [state, falls] of CASES) {
      const world = new FakeWorld();
      const { observe } = world.platform;
      let up: NetifdInterface = { name: 'wan', metric: 0, l3Device: 'eth1', defaultRoute: { gateway: '10.0.1.1' } };
      world.platform.observe = async () => ({ ...(await observe()), interfaces: [up] });
      const before = (await run(world, undefined, config)).state;
      up = { name: 'wan', metric: 0 };
      world.links = [makeLink('eth1', { state }), makeLink('eth2')];
      const after = (await run(world, before, config)).state.wans.map(flat);
      t.match(after, [{ status: 'interface_down', falls }, {}], state);
    }
  },
);

tap.test('rounds at once are one good round', async (t) => {
  const { world, state } = await settled();
  world.answers = { wan1: 'no' };
  let { state: now } = await run(world, state);
  world.answers = {};
  const after = async (seconds: number) => {
    world.clock.uptime += seconds;
    now = (await run(world, now)).state;
    return now.wans[0]?.counted.successes;
  };
  t.strictSame([await after(0), await after(0.1), await after(7.3), await after(0.2)], [1, 1, 1, 2]);
  t.equal(await after(10), 3);
  t.strictSame(statuses(now), ['up', 'up']);
});

tap.test('when no ping makes sense, ping is to blame; when one does, the line', async (t) => {
  const { world, state } = await settled();
  world.answers = { wan1: 'broken', wan2: 'broken' };
  const blind = await run(world, state);
  t.ok(blind.blind);
  t.strictSame(statuses(blind.state), ['up', 'up']);
  t.match(blind.problems, [{ text: 'ping could not be used: nonsense; the verdicts stay as they were' }]);
  world.answers = { wan1: 'broken', wan2: 'yes' };
  const seeing = await run(world, state);
  t.notOk(seeing.blind);
  t.strictSame(statuses(seeing.state), ['down', 'up']);
  t.match(seeing.problems, [{ option: "interface 'wan1'", text: 'ping: nonsense' }]);
});

tap.test('a ping that knows IPv4 only says nothing about IPv6', async (t) => {
  const world = new FakeWorld();
  const six = {
    addresses: [],
    routes: [makeRoute('default via fe80::1 dev eth1 metric 512')],
    rules: [],
    translation: {},
  };
  const { observe } = world.platform;
  world.platform.observe = async () => ({ ...(await observe()), six });
  const twin = makeWan({ name: 'wan1/ipv6', family: 6, device: 'eth1' });
  const config = { ...CONFIG, wans: [...CONFIG.wans, twin] };
  const { state } = await run(world, undefined, config);
  t.strictSame(statuses(state), ['up', 'up', 'up']);
  world.answers = { 'wan1/ipv6': 'broken' };
  const { state: after, problems } = await run(world, state, config);
  t.strictSame(statuses(after), ['up', 'up', 'up']);
  t.match(problems, [{ option: "interface 'wan1/ipv6'", text: 'ping: nonsense' }]);
  world.answers = { 'wan1/ipv6': 'no' };
  t.strictSame(statuses((await run(world, state, config)).state), ['up', 'up', 'down'], 'silence is another thing');
});

tap.test('a ping that cannot be started says nothing about the line', async (t) => {
  const { world, state } = await settled();
  world.answers = { wan1: 'unstarted', wan2: 'no' };
  const { state: after, problems, blind } = await run(world, state);
  t.strictSame(statuses(after), ['up', 'down'], 'nor does it keep the others from being judged');
  t.match(problems, [{ option: "interface 'wan1'", text: 'ping: too many processes' }]);
  t.notOk(blind);
});

tap.test('a WAN without a default is not probed on a shared medium', async (t) => {
  const world = new FakeWorld();
  world.refuse = (words) => (words.includes('eth2') ? 'RTNETLINK answers: refused' : undefined);
  world.kernel.routes.pop();
  const config = { ...CONFIG, wans: CONFIG.wans };
  const observe = world.platform.observe;
  // netifd knows the gateway all the same.
  world.platform.observe = async () => ({
    ...(await observe()),
    interfaces: [{ name: 'b', up: true, metric: 0, l3Device: 'eth2', defaultRoute: { gateway: '10.0.2.1' } }],
  });
  const { state, refused } = await run(world, undefined, config);
  t.strictSame(Object.keys(world.attempts), ['wan1']);
  t.strictSame(statuses(state), ['up', 'unknown']);
  t.ok(refused);
});

tap.test('a dry run plans by what it learned, and changes nothing', async (t) => {
  const world = new FakeWorld();
  const { changes, state } = await run(world, undefined, CONFIG, true);
  t.equal(changes.length, 2);
  t.strictSame(world.applied, []);
  t.strictSame(statuses(state), ['up', 'up']);
});

tap.test('disabled: our routes go, nothing is probed', async (t) => {
  const { world, state } = await settled();
  world.attempts = {};
  const config = { ...CONFIG, enabled: false, wans: CONFIG.wans.map((wan) => ({ ...wan, enabled: false })) };
  const { state: after } = await run(world, state, config);
  t.strictSame(world.ours(), []);
  t.strictSame(world.attempts, {});
  t.strictSame(statuses(after), ['disabled', 'disabled']);
});

tap.test(
  'new verdicts are kept before they are acted on, as of a round that has not ended and told nobody',
  async (t) => {
    const { world, state } = await settled();
    const both = [{ verdict: { status: 'up', told: 'unknown' } }, { verdict: { told: 'unknown' } }];
    t.match(world.remembered, [{ unfinished: true, wans: both }]);
    world.remembered = [];
    await run(world, state);
    t.strictSame(world.remembered, [], 'there is nothing new');
    world.answers = { wan1: 'no' };
    const ended = await run(world, state);
    t.match(world.remembered, [
      {
        unfinished: true,
        begun: 100,
        wans: [{ verdict: { status: 'down', told: 'up' } }, { verdict: { status: 'up' } }],
      },
    ]);
    t.match(ended.state, {
      unfinished: undefined,
      begun: 100,
      wans: [{ verdict: { status: 'down', told: undefined } }],
    });
    const [killed] = world.remembered;
    const next = await run(world, killed);
    t.match(next.transitions, [{ name: 'wan1', from: 'up', to: 'down' }], 'the round after a kill tells it');
    world.answers = {};
    const alone = { ...CONFIG, wans: CONFIG.wans.map((wan) => ({ ...wan, recoveryThreshold: 1 })) };
    const healed = await run(world, killed, alone);
    t.match(healed.transitions, [], 'what is over before anybody heard of it is no news');
    t.match(
      world.remembered.at(-1)?.wans,
      [{ verdict: { status: 'up', told: undefined } }],
      'but a verdict, which is kept',
    );
  },
);

tap.test('a kernel without groups is not asked again before it starts again', async (t) => {
  const world = new FakeWorld();
  const config: Config = { ...CONFIG, mode: 'multiuplink', sticky: true };
  let tried = 0;
  world.refuse = (words) => {
    if (!words.includes(' group ')) return undefined;
    tried += 1;
    return 'RTNETLINK answers: Invalid argument';
  };
  const first = await run(world, undefined, config);
  t.equal(first.state.noGroup, 'boot');
  const before = tried;
  const others = ['weather=fine'];
  const second = await run(world, { ...first.state, complaints: [], others }, config);
  t.equal(tried, before, 'whatever it complained of');
  t.match(second.state, { noGroup: 'boot', others });
  t.match(second.problems, [{ text: /^the kernel takes no resilient group/ }]);
  world.clock = { ...world.clock, bootId: 'next' };
  await run(world, second.state, config);
  t.ok(tried > before);
});
