import tap from 'tap';
import { marksOf } from '../../lib/actuators/inbound/marks.js';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { FlowMatch, Steering } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';

const more = await import('../../lib/config/more.js');

/** @param steering options of the section, as `name value`; @param settings those of the settings */
function read(steering: string[], settings: string[] = [], wans = 2) {
  const option = (text: string) => `\toption ${text}`;
  const wan = (i: number) => [
    `config interface wan${i + 1}`,
    option(`device eth${i + 1}`),
    option('ping_target 1.1.1.1'),
  ];
  const lines = [
    ...['config settings', option('enabled 1'), ...settings.map(option)],
    ...Array.from({ length: wans }, (_, i) => wan(i)).flat(),
    ...['config steering voice', ...steering.map(option), ''],
  ];
  const parsed = parseUci(lines.join('\n'));
  const sections = 'sections' in parsed ? parsed.sections : [];
  const { config, problems } = readSettings(sections, needsMore(sections) ? more : undefined);
  return { config, said: problems.map((problem) => problemText(problem, 'f')) };
}

const LINES = ['primary wan1', 'alternate wan2'];
const FAST = [32, 34, 36, 38, 40, 44, 46];
const STANDARD: Steering = {
  ...{ name: 'voice', primary: 'wan1', alternate: 'wan2', confidence: 55, sustain: 2, holdDown: 30, dryRun: true },
  match: { dscp: FAST, ports: [], addresses: [] },
};

tap.test('what can be used', async (t) => {
  const both = ['tcp' as const, 'udp' as const];
  const MATCHES: [options: string[], match: Partial<FlowMatch>][] = [
    [[], { dscp: FAST }],
    [['dscp "EF af31"'], { dscp: [26, 46] }],
    [['port 5060'], { ports: [{ protocols: both, first: 5060, last: 5060 }] }],
    [
      ['port "udp:3478-3481 tcp:22"'],
      {
        ports: [
          { protocols: ['udp'], first: 3478, last: 3481 },
          { protocols: ['tcp'], first: 22, last: 22 },
        ],
      },
    ],
    [
      ['address "192.168.1.5 198.51.100.0/24 10.0.0.1/32"'],
      { addresses: ['192.168.1.5', '198.51.100.0/24', '10.0.0.1'] },
    ],
    [['dscp 46', 'port 1-65535'], { dscp: [46], ports: [{ protocols: both, first: 1, last: 65_535 }] }],
  ];
  for (const [options, match] of MATCHES) {
    const { config, said } = read([...LINES, ...options]);
    t.strictSame(said, [], options.join());
    const found = { dscp: [], ports: [], addresses: [], ...match };
    t.strictSame(config.steering, [{ ...STANDARD, match: found }], options.join());
  }
  const own = ['dry_run 0', 'confidence 80', 'sustain 10', 'hold_down 0'];
  t.strictSame(read([...LINES, ...own]).config.steering, [
    { ...STANDARD, dryRun: false, confidence: 80, sustain: 10, holdDown: 0 },
  ]);
  t.equal(read([...LINES, 'enabled 0']).config.steering, undefined);
  t.equal(read(LINES, ['enabled 0']).config.steering, undefined);
});

tap.test('only what is needed for it is asked of the lines', async (t) => {
  const wansOf = (steering: string[], settings: string[] = []) =>
    read(steering, settings).config.wans.map(({ measured, inbound }) => [
      measured,
      inbound?.led,
      inbound?.steered,
      inbound?.unanswered,
    ]);
  t.strictSame(
    wansOf(LINES),
    [
      [true, undefined, undefined, undefined],
      [undefined, undefined, undefined, undefined],
    ],
    'a dry run marks nothing',
  );
  t.strictSame(wansOf([...LINES, 'dry_run 0']), [
    [true, undefined, undefined, undefined],
    [undefined, 0xfe000000, true, true],
  ]);
  const adaptive = ['mode multiuplink', 'balance adaptive'];
  t.strictSame(wansOf([...LINES, 'dry_run 0'], adaptive), [
    [true, 0xff000000, undefined, true],
    [true, 0xfe000000, true, true],
  ]);
});

tap.test('what cannot', async (t) => {
  const CASES: [options: string[], problem: RegExp, settings?: string[]][] = [
    [
      ['alternate wan2'],
      /^f, line 9: steering 'voice': option primary names no interface section, as in: .*; left out$/,
    ],
    [['primary wan1'], /option alternate names no interface section, as in: option alternate 'wanb'; left out$/],
    [['primary wan1', 'alternate wan1'], /option alternate is 'wan1', too: there is no other way; left out$/],
    [
      ['primary wan1', 'alternate wan9'],
      /line 11: option alternate 'wan9': not the name of an interface section of this file; ignored$/,
    ],
    [[...LINES, 'port 0'], /line 12: option port '0': not a port, as 5060, 3478-3481 or udp:5060; ignored$/],
    [[...LINES, 'port 9-8'], /option port '9-8': not a port/],
    [[...LINES, 'port "80 sctp:5"'], /option port 'sctp:5': not a port/],
    [[...LINES, 'address fe80::1%eth0'], /option address 'fe80::1%eth0': not an address or prefix, as .*; ignored$/],
    [[...LINES, 'address 0.0.0.0/0'], /option address '0.0.0.0\/0': not an address/],
    [[...LINES, 'dscp XY'], /option dscp 'XY': not a DSCP, as EF, .*; using EF VA/],
    [
      [...LINES, 'dscp EF', 'address "2001:db8::/48 2001:db8:1::5"'],
      /^f, line 13: option address '.*': only addresses of IPv6, which no WAN has: .*; name one of IPv4, or set option ipv6 '1'/,
    ],
    [[...LINES, 'sustain 0'], /option sustain '0': not a number from 1 to 3600; using 1$/],
    [[...LINES, 'colour red'], /option colour 'red': unknown option; ignored$/],
    [
      [...LINES, 'dry_run 0'],
      /0xc0000000 has no two values for each of 2 WANs: no flow is steered$/,
      ['mark_mask 0xc0000000'],
    ],
  ];
  for (const [options, problem, settings] of CASES) {
    const { said } = read(options, settings);
    t.match(
      said.filter((text) => problem.test(text)),
      [problem],
      `${options}: ${said}`,
    );
  }
  const silent: [address: string, settings: string[]][] = [
    ['2001:db8::/48 192.168.1.5', []],
    ['2001:db8::/48', ['ipv6 1']],
  ];
  for (const [address, settings] of silent)
    t.notMatch(read([...LINES, `address "${address}"`], settings).said.join(), 'only addresses of IPv6', address);
  const many = (from: number) => Array.from({ length: 101 }, (_, i) => `${from + i}`).join(' ');
  const twice = [...LINES, `port "${many(1000)}"`, `address "${many(0).replace(/\d+/g, '10.0.0.$&')}"`];
  const { config, said } = read(twice);
  t.match(said, [
    /^f, line 13: option address '10.0.0.99': more than 200 ports and addresses in all steering sections; /,
  ]);
  t.match([config.steering?.[0]?.match.ports.length, config.steering?.[0]?.match.addresses.length], [101, 99]);
  // Whatever is asked for, nft is told in one argument.
  const ranges = Array.from({ length: 100 }, (_, i) => `10000-${20_000 + i}`).join(' ');
  const next = (i: number) =>
    `hold_down 30\nconfig steering v${i}\n\toption primary wan1\n\toption alternate wan2\n\toption port "${ranges}"`;
  const all = read([...LINES, ...Array.from({ length: 19 }, (_, i) => next(i))]).config.steering ?? [];
  t.equal(all.length, 20);
  const line = { name: 'wan2', device: 'wan2-----------', mark: 0xfe000000, mask: 0xff000000 };
  const devices = ['wan1-----------'];
  const steers = all.map(({ name, match }) => ({ name, match, line, devices }));
  const { text = '' } = marksOf([], { devices, staying: [line], leads: [], steers, mask: line.mask });
  t.ok(text.length > 20_000 && text.length < 100_000, `${text.length} characters`);
  t.match(read([...LINES], [], 1).said, [/option alternate names no/, /not the name/]);
});
