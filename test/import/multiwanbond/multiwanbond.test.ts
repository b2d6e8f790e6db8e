import fc from 'fast-check';
import tap, { type Test } from 'tap';
import { readMultiwanbond } from '../../../lib/import/multiwanbond/multiwanbond.js';
import type { Config, Wan } from '../../../lib/model.js';
import { type Made, readBack, understand } from '../draft.js';

const DEVICES = new Map([
  ['198.51.100.2', 'eth1'],
  ['203.0.113.2', 'eth2'],
  ['127.0.0.1', 'lo'],
]);
type Keys = Record<string, unknown>;
const FIBRE = { id: 1, name: 'Fibre', local_addr: '198.51.100.2', weight: 4, enabled: true };
const RADIO = { id: 2, name: 'Radio link', local_addr: '203.0.113.2', weight: 1, enabled: true };

const convert = (t: Test, file: Keys): Made => readBack(t, readMultiwanbond(file, DEVICES));
const mode = (name: unknown) => ({ routing: { mode: name } });
/** The first of two WANs with these keys, and what is said. */
const one = (t: Test, keys: Keys, more: Keys = {}) => {
  const { config, said } = convert(t, { wans: [{ ...FIBRE, ...keys }, RADIO], ...mode('weighted'), ...more });
  return { ...(config.wans[0] as Wan), said, interval: config.checkInterval };
};

tap.test('modes', async (t) => {
  const CASES: [mode: unknown, config: Partial<Config>, weights: number[], said: RegExp | undefined][] = [
    ['round_robin', { mode: 'multiuplink' }, [1, 1], /equal weights here/],
    ['weighted', { mode: 'multiuplink', balance: 'quality' }, [4, 1], /in proportion to the scores/],
    ['adaptive', { mode: 'multiuplink', balance: 'quality' }, [4, 1], /it does what weighted does/],
    ['least_used', { mode: 'multiuplink' }, [1, 1], /equal weights here: not every WAN has a max_bandwidth/],
    ['least_latency', { mode: 'multiuplink', balance: 'latency' }, [1, 1], undefined],
    ['per_flow', { mode: 'multiuplink', hashPolicy: 'l4' }, [1, 1], undefined],
    ['failover', { mode: 'failover' }, [1, 1], /metrics are by the order of the file/],
    ['fastest', { mode: 'multiuplink' }, [4, 1], /routing.mode "fastest": not a mode/],
    ['constructor', { mode: 'multiuplink' }, [4, 1], /not a mode/],
    [7, { mode: 'multiuplink' }, [4, 1], /routing.mode 7: not a mode/],
  ];
  for (const [name, config, weights, said] of CASES) {
    const made = convert(t, { wans: [FIBRE, RADIO], ...mode(name) });
    t.match(made.config, config, `${name}`);
    t.strictSame(
      made.config.wans.map(({ weight }) => weight),
      weights,
      `${name}`,
    );
    if (said) t.match(made.said.join('\n'), said, `${name}`);
    else t.notMatch(made.said.join('\n'), /routing/, `${name}`);
  }
  const rated = [FIBRE, RADIO].map((wan) => ({ ...wan, max_bandwidth: 1_000_000 }));
  const { config: used, said } = convert(t, { wans: rated, ...mode('least_used') });
  t.equal(used.balance, 'load');
  t.match(said.join('\n'), /by what is free of max_bandwidth/);
  const { config } = convert(t, { wans: [FIBRE, RADIO], ...mode('failover') });
  t.strictSame(
    config.wans.map(({ metric }) => metric),
    [10, 20],
  );
});

tap.test('where a WAN is', async (t) => {
  const CASES: [keys: Keys, device: string | undefined, enabled: boolean, said: RegExp][] = [
    [{}, 'eth1', true, /Fibre: local_addr "198.51.100.2": option device 'eth1', which has this address now/],
    [{ interface: 'wan0' }, 'wan0', true, /./],
    [{ interface: 'wan0', enabled: false }, 'wan0', false, /./],
    [
      { interface: 'wan0', enabled: undefined },
      'wan0',
      false,
      /Fibre: enabled: not there, which MultiWANBond takes for false/,
    ],
    [{ interface: 'wan0', enabled: 'true' }, 'wan0', false, /./],
    [{ local_addr: '192.0.2.77' }, undefined, false, /no device of this machine has this address; set option device/],
    [{ local_addr: '127.0.0.1' }, undefined, false, /no device of this machine has this address/],
    [{ local_addr: undefined }, undefined, false, /local_addr: no device of this machine/],
    [{ interface: "eth1'\noption x" }, undefined, false, /not the name of a network device/],
    [{ interface: '' }, undefined, false, /not the name of a network device/],
  ];
  for (const [keys, device, enabled, said] of CASES) {
    const made = one(t, keys);
    t.strictSame([made.device, made.enabled], [device, enabled], JSON.stringify(keys));
    t.match(made.said.join('\n'), said, JSON.stringify(keys));
  }
});

tap.test('two WANs of one device: the second is off', async (t) => {
  const made = convert(t, {
    wans: [FIBRE, { ...RADIO, local_addr: '198.51.100.2' }, { ...RADIO, id: 3 }],
    ...mode('weighted'),
  });
  t.match(made.config.wans, [
    { name: 'Fibre', enabled: true },
    { name: 'Radio_link', enabled: false },
    { name: 'Radio_link_2', enabled: true },
  ]);
  t.match(
    made.said.join('\n'),
    /Radio link: local_addr "198.51.100.2": another WAN has eth1 as well; not enabled here/,
  );
});

tap.test('limits, of which there is one for both ways', async (t) => {
  const made = one(t, { max_latency: '150ms', max_jitter: '30ms', max_packet_loss: 5 });
  t.strictSame(made.limits, {
    failure: { latency: 150, loss: 40, jitter: 30 },
    recovery: { latency: 120, loss: 10, jitter: 24 },
  });
  t.match(made.said.join('\n'), /max_packet_loss 5: left out: MultiWANBond never judges it/);
  const CASES: [keys: Keys, limits: Wan['limits'], said: RegExp | undefined][] = [
    [{}, undefined, undefined],
    [{ max_latency: '', max_jitter: null, max_packet_loss: 0 }, undefined, undefined],
    [{ max_latency: '0s' }, undefined, undefined],
    [{ max_latency: 'fast' }, undefined, /max_latency "fast": not a duration/],
    [{ max_latency: 50 }, undefined, /max_latency 50: not a duration/],
    [{ max_packet_loss: -3 }, undefined, /max_packet_loss -3: not a number above 0/],
    [{ max_packet_loss: 0.4 }, undefined, /max_packet_loss 0\.4: left out/],
    [
      { max_latency: '5m' },
      { failure: { latency: 60_000, loss: 40 }, recovery: { latency: 48_000, loss: 10 } },
      /failure_latency takes a number from 1 to 60000; 60000 is taken/,
    ],
    [
      { max_latency: '1us' },
      { failure: { latency: 1, loss: 40 }, recovery: { latency: 1, loss: 10 } },
      /failure_latency here/,
    ],
  ];
  for (const [keys, limits, said] of CASES) {
    const { said: words, limits: taken } = one(t, keys);
    t.strictSame(taken, limits, JSON.stringify(keys));
    if (said) t.match(words.join('\n'), said, JSON.stringify(keys));
    else t.notMatch(words.join('\n'), /max_/, JSON.stringify(keys));
  }
});

tap.test('rates, thresholds and intervals', async (t) => {
  t.strictSame(one(t, { max_bandwidth: 12_500_000 }).bandwidth, { down: 100_000 });
  t.equal(one(t, { max_bandwidth: 0 }).bandwidth, undefined);
  t.equal(one(t, { failure_threshold: 4 }).failureThreshold, 4);
  t.equal(one(t, { failure_threshold: 0 }).failureThreshold, 2, 'none there: our default');
  t.equal(one(t, { failure_threshold: 40 }).failureThreshold, 10);
  const fast = one(t, { health_check_interval: '200ms' });
  t.equal(fast.interval, 2);
  t.match(fast.said.join('\n'), /health_check_interval "200ms": check_interval is one for all WANs, at least 2 s: 2/);
  t.equal(one(t, { health_check_interval: '30s' }).interval, 30);
  t.equal(one(t, { health_check_interval: 'often' }).interval, 10);
  t.equal(one(t, { health_check_interval: '30s', enabled: false }).interval, 10, 'only of those that are used');
  const large = one(
    t,
    { weight: 1000 },
    {
      wans: [
        { ...FIBRE, weight: 1000 },
        { ...RADIO, weight: 500 },
      ],
    },
  );
  t.equal(large.weight, 100);
  t.match(large.said.join('\n'), /all are made smaller in proportion/);
});

tap.test('the file of its setup', async (t) => {
  const health = {
    check_interval_ms: 5000,
    timeout_ms: 2500,
    retry_count: 3,
    check_hosts: ['192.0.2.1', 'example.com', '192.0.2.1'],
  };
  const made = one(t, { interface: 'eth7', local_addr: undefined }, { version: '1', mode: 'client', health });
  t.match(made, { device: 'eth7', targets: ['192.0.2.1'], timeout: 3, failureThreshold: 3, interval: 5 });
  t.match(made.said.join('\n'), /health.check_hosts "example.com": not the IPv4 address of a host; left out/);
  const many = { check_hosts: Array.from({ length: 14 }, (_, i) => `192.0.2.${i + 1}`) };
  t.equal(one(t, {}, { health: many }).targets.length, 10);
  const none = one(t, {});
  t.strictSame(none.targets, ['1.1.1.1', '8.8.8.8']);
  t.match(none.said.join('\n'), /targets: none is in the file; 1.1.1.1 and 8.8.8.8 are asked/);
  t.match(one(t, {}, { mode: 'server' }).said.join('\n'), /the other end of a bond has no counterpart/);
});

tap.test('what has no counterpart is said, but no secret', async (t) => {
  const { said } = one(
    t,
    { remote_addr: 'bond.example.com:9000', tariff: 'gold' },
    {
      session: { remote_endpoint: 'bond.example.com:9000' },
      fec: { enabled: true },
      monitoring: { enabled: false },
      plugins: [],
      webui: { enabled: true, username: 'admin', password: 'opensesame' },
      security: { pre_shared_key: 'opensesame' },
      colour: 'blue',
      routing: {
        mode: 'weighted',
        policies: [
          { name: 'Films', type: 'destination', target_wan: 1, enabled: true },
          { name: 'Old', enabled: false },
          7,
        ],
      },
    },
  );
  const text = said.join('\n');
  const SAID = [
    'session',
    'fec',
    'webui',
    'security',
    'colour',
    'Fibre: remote_addr',
    'Fibre: tariff',
    'routing.policies "Films": by destination',
  ];
  for (const word of SAID) t.match(text, new RegExp(`^${word}: `, 'm'), word);
  for (const word of ['monitoring', 'plugins', 'Old', 'opensesame']) t.notMatch(text, word, `not ${word}`);
});

tap.test('what is no configuration of MultiWANBond', async (t) => {
  const CASES: [json: unknown, fault: string][] = [
    [undefined, 'no list "wans" is in it'],
    [null, 'no list "wans" is in it'],
    [[], 'no list "wans" is in it'],
    ['wans', 'no list "wans" is in it'],
    [{}, 'no list "wans" is in it'],
    [{ wans: {} }, 'no list "wans" is in it'],
    [{ wans: [] }, 'no WAN is in its list "wans"'],
    [{ wans: [1, null, []] }, 'no WAN is in its list "wans"'],
  ];
  for (const [json, fault] of CASES) t.strictSame(readMultiwanbond(json, DEVICES), { fault }, JSON.stringify(json));
});

tap.test('many WANs', async (t) => {
  const wans = Array.from({ length: 600 }, (_, i) => ({ name: `w${i}`, interface: `eth${i}`, enabled: true }));
  const { config, said } = convert(t, { wans, ...mode('failover') });
  t.equal(config.wans.length, 500);
  t.equal(config.wans[499]?.metric, 500);
  t.match(said.join('\n'), /wans: more than 500; the rest is left out/);
});

tap.test('property: whatever the file says, our reader finds nothing wrong with what comes of it', async (t) => {
  const number = fc.oneof(fc.integer({ min: -5, max: 2000 }), fc.double(), fc.nat().map(String));
  const duration = fc.tuple(fc.nat(100_000), fc.constantFrom('ns', 'ms', 's', 'h', '')).map((parts) => parts.join(''));
  const odd = fc.oneof(
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    number,
    duration,
    fc.string({ unit: 'binary' }),
  );
  const either = <T>(likely: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 4, arbitrary: likely as fc.Arbitrary<unknown> }, odd);
  const wan = fc.record(
    {
      id: either(fc.nat(255)),
      name: either(fc.constantFrom('Fibre', 'settings', 'a b', '')),
      interface: either(fc.constantFrom('eth1', 'eth2', 'eth3')),
      local_addr: either(fc.constantFrom(...DEVICES.keys())),
      enabled: either(fc.boolean()),
      weight: either(number),
      max_bandwidth: either(number),
      max_packet_loss: either(number),
      max_latency: either(duration),
      max_jitter: either(duration),
      health_check_interval: either(duration),
      failure_threshold: either(number),
    },
    { requiredKeys: [] },
  );
  const hosts = fc.array(either(fc.ipV4()));
  const health = fc.record(
    {
      check_hosts: either(hosts),
      timeout_ms: either(number),
      retry_count: either(number),
      check_interval_ms: either(number),
    },
    { requiredKeys: [] },
  );
  const names = fc.constantFrom(
    'round_robin',
    'weighted',
    'least_used',
    'least_latency',
    'per_flow',
    'adaptive',
    'failover',
  );
  const file = fc.record(
    {
      wans: fc.array(either(wan), { minLength: 1, maxLength: 6 }),
      health: either(health),
      routing: either(fc.record({ mode: either(names) })),
      fec: odd,
      webui: odd,
    },
    { requiredKeys: ['wans'] },
  );
  const counts = { read: 0, used: 0 };
  fc.assert(
    fc.property(file, (json) => {
      const draft = readMultiwanbond(json, DEVICES);
      if ('fault' in draft) return;
      const { config, problems } = understand(draft);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      counts.read += 1;
      if (config.wans.some(({ enabled }) => enabled)) counts.used += 1;
    }),
    { numRuns: 500 },
  );
  t.ok(counts.read > 250 && counts.used > 50, JSON.stringify(counts));
});
