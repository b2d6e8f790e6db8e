import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Rates, Shaper } from '../../../lib/model.js';
import type { Finished } from '../../../lib/system/exec.js';
import { Router, SHAPER, STATE, sqm } from './router.js';

const MADE = [
  '+ device mwan-eth1 for what comes',
  '+ cake dev eth1 8000 kbit/s',
  '+ cake dev mwan-eth1 12000 kbit/s',
  '+ filters for what comes by eth1',
  '+ what comes by eth1 to mwan-eth1',
];
const QUIET = { sentences: [], problems: [], refused: false };
const kbit = (router: Router, device: string) => {
  const { bandwidth } = router.kernel.cake(device) ?? {};
  return typeof bandwidth === 'number' ? (bandwidth * 8) / 1000 : bandwidth;
};
const texts = ({ problems }: { problems: { option?: string; text: string }[] }) =>
  problems.map(({ option, text }) => [option, text].filter(Boolean).join(': '));

tap.test('made, and left alone by the next round', async (t) => {
  const router = new Router();
  const before = router.kernel.text;
  t.strictSame(await router.round([SHAPER], { dryRun: true }), { ...QUIET, sentences: MADE });
  t.equal(router.kernel.text, before, 'a dry run does nothing');
  t.strictSame(await router.round([SHAPER]), { ...QUIET, sentences: MADE });
  t.match(router.kernel.cake('eth1'), { bandwidth: 1_000_000, nat: true, ingress: false, raw: true });
  t.match(router.kernel.cake('mwan-eth1'), { bandwidth: 1_500_000, ingress: true });
  t.strictSame(router.kernel.devices.get('eth1')?.arrivals?.filters, [{ pref: 7700, to: 'mwan-eth1' }]);
  t.strictSame(await router.round([SHAPER]), QUIET);
  t.equal((await router.round([])).sentences.length, MADE.length);
  t.equal(router.kernel.text, before, 'the section is gone, and all is as it was');
  t.equal(router.former, undefined);
  await router.round([SHAPER]);
  t.equal((await router.round([SHAPER], { off: ['wan1'] })).sentences.length, MADE.length, 'its WAN is off');
});

tap.test('the rate', async (t) => {
  const CASES: [
    what: string,
    rates: Rates,
    learnt: number | undefined,
    now: number | 'unlimited' | undefined,
    then: unknown,
  ][] = [
    ['it begins at base', { min: 2000, base: 8000, max: 20000 }, undefined, undefined, 8000],
    ['or at max', { max: 20000 }, undefined, undefined, 20000],
    ['or without a limit, where nothing is known', {}, undefined, undefined, 'unlimited'],
    ['not at min', { min: 500 }, undefined, undefined, 'unlimited'],
    ['with what was good last', { min: 2000, base: 8000, max: 20000 }, 11000, undefined, 11000],
    ['within its bounds', { min: 2000, max: 20000 }, 90000, undefined, 20000],
    ['both of them', { min: 2000, max: 20000 }, 100, undefined, 2000],
    ['whatever it is, it stays', { min: 2000, base: 8000, max: 20000 }, 11000, 3456, 3456],
    ['where there are no bounds, too', {}, 11000, 3456, 3456],
    ['too high', { min: 2000, base: 8000, max: 20000 }, undefined, 30000, 20000],
    ['too low', { min: 2000, base: 8000, max: 20000 }, undefined, 100, 2000],
    ['somebody has taken the limit away', { min: 2000, base: 8000 }, undefined, 'unlimited', 8000],
    ['and something was learnt', {}, 7000, 'unlimited', 7000],
    ['it has none, and nothing is known', {}, undefined, 'unlimited', 'unlimited'],
  ];
  for (const [what, up, learnt, now, then] of CASES) {
    const router = new Router();
    const shaper: Shaper = { ...SHAPER, rates: { up } };
    if (learnt !== undefined) router.learnt({ up: learnt });
    if (now !== undefined) {
      await router.round([shaper]);
      Object.assign(router.kernel.cake('eth1') ?? {}, { bandwidth: now === 'unlimited' ? now : now * 125 });
    }
    await router.round([shaper]);
    t.equal(kbit(router, 'eth1'), then, what);
    t.strictSame(await router.round([shaper]), QUIET, what);
  }
  const router = new Router();
  for (const text of ['{', '[]', '{"lines":[1,{"name":"line","decisions":{"up":{"rate":-5}}}]}', '{"lines":{}}']) {
    router.machine.put(`${STATE}.shape`, text);
    await router.round([SHAPER]);
    t.equal(kbit(router, 'eth1'), 8000, text);
    await router.round([]);
  }
});

tap.test('other words change it in place, with the rate that it has', async (t) => {
  const router = new Router();
  const up = ['diffserv3', 'nonat', 'nowash', 'ack-filter', 'egress', 'overhead', '44', 'atm', 'mpu', '64'];
  const other: Shaper = { ...SHAPER, words: { up, down: SHAPER.words?.down ?? [] } };
  await router.round([SHAPER]);
  router.kernel.execute([
    'tc',
    'qdisc',
    'change',
    'dev',
    'eth1',
    'root',
    'handle',
    '7700:',
    'cake',
    'bandwidth',
    '9kbit',
  ]);
  router.kernel.execute('tc qdisc change dev eth1 root handle 7700: cake bandwidth 9500kbit'.split(' '));
  for (const shaper of [other, SHAPER]) {
    t.strictSame((await router.round([shaper])).sentences, ['~ cake dev eth1 9500 kbit/s']);
    t.strictSame(await router.round([shaper]), QUIET);
  }
  t.match(router.kernel.cake('eth1'), { raw: true, nat: true, mpu: 1 });
});

tap.test('a rate that control moves while the words are changed stays, unless it may not be', async (t) => {
  const router = new Router();
  await router.round([SHAPER]);
  const CASES: [what: string, before: number, meanwhile: number, rates: Shaper['rates'], after: number][] = [
    ['within its bounds', 9500, 7000, SHAPER.rates, 7000],
    ['they are other bounds', 7000, 6900, { ...SHAPER.rates, up: { max: 5000 } }, 5000],
  ];
  for (const [i, [what, before, meanwhile, rates, after]] of CASES.entries()) {
    const move = (rate: number) => Object.assign(router.kernel.cake('eth1') ?? {}, { bandwidth: rate * 125 });
    move(before);
    router.tc = (args) => {
      if (!args.includes('-batch')) move(meanwhile);
      return undefined;
    };
    const up = ['diffserv4', i === 0 ? 'nat' : 'nonat', ...(SHAPER.words?.up ?? []).slice(2)];
    await router.round([{ ...SHAPER, rates, words: { up, down: SHAPER.words?.down ?? [] } }]);
    router.tc = undefined;
    t.match(router.kernel.cake('eth1'), { bandwidth: after * 125, diffserv: 'diffserv4', nat: i === 0 }, what);
  }
});

tap.test('what somebody else has is left, and said', async (t) => {
  const CASES: [what: string, make: (router: Router) => void, sentences: string[], said: RegExp[]][] = [
    [
      'a queue that is no CAKE',
      ({ kernel }) =>
        Object.assign(kernel.devices.get('eth1') ?? {}, { root: { kind: 'htb', handle: '1:', options: {} } }),
      MADE.filter((line) => !line.includes('dev eth1')),
      [/shaper 'line': eth1 has a queue of somebody else \(htb\), which is left as it is/],
    ],
    [
      'filters that lead elsewhere',
      ({ kernel }) => {
        kernel.add('ifb-eth1');
        Object.assign(kernel.devices.get('eth1') ?? {}, {
          arrivals: { kind: 'clsact', filters: [{ pref: 5 }, { pref: 10, to: 'ifb-eth1' }] },
        });
      },
      ['+ cake dev eth1 8000 kbit/s'],
      [/somebody else leads what comes by eth1 to ifb-eth1, which is left/],
    ],
    [
      'filters that do not',
      ({ kernel }) =>
        Object.assign(kernel.devices.get('eth1') ?? {}, { arrivals: { kind: 'clsact', filters: [{ pref: 5 }] } }),
      MADE.filter((line) => !line.includes('filters')),
      [],
    ],
    [
      'an empty place for them',
      ({ kernel }) => Object.assign(kernel.devices.get('eth1') ?? {}, { arrivals: { kind: 'ingress', filters: [] } }),
      MADE.filter((line) => !line.includes('filters')),
      [],
    ],
  ];
  for (const [what, make, sentences, said] of CASES) {
    const router = new Router();
    make(router);
    const before = router.kernel.text;
    const done = await router.round([SHAPER]);
    t.strictSame(done.sentences, sentences, what);
    t.match(texts(done), said, what);
    t.strictSame((await router.round([SHAPER])).sentences, [], what);
    await router.round([]);
    t.equal(router.kernel.text, before, `${what}, afterwards`);
  }
});

tap.test('the rates of sqm-scripts are steered, and put back', async (t) => {
  const { words: _, ...existing } = SHAPER;
  for (const shaper of [SHAPER, existing as Shaper]) {
    const router = new Router();
    sqm(router.kernel);
    const before = router.kernel.text;
    const bounded = { ...shaper, rates: { up: { max: 5000 }, down: { max: 12000 } } };
    const first = await router.round([bounded]);
    t.strictSame(first.sentences, [
      '+ rate of the cake dev eth1: 5000 kbit/s',
      '+ rate of the cake dev ifb4eth1: 12000 kbit/s',
    ]);
    t.equal(texts(first).length, shaper.words ? 2 : 0, 'what is meant is not said');
    t.strictSame((await router.round([bounded])).sentences, []);
    router.kernel.execute('tc qdisc change dev eth1 root handle 8001: cake bandwidth 3000kbit'.split(' '));
    t.strictSame((await router.round([bounded])).sentences, []);
    t.equal(kbit(router, 'eth1'), 3000);
    t.strictSame((await router.round([])).sentences.sort(), [
      '- rate of the cake dev eth1: again 9000 kbit/s',
      '- rate of the cake dev ifb4eth1: again without a limit',
    ]);
    t.equal(router.kernel.text, before);
    t.equal(router.former, undefined);

    // They are started again, with another rate.
    await router.round([bounded]);
    Object.assign(router.kernel.devices.get('eth1') ?? {}, {
      root: { kind: 'cake', handle: '8005:', options: { bandwidth: 2_000_000 } },
    });
    await router.round([bounded]);
    await router.round([]);
    t.equal(kbit(router, 'eth1'), 16000, 'what they want now');
  }
  const router = new Router();
  t.match(texts(await router.round([existing])), [/there is no CAKE on eth1 whose rate could be steered/]);
  sqm(router.kernel);
  router.machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  t.match(texts(await router.round([existing])), [/cannot be kept beside the state file/, /cannot be kept/]);
  t.equal(kbit(router, 'eth1'), 9000, 'what could not be put back is not touched');
  const mq = new Router();
  Object.assign(mq.kernel.devices.get('eth1') ?? {}, {
    root: { kind: 'cake_mq', handle: '8001:', options: { bandwidth: 1_125_000 } },
  });
  await mq.round([{ ...existing, rates: { up: { max: 5000 } } }]);
  t.equal(kbit(mq, 'eth1'), 5000, 'at the parent of several queues');
});

tap.test('sqm-scripts begin or end while ours is there', async (t) => {
  const router = new Router();
  await router.round([SHAPER]);
  Object.assign(router.kernel.devices.get('eth1') ?? {}, { root: { kind: 'noqueue', handle: '0:', options: {} } });
  sqm(router.kernel);
  await router.round([SHAPER]);
  t.notOk(router.kernel.devices.has('mwan-eth1'));
  t.equal(kbit(router, 'ifb4eth1'), 12000);
  t.strictSame((await router.round([SHAPER])).sentences, []);
  router.kernel.execute(['ip', 'link', 'del', 'dev', 'ifb4eth1']);
  Object.assign(router.kernel.devices.get('eth1') ?? {}, { root: { kind: 'noqueue', handle: '0:', options: {} } });
  delete router.kernel.devices.get('eth1')?.arrivals;
  t.strictSame((await router.round([SHAPER])).sentences, MADE);
});

tap.test('a line that is away has none, and gets it again', async (t) => {
  const router = new Router();
  await router.round([SHAPER]);
  router.kernel.remove('eth1');
  t.strictSame((await router.round([SHAPER])).sentences, ['- cake dev mwan-eth1', '- device mwan-eth1 for what comes']);
  router.kernel.add('eth1');
  t.strictSame((await router.round([SHAPER])).sentences, MADE);
});

tap.test('a tc that fails, lies or hangs changes nothing, and is said', async (t) => {
  const CASES: [what: string, answer: Partial<Finished>, said: RegExp][] = [
    ['it fails', { exitCode: 1, stderr: 'tc: applet not found' }, /tc -j qdisc show: tc: applet not found$/],
    ['it hangs', { failure: 'no end after 5 s' }, /no end after 5 s$/],
    ['it is no JSON', { stdout: 'qdisc noqueue 0: dev lo root\n' }, /its answer is not understood$/],
    ['it is none of it', { stdout: '[{"kind":"cake"}]\n' }, /its answer is not understood$/],
    [
      'it says half of it',
      { stdout: `[{"kind":"ingress","handle":"ffff:","dev":"eth1"}]\n{}\n` },
      /tc -j filter show: /,
    ],
  ];
  for (const [what, answer, said] of CASES) {
    const router = new Router();
    await router.round([SHAPER]);
    const before = router.kernel.text;
    let asked = 0;
    router.tc = () => {
      asked++;
      return answer;
    };
    const done = await router.round([SHAPER]);
    t.match(texts(done), [said], what);
    t.equal(texts(done).length, 1, what);
    t.equal(asked, 1, 'who does not answer is not asked again');
    t.equal(router.kernel.text, before, what);
    t.match(texts(await router.round([])), [said], 'what is left and cannot be seen is said');
  }
  const router = new Router();
  router.tc = () => ({ failure: 'not found' });
  t.strictSame(await router.round([]), QUIET, 'there is nothing to see');
});

tap.test('what the kernel refuses is said, and nothing is left half made', async (t) => {
  const CASES: [part: RegExp, left: string[]][] = [
    [/root handle/, []],
    [/type ifb/, ['eth1']],
    [/mwan-eth1 root/, ['eth1']],
    [/ingress$/, ['eth1']],
    [/matchall/, ['eth1']],
  ];
  for (const [part, left] of CASES) {
    const router = new Router();
    router.kernel.refuses = (words) => part.test(words) && / add |^link add/.test(words);
    const done = await router.round([SHAPER]);
    t.match(texts(done)[0], /Error: Specified qdisc kind is unknown\.$/, `${part}`);
    t.equal(done.refused, false, 'lines carry traffic without');
    const shaped = [...router.kernel.devices].flatMap(([name, { root }]) => (root.kind === 'cake' ? [name] : []));
    t.strictSame(shaped, left, `${part}`);
    t.equal(router.kernel.devices.get('eth1')?.arrivals, undefined, `${part}`);
    t.notOk(router.kernel.devices.has('mwan-eth1'), `${part}`);
    router.kernel.refuses = () => false;
    await router.round([SHAPER]);
    t.strictSame(await router.round([SHAPER]), QUIET, 'the next round makes it');
  }
  const router = new Router();
  await router.round([SHAPER]);
  router.kernel.refuses = (words) => words.includes(' change ');
  const done = await router.round([{ ...SHAPER, rates: { up: { max: 5000 }, down: {} } }]);
  t.match(texts(done), [/qdisc kind is unknown/]);
  t.equal(kbit(router, 'eth1'), 8000, 'a limit that cannot be changed stays');
});

tap.test(
  'whatever is there and whenever it is killed: the next round ends it, others keep theirs, and all can be undone',
  async (t) => {
    const rate = fc.option(fc.integer({ min: 100, max: 30_000 }), { nil: undefined });
    const others = fc.record({
      sqm: fc.boolean(),
      root: fc.constantFrom(undefined, 'htb', 'fq_codel', 'cake', 'cake_mq'),
      arrivals: fc.constantFrom(undefined, 'ingress', 'clsact'),
      filters: fc.uniqueArray(fc.constantFrom(5, 10, 7700), { maxLength: 2 }),
    });
    const asked = fc.record({ existing: fc.boolean(), max: rate, down: fc.boolean(), kill: fc.nat({ max: 7 }) });
    const property = fc.asyncProperty(others, asked, async (other, { existing, max, down, kill }) => {
      const router = new Router();
      const device = router.kernel.devices.get('eth1');
      assert.ok(device);
      if (other.root) device.root = { kind: other.root, handle: '8009:', options: { bandwidth: 1_250_000 } };
      if (other.arrivals)
        device.arrivals = { kind: other.arrivals, filters: other.filters.map((pref) => ({ pref, to: 'eth2' })) };
      if (other.sqm) sqm(router.kernel);
      const before = router.kernel.text;
      const { words = { up: [], down: [] }, ...rest } = SHAPER;
      const bounds = max === undefined ? {} : { max };
      const shaper = {
        ...rest,
        rates: { up: bounds, ...(down ? { down: bounds } : {}) },
        ...(existing ? {} : { words }),
      };
      router.killedAfter = kill;
      await router.round([shaper]).catch((error: Error) => assert.equal(error.message, 'killed'));
      router.killedAfter = Number.POSITIVE_INFINITY;
      await router.round([shaper]);
      assert.deepEqual((await router.round([shaper])).sentences, []);
      await router.round([]);
      assert.equal(router.kernel.text, before);
      assert.equal(router.former, undefined);
    });
    await t.resolves(fc.assert(property, { numRuns: 300 }));
  },
);
