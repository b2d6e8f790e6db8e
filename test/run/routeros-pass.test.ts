import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { createRandom } from '../random.js';
import { Driver, MACHINE } from '../routeros/driver.js';
import { SECRET } from '../routeros/in-process.js';
import type { Effect } from '../routeros/standin.js';

const QUIET = { changes: [], problems: [] };
const WAN1_OFF = "~ edge: route 'WAN1 default' disabled";
const WAN1_ON = "~ edge: route 'WAN1 default' enabled";
const WAN2_ON = "~ edge: route 'WAN2 default' enabled";
const WAN2_OFF = "~ edge: route 'WAN2 default' disabled";
const RULE_ON = "~ edge: mangle rule 'steer; fast' enabled";
const RATES = '~ edge: cake-down 17.5 Mbit/s, cake-up 5.0 Mbit/s';

for (const ways of [['rest'], ['ssh'], ['rest', 'ssh']] as const) {
  tap.test(`what is wanted comes about by ${ways.join(' and ')}, once`, async (t) => {
    const driver = new Driver({ ...MACHINE, ways: [...ways] });
    const { standin } = driver;
    t.strictSame(await driver.told(), QUIET, 'nothing differs');
    driver.words = { wan1: 'down', wan2: 'up' };
    driver.rates = { up: 5_000_000, down: 17_500_000 };
    driver.steered = true;
    const all = [RATES, WAN1_OFF, RULE_ON].sort();
    const plan = await driver.told({ dryRun: true });
    t.strictSame([...plan.changes].sort(), all);
    t.equal(standin.effects.length, 0, 'a dry run does nothing');
    const done = await driver.told();
    t.strictSame([done.changes.sort(), done.problems], [all, []]);
    t.strictSame(await driver.told(), QUIET, 'and the next pass does nothing');
    t.equal(standin.find('queue tree', 'cake-down')?.['max-limit'], '17500000');
    t.equal(standin.find('ip route', 'WAN1 default')?.disabled, 'true');
    t.equal(standin.find('ip firewall mangle', 'steer; fast')?.disabled, 'false');
    t.equal(standin.effects.length, 4);
    t.equal(driver.memory.way, ways[0]);
    t.match(driver.memory.last?.text, /route|rule|cake/);
    // All as it was, twice asked.
    const back = await driver.told({ leaving: true });
    t.equal(back.changes.length, 3);
    t.strictSame(await driver.told({ leaving: true }), QUIET);
    t.equal(standin.find('queue tree', 'cake-down')?.['max-limit'], '500000000');
    t.equal(standin.find('queue tree', 'cake-up')?.['max-limit'], '40000000');
    t.ok(standin.isOn('WAN1 default') && standin.isOn('WAN2 default'));
    t.equal(standin.find('ip firewall mangle', 'steer; fast')?.disabled, 'true');
    const words = driver.between.words.join(' ');
    t.notMatch(words, /cret/, 'no secret is in any argument');
    t.notMatch(JSON.stringify(driver.memory), /cret\\/, 'nor in what is remembered');
  });
}

tap.test('the route of another line is on before one is turned off', async (t) => {
  const driver = new Driver();
  const { standin } = driver;
  const second = standin.find('ip route', 'WAN2 default');
  assert(second);
  second.disabled = 'true';
  driver.words = { wan1: 'down', wan2: 'up' };
  t.strictSame(await driver.told(), { changes: [WAN2_ON, WAN1_OFF], problems: [] });
  t.ok(standin.effects.every(({ on }) => on['WAN1 default'] || on['WAN2 default']));
  // Back, and the second one stays as a reserve, as RouterOS prefers the first.
  driver.words = { wan1: 'up', wan2: 'up' };
  driver.machine.pass(20);
  t.strictSame(await driver.told(), { changes: [WAN1_ON], problems: [] });
  // Of the same distance, it would carry a half.
  second.distance = '1';
  driver.machine.pass(20);
  t.strictSame(await driver.told(), { changes: [WAN2_OFF], problems: [] });
  // One that is degraded is turned off, though it is up.
  driver.words = { wan1: 'degraded', wan2: 'up' };
  driver.machine.pass(20);
  t.strictSame(await driver.told(), { changes: [WAN2_ON, WAN1_OFF], problems: [] });
});

tap.test('no route is turned off while no other one is in use', async (t) => {
  const CASES: [what: string, prepare: (driver: Driver) => void, problem: RegExp | undefined][] = [
    ['its gateway is away there', ({ standin }) => standin.away.push('WAN2 default'), /WAN1 default' stays enabled/],
    [
      'it is not there',
      ({ standin }) => standin.menus['ip route']?.splice(1, 1),
      /no route with the comment 'WAN2 default'/,
    ],
    [
      'there are two',
      ({ standin }) => standin.menus['ip route']?.push({ comment: 'WAN2 default', '.id': '*F' }),
      /more than one route with the comment 'WAN2 default' \(2\)/,
    ],
    ['all are down', (driver) => (driver.words.wan2 = 'down'), undefined],
    ['nothing is known', (driver) => (driver.words = { wan1: 'unknown', wan2: 'unknown' }), undefined],
  ];
  for (const [what, prepare, problem] of CASES) {
    const driver = new Driver();
    driver.words = { wan1: 'down', wan2: 'up' };
    prepare(driver);
    const { changes, problems } = await driver.told();
    t.strictSame([changes, driver.standin.effects], [[], []], what);
    if (problem) t.match(problems.join('\n'), problem, what);
    else t.strictSame(problems, [], what);
  }
});

tap.test('what somebody else switches there is left to them', async (t) => {
  const netwatch = {
    '.id': '*1',
    host: '8.8.8.8',
    disabled: 'false',
    'down-script': '/ip route disable [find comment="WAN1 default"]',
  };
  for (const ways of [['rest'], ['ssh']] as const) {
    const driver = new Driver({ ...MACHINE, ways: [...ways] });
    driver.standin.menus['tool netwatch']?.push({ ...netwatch });
    driver.words = { wan1: 'down', wan2: 'up' };
    const { changes, problems } = await driver.told();
    t.strictSame(changes, []);
    t.match(problems, [/'WAN1 default' is switched by netwatch 8.8.8.8 there/], `${ways}`);
    Object.assign(driver.standin.menus['tool netwatch']?.[0] ?? {}, { disabled: 'true' });
    t.strictSame(await driver.told(), { changes: [WAN1_OFF], problems: [] }, 'one that does nothing owns nothing');
  }
  const forced = new Driver({ ...MACHINE, force: true });
  forced.standin.menus['tool netwatch']?.push(netwatch);
  forced.words = { wan1: 'down', wan2: 'up' };
  t.strictSame(await forced.told(), { changes: [WAN1_OFF], problems: [] });
});

tap.test('nothing is changed while nobody can say whether somebody else switches it', async (t) => {
  const owner = { '.id': '*1', host: '8.8.8.8', 'down-script': 'disable "WAN1 default"' };
  const NOT_SHOWN: [status: number, detail: string][] = [
    [400, 'no such command or directory (netwatch)'],
    [403, 'not enough permissions (9)'],
    [500, 'not enough permissions (9)'],
    [500, 'std failure: not allowed (9)'],
  ];
  const MAY_PASS: [status: number, detail: string][] = [
    [500, 'failure: timeout'],
    [400, 'missing value'],
    [408, 'action timed out'],
  ];
  for (const ways of [['rest'], ['ssh']] as const) {
    for (const menu of ['tool netwatch', 'system script']) {
      const make = () => {
        const driver = new Driver({ ...MACHINE, ways: [...ways] });
        driver.words = { wan1: 'down', wan2: 'up' };
        return driver;
      };
      for (const [status, detail] of NOT_SHOWN) {
        const driver = make();
        driver.standin.refusals[menu] = { status, detail };
        const done = await driver.told();
        t.strictSame(done, { changes: [WAN1_OFF], problems: [] }, `${ways} ${menu} ${status} ${detail}`);
      }
      for (const [status, detail] of MAY_PASS) {
        const driver = make();
        driver.standin.menus['tool netwatch']?.push({ ...owner });
        driver.standin.refusals[menu] = { status, detail };
        const { changes, problems } = await driver.told();
        t.strictSame([changes, driver.standin.effects], [[], []], `${ways} ${menu} ${status} ${detail}`);
        t.match(problems, [detail], `${ways} ${menu} ${status}`);
        delete driver.standin.refusals[menu];
        t.match((await driver.told()).problems, [/switched by netwatch 8.8.8.8/], 'once it is shown');
      }
    }
  }
  for (const fault of ['hangs', 'half an answer', 'nonsense', 'refused'] as const) {
    const driver = new Driver({ ...MACHINE, ways: ['rest'] });
    driver.words = { wan1: 'down', wan2: 'up' };
    driver.standin.menus['tool netwatch']?.push({ ...owner });
    driver.between.fault = (place) => (place.includes('/tool/netwatch/') ? fault : 'well');
    t.match(await driver.told(), { changes: [], problems: [/^rest: /] }, fault);
    t.strictSame(driver.standin.effects, [], fault);
  }
  // What is shown counts, whatever else is not.
  const half = new Driver();
  half.words = { wan1: 'down', wan2: 'up' };
  half.standin.menus['tool netwatch']?.push({ ...owner });
  half.standin.refusals['system script'] = { status: 500, detail: 'not enough permissions (9)' };
  t.match(await half.told(), { changes: [], problems: [/switched by netwatch 8.8.8.8/] });
});

tap.test('a mangle rule of which nobody says anything is as it was found', async (t) => {
  const driver = new Driver();
  const isOn = () => driver.standin.find('ip firewall mangle', 'steer; fast')?.disabled === 'false';
  Object.assign(driver.standin.find('ip firewall mangle', 'steer; fast') ?? {}, { disabled: 'false' });
  t.strictSame([await driver.told(), isOn()], [QUIET, true]);
  driver.steered = false;
  await driver.told();
  t.notOk(isOn());
  driver.steered = undefined;
  driver.machine.pass(20);
  await driver.told();
  t.ok(isOn(), 'a section became a dry run');
});

tap.test('both rates, or none', async (t) => {
  const driver = new Driver({ ...MACHINE, ways: ['rest'] });
  driver.rates = { up: 5_000_000, down: 17_500_000 };
  const { between, standin } = driver;
  // The look is of six requests; then the two writes, of which the second one is refused.
  let writes = 0;
  between.fault = () => (between.requests > 6 && ++writes === 2 ? '404' : 'well');
  await driver.pass();
  const limits = () => ['cake-down', 'cake-up'].map((name) => standin.find('queue tree', name)?.['max-limit']);
  const [first, second] = standin.effects;
  t.match([first?.name, second?.name], ['cake-down', 'cake-down'], 'the first one is put back');
  t.strictSame(limits(), ['17500000', '5000000'], 'and both are set once it works');
  const alone = new Driver({ ...MACHINE, ways: ['rest'] });
  alone.rates = driver.rates;
  alone.standin.menus['queue tree']?.pop();
  t.match(await alone.told(), { changes: [], problems: [/no queue tree named 'cake-up'/] });
  t.strictSame(alone.standin.effects, []);
});

tap.test(
  'a write waits for its turn, and a newer wish takes its place; but a failover waits for nothing',
  async (t) => {
    const driver = new Driver();
    const { standin } = driver;
    driver.rates = { up: 1_000_000, down: 10_000_000 };
    await driver.pass();
    driver.rates = { up: 2_000_000, down: 20_000_000 };
    driver.machine.pass(2);
    const waiting = await driver.pass();
    t.match(waiting, { changes: [], settled: false });
    t.ok(waiting.memory.due > driver.machine.uptime && waiting.memory.due <= driver.machine.uptime + 10);
    driver.rates = { up: 3_000_000, down: 30_000_000 };
    driver.words = { wan1: 'down', wan2: 'up' };
    t.strictSame((await driver.told()).changes, [WAN1_OFF]);
    driver.words = { wan1: 'up', wan2: 'up' };
    t.strictSame((await driver.told()).changes, [], 'a failback waits');
    driver.machine.pass(10);
    t.equal((await driver.told()).changes.length, 2);
    const ever = standin.effects.filter(({ name }) => name === 'cake-down').map(({ set }) => set['max-limit']);
    t.strictSame(ever, ['10000000', '30000000'], 'the one between was never written');
  },
);

tap.test('many differences are written a few at a time, those that are about being online at once', async (t) => {
  const routes = Array.from({ length: 20 }, (_, i) => ({ wan: `wan${i + 1}`, comment: `line ${i + 1}` }));
  for (const ways of [['rest'], ['ssh']] as const) {
    const driver = new Driver({ ...MACHINE, ways: [...ways], routes });
    const { standin, machine } = driver;
    standin.menus['ip route'] = routes.map(({ comment }, i) => ({
      ...{ '.id': `*${i + 1}`, comment, distance: `${i + 1}`, inactive: 'false', disabled: `${i > 0}` },
    }));
    driver.words = Object.fromEntries(routes.map(({ wan }) => [wan, 'up']));
    const begun = machine.uptime;
    const isFull = () => {
      const at = machine.uptime - begun;
      // Five within ten seconds, and none of them waits longer than that.
      t.ok(standin.effects.length <= 5 * (1 + Math.floor(at / 10)), `${ways}: ${standin.effects.length} after ${at} s`);
    };
    for (let passes = 0; passes < 60; passes++) {
      const { settled, memory } = await driver.pass();
      isFull();
      if (settled) break;
      t.ok(memory.due <= machine.uptime + 10, 'it is soon its turn');
      machine.pass(1);
    }
    t.equal(standin.effects.length, 19, 'each once');
    t.ok(routes.every(({ comment }) => standin.isOn(comment)));
    // All but the last one die, which is no matter of wear.
    machine.pass(1);
    for (const { wan } of routes.slice(0, -1)) driver.words[wan] = 'down';
    const before = standin.effects.length;
    await driver.pass();
    t.equal(standin.effects.length - before, 19);
    t.ok(standin.isOn('line 20') && !standin.isOn('line 1'));
  }
});

tap.test('what is not kept is not written over and over', async (t) => {
  const driver = new Driver();
  driver.rates = { up: 1_000_000, down: 10_000_000 };
  const write = driver.standin.rest.bind(driver.standin);
  let writes = 0;
  driver.standin.rest = (method, ...rest) => {
    if (method === 'PATCH') writes += 1;
    driver.standin.deaf = method === 'PATCH';
    return write(method, ...rest);
  };
  t.strictSame((await driver.told()).problems, ['it does not keep what it is told']);
  t.equal(writes, 2, 'two rates, once');
  const waiting = await driver.pass();
  t.match([waiting.settled, writes], [false, 2], 'until it is its turn again');
});

tap.test('a list of thousands', async (t) => {
  const others = (what: string) =>
    Array.from({ length: 1500 }, (_, i) => ({
      '.id': `*${(i + 4096).toString(16)}`,
      comment: `${what} ${i}`,
      name: `${what} ${i}`,
    }));
  for (const ways of [['rest'], ['ssh']] as const) {
    for (const talkative of [false, true]) {
      const make = () => {
        const driver = new Driver({ ...MACHINE, ways: [...ways] });
        driver.standin.talkative = talkative;
        for (const menu of ['queue tree', 'ip firewall mangle', 'ip route'])
          driver.standin.menus[menu]?.unshift(...others('other'));
        driver.words = { wan1: 'down', wan2: 'up' };
        driver.rates = { up: 5_000_000, down: 17_500_000 };
        driver.steered = true;
        return driver;
      };
      const place = `${ways}${talkative ? ', which shows all' : ''}`;
      const driver = make();
      const all = [RATES, WAN1_OFF, RULE_ON].sort();
      const { changes, problems } = await driver.told();
      t.strictSame([changes.sort(), problems], [all, []], place);
      t.equal(driver.standin.effects.length, 4, `${place}: nothing else was touched`);
      const twice = make();
      for (const [menu, name] of Object.entries(TWICE))
        twice.standin.menus[menu]?.push(...others('more'), { '.id': '*F', name, comment: name });
      const said = await twice.told();
      t.strictSame([said.changes, twice.standin.effects], [[], []], `${place}: each is there twice`);
      t.equal(said.problems.filter((text) => text.includes('more than one')).length, 3, said.problems.join('\n'));
    }
    const owned = new Driver({ ...MACHINE, ways: [...ways] });
    const { standin } = owned;
    standin.menus['system script']?.push(...others('script'), {
      '.id': '*F',
      name: 'last',
      source: 'disable "WAN1 default"',
    });
    owned.words = { wan1: 'down', wan2: 'up' };
    t.match(
      await owned.told(),
      { changes: [], problems: [/switched by script last there/] },
      `${ways}: the last one counts`,
    );
  }
  const huge = new Driver({ ...MACHINE, ways: ['rest'] });
  huge.standin.menus['system script']?.push({ '.id': '*F', name: 'huge', source: 'x'.repeat(1_000_001) });
  huge.words = { wan1: 'down', wan2: 'up' };
  const { changes, problems } = await huge.told();
  t.strictSame([changes, huge.standin.effects], [[], []], 'who owns what is not known');
  t.match(problems, [/^rest: its answer is too long/]);
});

const TWICE = { 'queue tree': 'cake-up', 'ip firewall mangle': 'steer; fast', 'ip route': 'WAN2 default' };

tap.test('a wish that is overtaken is dropped', async (t) => {
  const driver = new Driver();
  driver.rates = { up: 1_000_000, down: 10_000_000 };
  driver.newest = () => {
    // While the machine is asked, the control decides otherwise.
    if (driver.between.requests >= 6) driver.rates = { up: 2_000_000, down: 20_000_000 };
    return driver.between.requests >= 6 ? 2 : 1;
  };
  await driver.pass();
  t.strictSame(
    driver.standin.effects.map(({ set }) => set['max-limit']),
    ['20000000', '2000000'],
  );
});

tap.test('by the other way while the first one does not work, and back', async (t) => {
  const driver = new Driver();
  const { between, machine } = driver;
  let dead = true;
  between.fault = () => (dead && between.words.at(-2) === '--config' ? 'refused' : 'well');
  await driver.pass();
  const asked = () => between.words.filter((word) => word === 'curl').length;
  t.match([driver.memory.way, driver.memory.detour?.pause, asked()], ['ssh', 30, 2], 'once more, then the other one');
  await driver.pass();
  t.equal(asked(), 2, 'it is not asked again at once');
  for (const pause of [60, 120, 240, 300, 300]) {
    machine.pass(301);
    await driver.pass();
    t.equal(driver.memory.detour?.pause, pause);
  }
  dead = false;
  machine.pass(301);
  await driver.pass();
  t.match([driver.memory.way, driver.memory.detour], ['rest', undefined]);
});

tap.test('what does not work is said, and how soon it is tried again', async (t) => {
  const CASES: [fault: 'wrong password' | 'wrong certificate' | 'refused' | 'hangs', said: RegExp, due: number][] = [
    ['wrong password', /^rest: it does not let us in \(status 401/, 300],
    ['wrong certificate', /^rest: its certificate is not trusted/, 5],
    ['refused', /^rest: Failed to connect/, 5],
    ['hangs', /^rest: Operation timed out/, 5],
  ];
  for (const [fault, said, due] of CASES) {
    const driver = new Driver({ ...MACHINE, ways: ['rest'] });
    driver.between.fault = () => fault;
    const { memory, settled } = await driver.pass();
    t.match(memory.problems, [said], fault);
    t.match([settled, memory.failures, Math.round(memory.due - driver.machine.uptime)], [false, 1, due], fault);
    t.ok(driver.between.requests <= 2, fault);
    for (let i = 0; i < 8; i++) await driver.pass();
    t.ok(driver.memory.due - driver.machine.uptime <= Math.max(due, 60), 'it is never given up for long');
  }
  // Somebody puts another file in its place as soon as it has been looked at.
  const swapped = new Driver({ ...MACHINE, ways: ['rest'] });
  swapped.machine.refuse = (operation, path) => {
    if (operation === 'open' && path === SECRET) swapped.machine.put(SECRET, 'x', { mode: 0o644 });
    return undefined;
  };
  t.match((await swapped.told()).problems, [/^rest: .*: others than root may read it: chmod 600 \/etc/]);
  t.equal(swapped.between.requests, 0);
  const open = new Driver();
  open.machine.put('/etc/mini-mwan.routeros', 'x', { mode: 0o640 });
  open.machine.drop('/etc/mini-mwan.key');
  t.match((await open.told()).problems, [/^ssh: there is no file/]);
  t.equal(open.between.requests, 0, 'a secret that others may read is not used');
  const deaf = new Driver();
  deaf.words = { wan1: 'down', wan2: 'up' };
  deaf.between.fault = () => 'deaf';
  t.match(await deaf.told(), { changes: [WAN1_OFF, WAN1_OFF], problems: ['it does not keep what it is told'] });
});

tap.test('five hundred faults', async (t) => {
  let befallen = 0;
  const property = fc.asyncProperty(fc.integer({ min: 0, max: 1e9 }), async (seed) => {
    const random = createRandom(seed);
    const driver = new Driver({ ...MACHINE, ways: random.pick([['rest', 'ssh'], ['ssh', 'rest'], ['rest']]) });
    const { between, standin, machine } = driver;
    standin.odd = random.below(2) === 0;
    let generation = 1000;
    const renew = () => {
      generation += 1;
      if (random.below(3) > 0) driver.rates = { down: generation * 1000, up: generation * 1000 };
      const [a, b, c] = [random.pick(WORDS), random.pick(WORDS), random.below(3)];
      driver.words = { wan1: a, wan2: b };
      driver.steered = c === 0 ? undefined : c === 1;
    };
    between.troubled(random, random.pick([0.05, 0.2, 0.5]));
    driver.newest = () => {
      if (random.below(12) === 0) renew();
      return generation;
    };
    for (let i = 0; i < 8; i++) {
      renew();
      machine.pass(random.below(40));
      // Whoever is killed leaves what it has kept last.
      await driver.pass();
    }
    befallen += between.befallen;
    check(standin.effects);
    // Once all is well, all is as it is wanted.
    between.fault = () => 'well';
    driver.newest = () => generation;
    driver.words = { wan1: 'down', wan2: 'up' };
    driver.rates = { down: 9_999_000, up: 9_999_000 };
    driver.steered = true;
    for (let i = 0; i < 3; i++) {
      machine.pass(301);
      await driver.pass();
    }
    assert.deepEqual(driver.memory.problems, []);
    assert.equal(standin.find('queue tree', 'cake-up')?.['max-limit'], '9999000');
    assert(standin.isOn('WAN2 default') && !standin.isOn('WAN1 default'));
    check(standin.effects);
    for (let i = 0; i < 3; i++) {
      machine.pass(301);
      await driver.pass({ leaving: true });
    }
    assert.equal(standin.find('queue tree', 'cake-down')?.['max-limit'], '500000000');
    assert(standin.isOn('WAN2 default') && standin.isOn('WAN1 default'));
  });
  await fc.assert(property, { numRuns: 60 });
  t.ok(befallen >= 500, `${befallen} faults`);
});

const WORDS = ['up', 'down', 'degraded', 'unknown', 'interface_down'] as const;

/** What may never be. */
function check(effects: Effect[]): void {
  const set = { 'cake-up': 0, 'cake-down': 0 } as Record<string, number>;
  for (const { name, set: done, was, changed, on } of effects) {
    assert(on['WAN1 default'] || on['WAN2 default'], 'never both lines off');
    assert(changed, `never a write without a change: ${name}`);
    const rate = Number(done['max-limit'] ?? 0);
    if (done['max-limit'] === undefined) continue;
    // What is put back is what the other one still has.
    const other = name === 'cake-up' ? 'cake-down' : 'cake-up';
    const isBack =
      rate === set[other] || (set[other] === 0 && rate === (name === 'cake-up' ? 40_000_000 : 500_000_000));
    assert(
      rate >= Number(set[name]) || isBack,
      `never an old rate after a new one: ${name} ${was['max-limit']} ${rate}`,
    );
    set[name] = rate === 500_000_000 || rate === 40_000_000 ? 0 : rate;
  }
}
