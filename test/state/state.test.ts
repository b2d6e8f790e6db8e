import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import tap from 'tap';
import { judge } from '../../lib/health/judge.js';
import type { State, Status } from '../../lib/model.js';
import { formatState, printable } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { type FlatWan, flat, grouped, makePath } from '../make.js';

const makeWan = (more: Partial<FlatWan> = {}): FlatWan => ({
  name: 'wan1',
  status: 'up',
  statusSince: 1_700_000_000,
  statusSinceUptime: 100.25,
  lastCheck: 1_700_000_100,
  targets: ['1.1.1.1', '8.8.8.8'],
  rtts: [],
  rxBytes: 123456789012,
  txBytes: 7,
  failures: 0,
  successes: 3,
  failureThreshold: 2,
  recoveryThreshold: 3,
  falls: 0,
  judged: true,
  reason: 'reply from 1.1.1.1',
  ...more,
});

const full = makeWan({
  device: 'eth1',
  interface: 'wan',
  systemMetric: 1001,
  latency: 11.8,
  jitter: 0.05,
  loss: 33.33,
  gateway: '203.0.113.1',
  rtts: [11.8, undefined],
  asked: '8.8.8.8',
  answeringSince: 100.25,
  lastGood: 190.5,
  falls: 2,
  told: 'down',
  others: ['colour=green'],
});

const makeState = (wans: FlatWan[], more: Partial<State> = {}): State => ({
  mode: 'failover',
  timestamp: 1_700_000_100,
  checkInterval: 10,
  bootId: '7f3d7c0e-7f4e-4ff1-93c3-5d0e5b4d2a11',
  uptime: 200.5,
  duration: 212,
  changes: 1,
  exitCode: 4,
  begun: 200.25,
  complaints: [],
  wans: wans.map(grouped),
  ...more,
});

const globalLines = (wans: number, fingerprint = '') => [
  'mode=failover',
  'timestamp=1700000100',
  'check_interval=10',
  `wans=${wans}`,
  'version=1',
  'boot_id=7f3d7c0e-7f4e-4ff1-93c3-5d0e5b4d2a11',
  'uptime=200.50',
  'duration=212',
  'changes=1',
  'exit_code=4',
  `fingerprint=${fingerprint}`,
  'begun=200.25',
];

tap.test('the text, line by line', async (t) => {
  const bare = makeWan({ name: 'wan2', status: 'interface_down', targets: [], judged: false, reason: '' });
  const more: Partial<State> = {
    complaints: ['one', 'two'],
    fingerprint: '00c0ffee',
    unfinished: true,
    noGroup: 'boot',
    others: ['moons[]=Io'],
  };
  t.strictSame(formatState(makeState([full, bare], more)).split('\n'), [
    ...globalLines(2, '00c0ffee'),
    'unfinished=1',
    'no_group=boot',
    'complaints[]=one',
    'complaints[]=two',
    'moons[]=Io',
    '',
    '[wan1]',
    'device=eth1',
    'status=up',
    'status_since=1700000000',
    'last_check=1700000100',
    'latency=11.80',
    'gateway=203.0.113.1',
    'ping_target=1.1.1.1, 8.8.8.8',
    'rx_bytes=123456789012',
    'tx_bytes=7',
    'interface=wan',
    'system_metric=1001',
    'failures=0',
    'successes=3',
    'failure_threshold=2',
    'recovery_threshold=3',
    'loss=33.33',
    'rtts=11.80, -',
    'asked=8.8.8.8',
    'jitter=0.05',
    'status_since_uptime=100.25',
    'answering_since=100.25',
    'last_good=190.50',
    'falls=2',
    'judged=1',
    'told=down',
    'colour=green',
    'reason=reply from 1.1.1.1',
    '',
    '[wan2]',
    'device=',
    'status=interface_down',
    'status_since=1700000000',
    'last_check=1700000100',
    'latency=',
    'gateway=',
    'ping_target=',
    'rx_bytes=123456789012',
    'tx_bytes=7',
    'interface=',
    'system_metric=',
    'failures=0',
    'successes=3',
    'failure_threshold=2',
    'recovery_threshold=3',
    'loss=',
    'rtts=',
    'asked=',
    'jitter=',
    'status_since_uptime=100.25',
    'answering_since=',
    'last_good=',
    'falls=0',
    'judged=0',
    'told=interface_down',
    'reason=',
    '',
  ]);
});

/** Reads the file as the LuCI app does: sections, and in them lines cut at `=`. */
function readAsLuci(text: string): Record<string, string[][]> {
  let current: string[][] = [];
  const sections: Record<string, string[][]> = { '': current };
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const header = /^\[(.*)\]$/.exec(line)?.[1];
    if (header === undefined) {
      current.push(line.split('='));
      continue;
    }
    current = [];
    sections[header] = current;
  }
  return sections;
}

tap.test('the LuCI app finds its keys first, and one value behind each', async (t) => {
  const hostile = { reason: 'a=b\n[c]\n=d=', latency: 0.123456, statusSince: 5.5 };
  const state = makeState([makeWan({ ...full, ...hostile })], {
    timestamp: 7.6,
    complaints: ["option x 'a=b'", '\r[='],
  });
  const { '': globals = [], wan1 = [], ...more } = readAsLuci(formatState(state));
  t.strictSame(more, {});
  for (const parts of [...globals, ...wan1]) t.equal(parts.length, 2, parts.join('='));
  t.strictSame(globals.slice(0, 3), [
    ['mode', 'failover'],
    ['timestamp', '8'],
    ['check_interval', '10'],
  ]);
  t.strictSame(wan1.slice(0, 9), [
    ['device', 'eth1'],
    ['status', 'up'],
    ['status_since', '6'],
    ['last_check', '1700000100'],
    ['latency', '0.12'],
    ['gateway', '203.0.113.1'],
    ['ping_target', '1.1.1.1, 8.8.8.8'],
    ['rx_bytes', '123456789012'],
    ['tx_bytes', '7'],
  ]);
});

const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];
const integer = fc.maxSafeNat();
const decimal = fc.nat(1e9).map((n) => n / 100);
const address = fc.ipV4();
/** As a section of UCI or a device may be called, and what means something to an object, to us or to ini. */
const name = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/),
    fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/),
    fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/),
    fc.constantFrom(
      ...'mode version eth0.2 a.b.c . .. - __proto__ constructor toString true null 1'.split(' '),
      'w'.repeat(500),
    ),
  )
  // ini reads no section of this name.
  .filter((text) => text !== '__proto__');
const sentence = fc.oneof(
  fc.stringMatching(/^no reply from [a-z0-9 ;#:,.'"()[\]%?-]{0,20}$/),
  fc.constantFrom('', ' x ', '[x]', '[', '"x"', "'x'", '"', '""', '; x', '# x', 'a: b', '1'),
);

/** Lines of another version. */
const others = fc.array(fc.stringMatching(/^x[a-z0-9_]{0,9}(\[\])?=[ -<>-~]{0,20}$/), { minLength: 1, maxLength: 3 });

const wan: fc.Arbitrary<FlatWan> = fc
  .record(
    {
      name,
      status: fc.constantFrom(...STATUSES),
      statusSince: integer,
      statusSinceUptime: decimal,
      lastCheck: integer,
      targets: fc.array(address, { maxLength: 3 }),
      rtts: fc.array(fc.option(decimal, { nil: undefined }), { maxLength: 3 }),
      asked: address,
      rxBytes: integer,
      txBytes: integer,
      failures: fc.nat(10),
      successes: fc.nat(100),
      failureThreshold: fc.nat(10),
      recoveryThreshold: fc.nat(100),
      falls: fc.nat(100),
      judged: fc.boolean(),
      reason: sentence,
      device: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/),
      interface: fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/),
      systemMetric: fc.nat(2 ** 32 - 1),
      latency: decimal,
      jitter: decimal,
      loss: decimal,
      gateway: address,
      delegated: fc.array(fc.constantFrom('2001:db8::/56', 'fd00:1::/64'), { minLength: 1, maxLength: 3 }),
      answeringSince: decimal,
      lastGood: decimal,
      told: fc.constantFrom(...STATUSES),
      others,
    },
    { noNullPrototype: true, requiredKeys: [] },
  )
  .map((some) => ({ ...makeWan(), ...some }))
  .map(({ told, ...some }) => (told === undefined || told === some.status ? some : { ...some, told }));

const state: fc.Arbitrary<State> = fc
  .tuple(
    fc.record(
      {
        mode: fc.constantFrom('failover', 'multiuplink'),
        timestamp: integer,
        checkInterval: fc.nat(300),
        bootId: fc.uuid(),
        uptime: decimal,
        duration: fc.nat(100_000),
        changes: fc.nat(100),
        exitCode: fc.nat(4),
        complaints: fc.array(sentence, { maxLength: 3 }),
        wans: fc.uniqueArray(wan, { selector: (entry) => entry.name, maxLength: 4 }).map((list) => list.map(grouped)),
      },
      { noNullPrototype: true },
    ),
    fc.record(
      {
        fingerprint: fc.stringMatching(/^[0-9a-f]{8}$/),
        begun: decimal,
        unfinished: fc.constant(true as const),
        noGroup: fc.uuid(),
        others,
      },
      { noNullPrototype: true, requiredKeys: [] },
    ),
  )
  .map(([always, some]) => ({ ...always, ...some }) as State);

tap.test('what is written is read back the same', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(state, (written) => assert.deepEqual(parseState(formatState(written)), written)),
      { numRuns: 500 },
    ),
  );
});

tap.test('finer than is written', async (t) => {
  const read = parseState(formatState(makeState([makeWan({ latency: 1 / 3, loss: 200 / 3, statusSince: 1.5 })])));
  t.match(read?.wans.map(flat), [{ latency: 0.33, loss: 66.67, statusSince: 2 }]);
});

tap.test('a text that is cut off is nothing, unless only the last words are missing', async (t) => {
  const wans = [full, makeWan({ name: 'eth0.2', status: 'down' }), makeWan({ name: 'wan3' })];
  const text = formatState(makeState(wans, { complaints: ['one'] }));
  t.strictSame(parseState(text)?.wans, wans.map(grouped));
  // Words for people, which may be short.
  const end = text.lastIndexOf('reason=') + 'reason='.length;
  for (let length = 0; length < text.length; length++) {
    const read = parseState(text.slice(0, length));
    if (length < end) t.equal(read, undefined, `${length} bytes`);
    else t.strictSame(read?.wans.slice(0, -1), wans.slice(0, -1).map(grouped), `${length} bytes`);
  }
});

tap.test('what is not ours, or not whole', async (t) => {
  const text = formatState(makeState([full]));
  const without = (line: RegExp) => text.replace(line, '');
  const CASES: [string, string][] = [
    ['nothing', ''],
    ['another file', 'hello world\n'],
    ['binary', '\0\u0001\u00ff'.repeat(100)],
    ['of the Lua program', without(/^version=.*\n/m)],
    ['no version', text.replace('version=1', 'version=one')],
    ['a version that is a list', text.replace('version=1', 'version[]=1')],
    ['no time', without(/^timestamp=.*\n/m)],
    ['no uptime', without(/^uptime=.*\n/m)],
    ['an uptime that is none', text.replace(/^uptime=.*$/m, 'uptime=-1')],
    ['a time that is written with another digit', text.replace(/^timestamp=.*$/m, 'timestamp=9999999999999999')],
    ['no reason', without(/^reason=.*\n/m)],
    ['a reason that is none', text.replace(/^reason=.*$/m, 'reason')],
    ['a reason that is a list', text.replace(/^reason=.*$/m, 'reason[]=x')],
    ['an empty section', `${text}\n[wan2]\n`],
    ['fewer WANs than it promises', text.replace('wans=1', 'wans=2')],
    ['more', text.replace('wans=1', 'wans=0')],
    ['a name that is none', text.replace('[wan1]', '[wan 1]')],
    ['a name with an end of line', text.replace('[wan1]', '["wan\\n1"]')],
    ['no name', text.replace('[wan1]', '[]')],
    ['a section that has no end', `${text}\n[wan2\n`],
    ['sections alone', text.slice(text.indexOf('['))],
  ];
  t.ok(parseState(text), 'else it would be read');
  for (const [what, changed] of CASES) t.equal(parseState(changed), undefined, what);
});

tap.test('what may be missing or wrong', async (t) => {
  const text = formatState(makeState([full], { complaints: ['one'] }));
  const CASES: [string, RegExp, string, { [K in keyof State]?: State[K] | undefined }][] = [
    ['an unknown mode', /^mode=.*$/m, 'mode=other', { mode: 'failover' }],
    ['no interval', /^check_interval=.*\n/m, '', { checkInterval: 0 }],
    ['no boot id', /^boot_id=.*\n/m, '', { bootId: '' }],
    ['complaints that are no list', /^complaints\[\]=/m, 'complaints=', { complaints: [] }],
    ['no beginning', /^begun=.*\n/m, '', { begun: undefined }],
    ['a boot that is none', /^no_group=.*$/m, 'no_group=a b', { noGroup: undefined }],
    ['an end that is none', /^unfinished=.*$/m, 'unfinished=yes', { unfinished: undefined }],
  ];
  for (const [what, line, instead, expected] of CASES) {
    t.match(parseState(text.replace(line, instead)), { ...expected, wans: [{ name: 'wan1' }] }, what);
  }
  for (const word of ['', 'C0FFEE00', '00c0ffee0', '00c0ffe']) {
    const read = parseState(text.replace(/^fingerprint=$/m, `fingerprint=${word}`));
    t.equal(read?.fingerprint, undefined, `no fingerprint: ${word}`);
  }
  const least = '[wan1]\nreason=';
  const wan: FlatWan = {
    name: 'wan1',
    status: 'unknown',
    statusSince: 0,
    statusSinceUptime: 0,
    lastCheck: 0,
    targets: [],
    rtts: [],
    rxBytes: 0,
    txBytes: 0,
    failures: 0,
    successes: 0,
    failureThreshold: 0,
    recoveryThreshold: 0,
    falls: 0,
    judged: false,
    reason: '',
  };
  const { begun: _, ...old } = makeState([wan]);
  const bare = {
    ...old,
    checkInterval: 0,
    bootId: '',
    duration: 0,
    changes: 0,
    exitCode: 0,
    timestamp: 7,
    uptime: 1.5,
  };
  t.strictSame(parseState(`version=1\ntimestamp=7\nuptime=1.5\n${least}`), bare, 'the least');
  t.strictSame(parseState(text.replaceAll('\n', '\r\n')), parseState(text), 'CRLF');
  t.match(formatState(makeState([makeWan({ name: 'eth0.2' })])), '\n[eth0.2]\n', 'a dot as it is');
});

tap.test('names and addresses that can be none', async (t) => {
  const text = formatState(makeState([full]));
  const CASES: [RegExp, string, { [K in keyof FlatWan]?: FlatWan[K] | undefined }][] = [
    [/^device=.*$/m, 'device=a b', { device: undefined }],
    [/^device=.*$/m, 'device=abcdefghijklmnop', { device: undefined }],
    [/^device=.*$/m, 'device=e\u001b', { device: undefined }],
    [/^interface=.*$/m, 'interface=ü', { interface: undefined }],
    [/^gateway=.*$/m, 'gateway=fe80::1', { gateway: 'fe80::1' }],
    [/^gateway=.*$/m, 'gateway=fe80::1%x', { gateway: undefined }],
    [/^ping_target=.*$/m, 'ping_target=1.1.1.1, $(id), -c', { targets: ['1.1.1.1'] }],
    [/^latency=.*$/m, 'latency=fast', { latency: undefined }],
    [/^rtts=.*$/m, 'rtts=fast, -1', { rtts: [undefined, undefined] }],
    [/^rtts=.*\n/m, '', { rtts: [] }],
    [/^asked=.*$/m, 'asked=-c', { asked: undefined }],
    [/^judged=.*$/m, 'judged=yes', { judged: false }],
    [/^told=.*$/m, 'told=everybody', { told: undefined }],
    [/^status=.*$/m, 'status=fine', { status: 'unknown' }],
    [/^status=.*\n/m, '', { status: 'unknown' }],
    [/^status_since=.*\n/m, '', { statusSince: 0 }],
    [/^failures=.*\n/m, '', { failures: 0 }],
    [/^failures=.*$/m, 'failures=0x1', { failures: 0 }],
    [/^failures=.*$/m, 'failures=12345678901234567', { failures: 0 }],
    [/^successes=.*\n/m, '', { successes: 0 }],
    [/^colour=.*$/m, 'colour=a=b', { others: undefined }],
    [/^colour=.*$/m, 'colour=\u001b[2J', { others: undefined }],
    [/^colour=.*$/m, 'Colour=green', { others: undefined }],
    [/^colour=.*$/m, 'nonsense', { others: undefined }],
  ];
  for (const [line, instead, changed] of CASES) {
    t.strictSame(parseState(text.replace(line, instead))?.wans, [grouped({ ...full, ...changed })], instead);
  }
});

tap.test('any text is read, or refused', async (t) => {
  const good = formatState(makeState([full, makeWan({ name: 'wan2' })]));
  const piece = fc.constantFrom('=', '[', ']', '\n', '"', "'", '\\', ';', '#', '__proto__', 'true', '[]', '\r', '\0');
  const damaged = fc
    .tuple(fc.nat(good.length), fc.nat(5), piece)
    .map(([at, gone, put]) => good.slice(0, at) + put + good.slice(at + gone));
  const pieces = fc.array(fc.oneof(piece, fc.constantFrom(...good.split('\n')))).map((list) => list.join(''));
  const property = fc.property(fc.oneof(fc.string({ unit: 'binary' }), damaged, pieces), (text) => {
    const read = parseState(text);
    for (const { name, status, failures } of read?.wans.map(flat) ?? []) {
      assert(typeof name === 'string' && STATUSES.includes(status) && failures >= 0);
    }
    assert.equal(Object.hasOwn(Object.prototype, 'status'), false);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});

tap.test('text as the file can hold it', async (t) => {
  const CASES: [string, string][] = [
    ['no reply from 1.1.1.1', 'no reply from 1.1.1.1'],
    ['', ''],
    ['a=b', 'a?b'],
    ['a\\b', 'a?b'],
    ['a\nb\r\tc\0', 'a?b??c?'],
    ['\u001b[2J', '?[2J'],
    ['ü\u007f\u2028', '???'],
    ['x'.repeat(500), 'x'.repeat(400)],
  ];
  for (const [text, shown] of CASES) t.equal(printable(text), shown);
});

tap.test('as every version before wrote it, and perhaps a later one', async (t) => {
  const forms = readdirSync('test/state/forms').sort();
  t.equal(forms.length, 7);
  for (const form of forms) {
    const text = readFileSync(`test/state/forms/${form}`, 'utf8');
    const read = parseState(text) as State;
    t.match(
      read,
      { timestamp: 1_700_000_100, uptime: 200.5, duration: 212, complaints: ["option metric 'ten': not a number"] },
      form,
    );
    t.match(
      read.wans.map(flat),
      [
        { name: 'wan1', status: 'up', statusSinceUptime: 100.25, latency: 11.8, successes: 3, answeringSince: 100.25 },
        {
          name: 'eth0.2',
          status: 'down',
          failures: 2,
          loss: 100,
          judged: true,
          reason: 'no reply from 1.1.1.1, 8.8.8.8',
        },
      ],
      form,
    );
    const now = { wall: 1_700_000_110, uptime: 210.5, bootId: read.bootId };
    const paths = read.wans
      .map(flat)
      .map(({ name, device = '' }, i) => makePath(i + 1, 10, { device }, { name, device }));
    t.strictSame(
      judge(paths, new Map(), read, now, { begun: now.uptime, interval: 10, unplugged: new Set() }).transitions,
      [],
      `${form}: nobody is announced anew`,
    );
    const written = formatState(read);
    for (const line of text.split('\n').filter((known) => /^(weather|moons\[\]|colour|mood)=/.test(known))) {
      t.match(written, `\n${line}\n`, `${form}: what is not known is kept`);
    }
    t.strictSame(parseState(written), read, form);
  }
});
