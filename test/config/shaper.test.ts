import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { readersOf } from '../../lib/config/beyond.js';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { readShapers } from '../../lib/config/shaper.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Problem, Shaper } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';
import { makeWan } from '../make.js';

const WANS = [
  makeWan({ name: 'wan', targets: ['4.2.2.1', '1.1.1.1', '8.8.8.8', 'https://9.9.9.9/'] }),
  makeWan({ name: 'wanb', device: 'wwan0' }),
];

function read(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  const problems: Problem[] = [];
  const shapers = readShapers(parsed.sections, WANS, problems);
  return { shapers, said: problems.map((problem) => problemText(problem, 'f')) };
}

const HEAD = 'config shaper s\noption interface wan\n';
const words = (...parts: string[]) => {
  const [diffserv = 'diffserv3', nat = 'nat', wash = 'nowash', acks = 'no-ack-filter', ...layer] = parts;
  const end = layer.length > 0 ? layer : ['raw'];
  return {
    up: [diffserv, nat, wash, acks, 'egress', ...end],
    down: [diffserv, nat, wash, 'no-ack-filter', 'ingress', ...end],
  };
};
const STANDARD: Shaper = {
  name: 's',
  wan: 'wan',
  rates: { up: {} },
  words: words(),
  reflectors: ['4.2.2.1', '1.1.1.1', '8.8.8.8'],
};
const { words: _, ...THEIRS } = STANDARD;
const PLAIN = ['diffserv3', 'nat', 'nowash', 'no-ack-filter'];
const OURS = { ours: true } as const;

tap.test('what can be used', async (t) => {
  const CASES: [text: string, more: Partial<Shaper>][] = [
    ['', {}],
    ['option enabled 1', {}],
    ['option device eth0.7', { device: 'eth0.7' }],
    ['option ifb 1', { ingress: OURS, rates: { up: {}, down: {} } }],
    ['option download_device br-lan', { ingress: { device: 'br-lan' }, rates: { up: {}, down: {} } }],
    [
      'option upload_min 1000\noption upload_base 5000\noption upload_max 10000\noption ifb 1\noption download_max 50000',
      { ingress: OURS, rates: { up: { min: 1000, base: 5000, max: 10000 }, down: { max: 50000 } } },
    ],
    ['option upload_min 5\noption upload_min 64', { rates: { up: { min: 64 } } }],
    ['option upload_max 10000000', { rates: { up: { max: 10_000_000 } } }],
    ['option overhead 44', { words: words(...PLAIN, 'overhead', '44', 'noatm') }],
    ['option overhead 18\noption tcMPU 64', { words: words(...PLAIN, 'overhead', '18', 'noatm', 'mpu', '64') }],
    ['option linklayer atm\noption overhead 32', { words: words(...PLAIN, 'overhead', '32', 'atm') }],
    ['option link_layer adsl', { words: words(...PLAIN, 'overhead', '0', 'atm') }],
    ['option link_layer ptm\noption overhead 30', { words: words(...PLAIN, 'overhead', '30', 'ptm') }],
    ['option link_layer none\noption mpu 64', { words: words() }],
    [
      'option diffserv besteffort\noption nat 0\noption wash 1\noption ack_filter 1',
      { words: words('besteffort', 'nonat', 'wash', 'ack-filter') },
    ],
    ["list reflector 1.0.0.1\nlist reflector '9.9.9.9'", { reflectors: ['1.0.0.1', '9.9.9.9'] }],
  ];
  for (const [text, more] of CASES) {
    const { shapers, said } = read(HEAD + text);
    t.strictSame(shapers, [{ ...STANDARD, ...more }], text);
    t.strictSame(
      said.filter((line) => !line.includes('set before') && !line.includes('from 64')),
      [],
      text,
    );
  }
  t.strictSame(read(`${HEAD}option existing 1`).shapers, [{ ...THEIRS, ingress: OURS, rates: { up: {}, down: {} } }]);
  t.strictSame(read(`${HEAD}option existing 1\noption download_device ifb0`).shapers, [
    { ...THEIRS, ingress: { device: 'ifb0' }, rates: { up: {}, down: {} } },
  ]);
  t.strictSame(read(`${HEAD}option enabled 0`), { shapers: [], said: [] });
  t.strictSame(read(''), { shapers: [], said: [] });
  const [anonymous] = read('config shaper\noption interface wanb').shapers;
  t.equal(anonymous?.name, 'shaper-1');
  t.ok((anonymous?.reflectors.length ?? 0) >= 3, 'one target of its own is no vote');
});

tap.test('what is wrong', async (t) => {
  const CASES: [text: string, said: (string | RegExp)[], more?: Partial<Shaper>][] = [
    ['option upload_max 0', ["f, line 3: option upload_max '0': not a number from 64 to 10000000; ignored"], {}],
    ['option upload_max 10mbit', [/not a number from 64/], {}],
    ['option upload_max -5', [/not a number from 64/], {}],
    [
      'option upload_min 9000\noption upload_max 8000',
      ["f, line 3: option upload_min '9000': more than option upload_max (8000); ignored"],
      { rates: { up: { max: 8000 } } },
    ],
    [
      'option upload_base 9000\noption upload_max 8000',
      ["f, line 3: option upload_base '9000': more than option upload_max; using 8000"],
      { rates: { up: { base: 8000, max: 8000 } } },
    ],
    [
      'option upload_base 900\noption upload_min 1000',
      ["f, line 3: option upload_base '900': less than option upload_min; using 1000"],
      { rates: { up: { base: 1000, min: 1000 } } },
    ],
    ['option download_max 5000', [/option download_max '5000': without effect: nothing queues what comes/], {}],
    ['option device a/b', [/^f, line 3: option device 'a\/b': not the name of a network device/], {}],
    ['option device -f', [/not the name of a network device/], {}],
    [
      'option ifb 1\noption download_device ifb0',
      [/option ifb '1': option download_device is there as well and counts; ignored/],
      { ingress: { device: 'ifb0' }, rates: { up: {}, down: {} } },
    ],
    ['option link_layer adsl2', [/not none or ethernet or atm or adsl or ptm; ignored/], {}],
    [
      'option overhead 300',
      [/not a number from 0 to 256; using 256/],
      { words: words(...PLAIN, 'overhead', '256', 'noatm') },
    ],
    ['option overhead 18\noption link_layer none', [/option overhead '18': without effect with link_layer 'none'/], {}],
    ['option diffserv diffserv5', [/not besteffort or precedence or .*; using diffserv3/], {}],
    ['list reflector google.com', [/not the IPv4 address of a host/], {}],
    ['option upload 5000', [/option upload '5000': unknown option; ignored/], {}],
  ];
  for (const [text, said, more] of CASES) {
    const found = read(HEAD + text);
    t.match(found.said, said, text);
    t.equal(found.said.length, said.length, text);
    t.strictSame(found.shapers, more ? [{ ...STANDARD, ...more }] : [], text);
  }
  const OUT: [text: string, said: RegExp[]][] = [
    ['config shaper s', [/^f, line 1: shaper 's': option interface names no interface section.*; left out$/]],
    ['config shaper s\noption interface lan', [/option interface 'lan': not the name of/, /left out$/]],
    [`config shaper ${'s'.repeat(65)}\noption interface wan`, [/has more than 64 letters; left out$/]],
  ];
  for (const [text, said] of OUT) {
    t.match(read(text), { shapers: [], said }, text);
    t.equal(read(text).said.length, said.length, text);
  }
  const two = read(`${HEAD}config shaper other\noption interface wan`);
  t.match(two.said, ["f, line 3: shaper 'other': shaper 's' is for the same line; left out"]);
  t.equal(two.shapers.length, 1);
  t.match(read(`${HEAD}option existing 1\noption overhead 18`).said, [/with option existing, .*; ignored$/]);
  const many = Array.from({ length: 22 }, (_, i) => `config shaper s${i}\noption enabled 0\noption interface wan\n`);
  t.match(read(many.join('')).said, ['f, line 61: more than 20 shaper sections; this and the rest are ignored']);
});

tap.test('whatever numbers are given, the bounds hold', async (t) => {
  const rate = fc.option(fc.oneof(fc.integer({ min: -10, max: 100 }), fc.integer({ min: 0, max: 200_000_000 })), {
    nil: undefined,
  });
  const property = fc.property(rate, rate, rate, (min, base, max) => {
    const lines = Object.entries({ min, base, max }).flatMap(([bound, value]) =>
      value === undefined ? [] : [`option upload_${bound} '${value}'\n`],
    );
    const { up } = read(HEAD + lines.join('')).shapers[0]?.rates ?? {};
    assert.ok(up);
    const order = [up.min ?? 64, up.base ?? up.min ?? 64, up.max ?? 10_000_000];
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.ok((order[0] as number) >= 64 && (order[2] as number) <= 10_000_000);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

tap.test('shapers alone are read without what reads the rest', async (t) => {
  const WAN = "config interface wan\noption device eth0\nlist ping_target '1.1.1.1'\n";
  const CASES: [text: string, needsAll: boolean][] = [
    [HEAD, false],
    [`${HEAD}option upload_base 9000\noption overheat 3\nconfig shaper\noption interface wanb\n`, false],
    [`${HEAD}config interface\noption ping_target6 '2606::1'\n`, false],
    [`config settings\noption enabled 0\n${HEAD}`, false],
    [`${HEAD}config settings\noption history 1\n`, true],
    [`${HEAD}config plugin p\noption program /bin/p\n`, true],
    [`${HEAD}config mars\n`, true],
  ];
  for (const [text, needsAll] of CASES) {
    const parsed = parseUci(`config settings\noption enabled 1\n${WAN}${text}`);
    if ('text' in parsed) throw new Error(parsed.text);
    const readers = await readersOf(parsed.sections);
    t.equal(readers === more, needsAll, text);
    t.strictSame(readSettings(parsed.sections, readers), readSettings(parsed.sections, more), `${text}: the same`);
  }
});
