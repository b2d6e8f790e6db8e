import fc from 'fast-check';
import tap, { type Test } from 'tap';
import { parseUci } from '../../../lib/config/uci.js';
import { readMwan3 } from '../../../lib/import/mwan3/mwan3.js';
import type { Wan } from '../../../lib/model.js';
import { type Made, readBack, understand } from '../draft.js';

function draftOf(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(`line ${parsed.line}: ${parsed.text}`);
  return readMwan3(parsed.sections);
}

const convert = (t: Test, text: string): Made => readBack(t, draftOf(text));

type Options = Record<string, string | number | string[]>;
const section = (type: string, name: string, options: Options = {}) =>
  [
    `config ${type} ${name}`,
    ...Object.entries(options).flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((one) => `list ${key} '${one}'`) : [`option ${key} '${value}'`],
    ),
  ].join('\n');

/** Two WANs, and a policy of all traffic with these members: `interface metric weight`. */
function fileOf(
  members: string[],
  more: string[] = [],
  interfaces: Record<string, Options> = { a: {}, b: {}, c: {} },
): string {
  const own = members.map((member, i) => {
    const [name = '', metric = 1, weight = 1] = member.split(' ');
    return section('member', `m${i}`, { interface: name, metric, weight });
  });
  return [
    ...Object.entries(interfaces).map(([name, options]) =>
      section('interface', name, { enabled: 1, track_ip: ['192.0.2.1', '192.0.2.2'], ...options }),
    ),
    ...own,
    section('policy', 'all', { use_member: own.map((_, i) => `m${i}`) }),
    section('rule', 'everything', { dest_ip: '0.0.0.0/0', use_policy: 'all' }),
    ...more,
  ].join('\n');
}
const wan = ({ config }: Made, name: string) => config.wans.find((one) => one.name === name) as Wan;
/** The first WAN of a file in which it has these options, and what is said of them. */
const one = (t: Test, options: Options) => {
  const made = convert(t, fileOf(['a'], [], { a: options }));
  return { ...wan(made, 'a'), said: made.said, interval: made.config.checkInterval };
};

tap.test('how members share or wait', async (t) => {
  const CASES: [name: string, members: string[], mode: string, wans: Partial<Wan>[]][] = [
    ['one', ['a'], 'failover', [{ enabled: true, metric: 10 }, { enabled: false }, { enabled: false }]],
    ['one behind the other', ['a 1', 'b 2', 'c 3'], 'failover', [{ metric: 10 }, { metric: 20 }, { metric: 30 }]],
    ['by any metrics', ['a 200', 'b 7', 'c 90'], 'failover', [{ metric: 30 }, { metric: 10 }, { metric: 20 }]],
    [
      'all share',
      ['a 1 3', 'b 1 2', 'c 1 1'],
      'multiuplink',
      [
        { weight: 3, tier: 1 },
        { weight: 2, tier: 1 },
        { weight: 1, tier: 1 },
      ],
    ],
    [
      'two share, a third waits',
      ['c 5', 'a 1 3', 'b 1 2'],
      'multiuplink',
      [
        { weight: 3, tier: 1 },
        { weight: 2, tier: 1 },
        { weight: 1, tier: 2 },
      ],
    ],
    [
      'one before two that share',
      ['a 5 1', 'b 9 1', 'c 9 4'],
      'multiuplink',
      [{ tier: 1 }, { weight: 1, tier: 2 }, { weight: 4, tier: 2 }],
    ],
    [
      'weights that are too large, in proportion',
      ['a 1 1000', 'b 1 500', 'c 1 1'],
      'multiuplink',
      [{ weight: 100 }, { weight: 50 }, { weight: 1 }],
    ],
    ['one twice, of one metric: added', ['a 1 2', 'b 1 3', 'a 1 2'], 'multiuplink', [{ weight: 4 }, { weight: 3 }, {}]],
    ['one twice, of two metrics: the lower', ['a 2', 'b 3', 'a 5'], 'failover', [{ metric: 10 }, { metric: 20 }, {}]],
  ];
  for (const [name, members, mode, wans] of CASES) {
    const { config } = convert(t, fileOf(members));
    t.equal(config.mode, mode, name);
    t.match(config.wans, wans, name);
  }
});

tap.test('which rule is for all traffic', async (t) => {
  const policies = [
    section('member', 'ma', { interface: 'a' }),
    section('member', 'mb', { interface: 'b' }),
    section('policy', 'pa', { use_member: ['ma'] }),
    section('policy', 'pb', { use_member: ['mb'] }),
  ];
  const lines = ['a', 'b'].map((name) => section('interface', name, { enabled: 1, track_ip: '192.0.2.1' }));
  const CASES: [name: string, rules: Options[], used: string[], said: RegExp][] = [
    [
      'by its destination',
      [{ dest_ip: '0.0.0.0/0', use_policy: 'pb' }],
      ['b'],
      /only that of the rule for all traffic counts/,
    ],
    ['without any condition', [{ use_policy: 'pb' }], ['b'], /./],
    ['that logs', [{ logging: 1, use_policy: 'pb' }], ['b'], /option logging '1': no counterpart: no packet is logged/],
    ['proto all', [{ proto: 'all', src_ip: '0.0.0.0/0', use_policy: 'pb' }], ['b'], /./],
    [
      'behind one for a port',
      [
        { dest_ip: '0.0.0.0/0', dest_port: '443', proto: 'tcp', use_policy: 'pa' },
        { dest_ip: '0.0.0.0/0', use_policy: 'pb' },
      ],
      ['b'],
      /config rule 'r0': by dest_port, proto to policy 'pa': no counterpart/,
    ],
    [
      'the first of two',
      [{ use_policy: 'pa' }, { use_policy: 'pb' }],
      ['a'],
      /config rule 'r1': to policy 'pb': no counterpart/,
    ],
    ['not one that is off', [{ enabled: 0, use_policy: 'pa' }, { use_policy: 'pb' }], ['b'], /./],
    ['one that is off, where all are', [{ enabled: 0, use_policy: 'pb' }], ['b'], /./],
    [
      'not one of IPv6',
      [{ family: 'ipv6', use_policy: 'pa' }, { dest_ip: '::/0', use_policy: 'pa' }, { use_policy: 'pb' }],
      ['b'],
      /config rule 'r1': IPv6; left out/,
    ],
    [
      'the last, where none is for all',
      [
        { src_ip: '192.0.2.7', use_policy: 'pa' },
        { src_ip: '192.0.2.8', use_policy: 'pb' },
      ],
      ['b'],
      /config rule 'r1': no rule is for all traffic; the last one is taken for it, without its src_ip/,
    ],
    ['none', [], ['a', 'b'], /rules: there is none for IPv4/],
    [
      'a policy that is not there',
      [{ use_policy: 'px' }],
      ['a', 'b'],
      /option use_policy 'px': no policy of this file/,
    ],
    ['the routes of the system', [{ use_policy: 'default' }], ['a', 'b'], /their metrics are by the order of the file/],
  ];
  for (const [name, rules, used, said] of CASES) {
    const own = rules.map((rule, i) => section('rule', `r${i}`, rule));
    const made = convert(t, [...lines, ...policies, ...own].join('\n'));
    t.strictSame(
      made.config.wans.flatMap((one) => (one.enabled ? one.name : [])),
      used,
      name,
    );
    t.match(made.said.join('\n'), said, name);
  }
});

tap.test('members that lead nowhere are said', async (t) => {
  const CASES: [name: string, more: string[], said: RegExp][] = [
    ['no member', ["config policy all\nlist use_member 'gone'"], /list use_member 'gone': no such member; left out/],
    [
      'no interface',
      [section('member', 'x', { interface: 'gone' }), "config policy all\nlist use_member 'x'"],
      /config member 'x': no interface 'gone' in this file; left out/,
    ],
    [
      'no word for its metric',
      [section('member', 'x', { interface: 'b', metric: 'two' }), "config policy all\nlist use_member 'x'"],
      /option metric 'two': not a number from 1 to 9999; 1 is taken/,
    ],
  ];
  for (const [name, more, said] of CASES) {
    const made = convert(t, fileOf(['a'], more));
    t.match(made.said.join('\n'), said, name);
    t.ok(wan(made, 'a').enabled, name);
  }
});

tap.test('what stays as it is but for its name', async (t) => {
  const made = one(t, { count: 4, timeout: 3, down: 6, up: 8, reliability: 2, interval: 30 });
  t.match(made, { count: 4, timeout: 3, failureThreshold: 6, recoveryThreshold: 8, reliability: 2, interval: 30 });
  t.strictSame(made.said, []);
  t.strictSame(made.targets, ['192.0.2.1', '192.0.2.2']);
  t.equal(made.interface, 'a');
});

tap.test('numbers that are not for us', async (t) => {
  const CASES: [options: Options, taken: Partial<Wan> & { interval?: number }, said: RegExp][] = [
    [{ count: 50 }, { count: 10 }, /option count '50': ping_count takes a number from 1 to 10; 10 is taken/],
    [{ timeout: 0 }, { timeout: 1 }, /option timeout '0': ping_timeout takes a number from 1 to 30; 1 is taken/],
    [{ down: 'x' }, { failureThreshold: 2 }, /failure_threshold takes a number from 1 to 10; its default, 2, is taken/],
    [{ up: 9999 }, { recoveryThreshold: 100 }, /100 is taken/],
    [{ reliability: 3 }, { reliability: 2 }, /option reliability '3': more than there are targets here; 2 is taken/],
    [{ interval: 1 }, { interval: 2 }, /check_interval takes a number from 2 to 3600; 2 is taken/],
    [{ interval: '1e3' }, { interval: 10 }, /its default, 10, is taken/],
  ];
  for (const [options, taken, said] of CASES) {
    const made = one(t, options);
    t.match(made, taken, JSON.stringify(options));
    t.match(made.said.join('\n'), said, JSON.stringify(options));
  }
});

tap.test('targets', async (t) => {
  const no = /not the IPv4 address of a host: no name is looked up for a probe; left out/;
  const CASES: [track: string | string[], targets: string[], said: RegExp | undefined][] = [
    ['192.0.2.9', ['192.0.2.9'], undefined],
    ['192.0.2.9 192.0.2.10', ['192.0.2.9', '192.0.2.10'], undefined],
    [['192.0.2.9', 'example.com'], ['192.0.2.9'], no],
    [['2001:db8::1', '192.0.2.9'], ['192.0.2.9'], no],
    [['192.0.2.9', '192.0.2.9'], ['192.0.2.9'], /named twice/],
    ['0.0.0.0', ['1.1.1.1', '8.8.8.8'], /none of its targets is of use here; here 1.1.1.1 and 8.8.8.8 are asked/],
    ['', ['1.1.1.1', '8.8.8.8'], /without track_ip, mwan3 takes it for online always/],
    [
      Array.from({ length: 12 }, (_, i) => `192.0.2.${i + 1}`),
      Array.from({ length: 10 }, (_, i) => `192.0.2.${i + 1}`),
      /more than 10 targets/,
    ],
  ];
  for (const [track, targets, said] of CASES) {
    const made = one(t, { track_ip: track });
    t.strictSame(made.targets, targets, String(track));
    if (said) t.match(made.said.join('\n'), said, String(track));
    else t.strictSame(made.said, [], String(track));
  }
});

tap.test('quality, by the same names', async (t) => {
  const LIMITS = { failure_latency: 800, recovery_latency: 300, failure_loss: 25, recovery_loss: 5 };
  const CASES: [options: Options, limits: Wan['limits'], said: RegExp | undefined][] = [
    [{ ...LIMITS, check_quality: 0 }, undefined, undefined],
    [LIMITS, undefined, undefined],
    [
      { ...LIMITS, check_quality: 1 },
      { failure: { latency: 800, loss: 25 }, recovery: { latency: 300, loss: 5 } },
      undefined,
    ],
    [{ check_quality: 1 }, { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } }, undefined],
    [
      { check_quality: 1, failure_latency: 200 },
      { failure: { latency: 200, loss: 40 }, recovery: { latency: 200, loss: 10 } },
      /option failure_latency '200': what is good would be worse than what is bad; recovery_latency is 200/,
    ],
    [
      { check_quality: 1, recovery_loss: 60 },
      { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 40 } },
      /option recovery_loss '60': what is good would be worse/,
    ],
    [
      { check_quality: 'yes', failure_loss: 'much' },
      { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } },
      /failure_loss takes a number from 1 to 100; its default, 40, is taken/,
    ],
  ];
  for (const [options, limits, said] of CASES) {
    const made = one(t, options);
    t.strictSame(made.limits, limits, JSON.stringify(options));
    if (said) t.match(made.said.join('\n'), said, JSON.stringify(options));
    else t.strictSame(made.said, [], JSON.stringify(options));
  }
});

tap.test('what has no counterpart is said, with its line, and what changes nothing is not', async (t) => {
  const CASES: [options: Options, said: RegExp | undefined][] = [
    [
      {
        initial_state: 'online',
        size: 56,
        max_ttl: 60,
        flush_conntrack: 'never',
        keep_failure_interval: 0,
        family: 'ipv4',
      },
      undefined,
    ],
    [{ initial_state: 'offline' }, /after boot, a WAN counts by its first probe/],
    [{ size: 1000 }, /^line 5: option size '1000': no counterpart/m],
    [{ max_ttl: 3 }, /option max_ttl '3': no counterpart/],
    [{ flush_conntrack: ['ifup', 'ifdown'] }, /list flush_conntrack: no counterpart/],
    [{ failure_interval: 3 }, /option failure_interval '3': no counterpart/],
    [{ recovery_interval: 3 }, /option recovery_interval '3': no counterpart/],
    [{ track_method: 'ping' }, undefined],
    [{ track_method: 'httping' }, /option track_method 'httping': track_method 'http' here/],
    [{ track_method: 'arping' }, undefined],
    [{ track_method: 'nping-udp' }, /option track_method 'nping-udp': no counterpart: its targets are pinged/],
    [{ track_method: 'constructor' }, /no counterpart: its targets are pinged/],
    [{ constructor: 1 }, /option constructor '1': not an option that is known of mwan3; left out/],
    [{ nonsense: 1 }, /option nonsense '1': not an option that is known of mwan3; left out/],
  ];
  for (const [options, said] of CASES) {
    const made = one(t, options);
    if (said) t.match(made.said.join('\n'), said, JSON.stringify(options));
    else t.strictSame(made.said, [], JSON.stringify(options));
    t.ok(made.enabled);
  }
});

tap.test('globals', async (t) => {
  const CASES: [options: Options, level: string, said: RegExp | undefined][] = [
    [{}, 'notice', undefined],
    [{ mmx_mask: '0x3F00' }, 'notice', /option mmx_mask '0x3F00': mark_mask here, at its default/],
    [{ logging: 1, loglevel: 'debug' }, 'debug', /option logging '1'/],
    [{ logging: 1, loglevel: 'critical' }, 'crit', /option logging '1'/],
    [{ logging: 1, loglevel: 'loud' }, 'notice', /option loglevel 'loud': no priority of syslog; left out/],
    [{ loglevel: 'debug' }, 'notice', undefined],
    [{ __proto__x: 1 }, 'notice', /not an option that is known of mwan3/],
  ];
  for (const [options, level, said] of CASES) {
    const made = convert(t, fileOf(['a'], [section('globals', 'globals', options)], { a: {} }));
    t.equal(made.config.logLevel, level, JSON.stringify(options));
    if (said) t.match(made.said.join('\n'), said, JSON.stringify(options));
    else t.strictSame(made.said, [], JSON.stringify(options));
  }
  const twice = fileOf(
    ['a'],
    ['config globals\noption logging 1\noption loglevel info', 'config globals\noption logging 1\noption loglevel err'],
  );
  t.equal(convert(t, twice).config.logLevel, 'err', 'two of them: the last word counts');
});

tap.test('what comes in by a WAN is answered by it, as mwan3 does', async (t) => {
  const { config } = convert(t, fileOf(['a 1', 'b 2']));
  t.strictSame(
    config.wans.map(({ inbound }) => inbound?.table),
    [7700, 7701, 7702],
  );
});

tap.test('sticky is for all traffic, where WANs share', async (t) => {
  const sticky = section('rule', 'https', { dest_port: 443, proto: 'tcp', sticky: 1, timeout: 300, use_policy: 'all' });
  const shared = convert(t, fileOf(['a', 'b'], [sticky]));
  t.ok(shared.config.sticky);
  t.match(shared.said.join('\n'), /option sticky '1': for all traffic here/);
  t.match(shared.said.join('\n'), /option timeout '300': no counterpart/);
  const alone = convert(t, fileOf(['a 1', 'b 2'], [sticky]));
  t.notOk(alone.config.sticky);
  t.notMatch(alone.said.join('\n'), /sticky/);
  const elsewhere = convert(t, fileOf(['a', 'b'], [sticky.replace("use_policy 'all'", "use_policy 'other'")]));
  t.notOk(elsewhere.config.sticky, 'not of a rule that leads elsewhere');
});

tap.test('WANs that are left out, or off', async (t) => {
  const made = convert(
    t,
    fileOf(['a', 'b', 'six'], ['config interface\noption enabled 1', 'config gadget x'], {
      a: {},
      b: { enabled: 0 },
      c: {},
      six: { family: 'ipv6' },
      settings: { enabled: 0 },
      [`x${'y'.repeat(80)}`]: {},
    }),
  );
  t.strictSame(
    made.config.wans.map(({ name, interface: of, enabled }) => [name, of, enabled]),
    [
      ['a', 'a', true],
      ['b', 'b', false],
      ['c', 'c', false],
      ['wan_settings', 'settings', false],
    ],
  );
  t.equal(made.config.mode, 'multiuplink', 'as it is when b is enabled');
  for (const said of [
    /config interface 'c': the policy has no member of it; not enabled here/,
    /config interface 'six': IPv6; left out/,
    /config interface: without a name; left out/,
    /longer than a name of netifd; left out/,
    /config gadget: not a section that is known of mwan3; left out/,
  ]) {
    t.match(made.said.join('\n'), said);
  }
});

tap.test('one interval for all: the shortest of those that are on', async (t) => {
  const made = convert(
    t,
    fileOf(['a', 'b'], [], { a: { interval: 60 }, b: { interval: 20 }, c: { interval: 5, enabled: 0 } }),
  );
  t.equal(made.config.checkInterval, 20);
  t.match(made.said.join('\n'), /option interval '60': check_interval is one for all WANs, the shortest: 20/);
});

tap.test('what comes twice counts as for mwan3', async (t) => {
  const again = 'config interface a\noption count 2\noption count 5';
  const made = convert(t, fileOf(['a'], [again]));
  t.equal(wan(made, 'a').count, 5);
  t.match(made.said.join('\n'), /option count '5': set before in line \d+; this one counts/);
});

tap.test('what is no configuration of mwan3', async (t) => {
  const CASES: [text: string, fault: RegExp][] = [
    ['', /no section as config interface/],
    ['config interface\noption enabled 1', /no section as config interface, with a name/],
    ["config interface lan\noption proto 'static'", /no section as config policy/],
  ];
  for (const [text, fault] of CASES) t.match(draftOf(text), { fault }, text);
});

tap.test('many WANs', async (t) => {
  const names = Array.from({ length: 520 }, (_, i) => `w${i}`);
  const text = fileOf(
    names.map((name, i) => `${name} ${i + 1}`),
    [],
    Object.fromEntries(names.map((name) => [name, {}])),
  );
  const made = understand(draftOf(text));
  t.ok(made.problems.every((problem) => /mark_mask has values for 255 WANs only/.test(problem)));
  t.equal(made.config.wans.length, 500);
  t.strictSame([made.config.wans[0]?.metric, made.config.wans[499]?.metric], [1, 500]);
  t.match(made.said.join('\n'), /more than 500; left out/);
});

tap.test('property: whatever the file says, our reader finds nothing wrong with what comes of it', async (t) => {
  const NAMES = ['a', 'b', 'c', 'settings', 'wan_2'];
  const name = fc.constantFrom(...NAMES);
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -5, max: 200_000 }).map(String) },
    fc.constantFrom(
      '0',
      '1',
      'ping',
      'httping',
      'ipv4',
      'ipv6',
      'all',
      '0.0.0.0/0',
      '::/0',
      'default',
      '192.0.2.1',
      '1.5',
      '',
    ),
    fc.ipV4(),
    name,
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const OPTIONS = [
    ...['enabled', 'family', 'track_ip', 'track_method', 'httping_ssl', 'reliability', 'count', 'timeout', 'interval'],
    ...['down', 'up', 'check_quality', 'failure_latency', 'recovery_latency', 'failure_loss', 'recovery_loss'],
    ...['interface', 'metric', 'weight', 'use_member', 'last_resort', 'use_policy', 'dest_ip', 'src_ip', 'dest_port'],
    ...['sticky', 'logging', 'loglevel', 'flush_conntrack', 'odd'],
  ];
  const option = fc.tuple(fc.constantFrom('option', 'list'), fc.constantFrom(...OPTIONS), word);
  const TYPES = ['interface', 'member', 'policy', 'rule', 'globals'];
  const any = fc.tuple(fc.constantFrom(...TYPES), fc.option(name), fc.array(option, { maxLength: 14 }));
  const member = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(4), fc.nat(2000)).map((words) => words.join(' '));
  const quoted = (text: string) => `"${text.replace(/\0/g, '').replace(/["\\]/g, '\\$&')}"`;
  const counts = { read: 0, shared: 0, tiers: 0, off: 0 };
  const files = fc.tuple(fc.array(member, { maxLength: 4 }), fc.array(any, { maxLength: 8 }));
  fc.assert(
    fc.property(files, ([members, sections]) => {
      // A name is of one type, as else it would be no UCI; those of interfaces go on with theirs.
      const more = sections.map(([type, own, options]) =>
        [
          `config ${type} ${own === null ? '' : nameOf(own, type)}`,
          ...options.map(([kind, key, value]) => {
            const named = NAMES.includes(value) ? nameOf(value, typeFor(key)) : value;
            return `${kind} ${key} ${quoted(named)}`;
          }),
        ].join('\n'),
      );
      const { config, problems } = understand(draftOf(fileOf(members, more)));
      if (problems.length > 0) throw new Error(problems.join('\n'));
      counts.read += 1;
      if (config.mode === 'multiuplink') counts.shared += 1;
      if (config.wans.some(({ tier }) => tier > 1)) counts.tiers += 1;
      if (config.wans.every(({ enabled }) => !enabled)) counts.off += 1;
    }),
    { numRuns: 500 },
  );
  t.ok(counts.shared > 40 && counts.tiers > 10 && counts.off < counts.read / 2, JSON.stringify(counts));
});

function nameOf(name: string, type: string): string {
  return type === 'interface' ? name : `${name}_${type}`;
}

/** The type of section that an option names. */
function typeFor(option: string): string {
  return { use_member: 'member', use_policy: 'policy' }[option] ?? 'interface';
}
