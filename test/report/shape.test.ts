import tap from 'tap';
import type { Shaper } from '../../lib/model.js';
import { decisionJson, decisionLine, rateWords, shapeMetrics, showShaping } from '../../lib/report/shape.js';
import type { Decision } from '../../lib/shape/signals.js';
import type { ShapeState } from '../../lib/state/shape.js';
import { parseExposition } from './exposition.js';

const UP: Decision = { rate: 17_300, colour: 'GREEN', reason: 'it holds', load: 0.9312, achieved: 16_100, delay: 3.21 };
const DOWN: Decision = {
  ...UP,
  rate: 480,
  colour: 'RED',
  reason: 'it is cut',
  blocker: 'no answer yet',
  load: 1,
  delay: 812,
};
const SHAPER: Shaper = { name: 'line', wan: 'wan', rates: { up: {}, down: {} }, reflectors: [] };
const OTHER: Shaper = { ...SHAPER, name: 'other', wan: 'wanb', rates: { up: {} } };
const STATE: ShapeState = {
  bootId: 'boot',
  lines: [
    { name: 'line', wan: 'wan', at: 100_000, quiet: false, problems: ['eth1: no'], decisions: { up: UP, down: DOWN } },
    { name: 'gone', wan: 'wanc', at: 90_000, quiet: true, problems: ['old'], decisions: { up: UP } },
  ],
};

tap.test('rates', async (t) => {
  const CASES: [kbit: number, words: string][] = [
    [64, '64 kbit/s'],
    [999.4, '999 kbit/s'],
    [1000, '1.0 Mbit/s'],
    [17_349, '17.3 Mbit/s'],
    [940_000, '940 Mbit/s'],
    [10_000_000, '10000 Mbit/s'],
  ];
  for (const [kbit, words] of CASES) t.equal(rateWords(kbit), words);
});

tap.test('a decision', async (t) => {
  t.equal(
    decisionLine(SHAPER, 'up', UP, 12.34),
    '  12.3 s   line up     17.3 Mbit/s  load  93 %  delay   3.2 ms  GREEN     it holds',
  );
  t.match(decisionLine(SHAPER, 'down', DOWN, 0), /480 kbit\/s .* RED {7}it is cut {2}\(no answer yet\)$/);
  t.strictSame(decisionJson(SHAPER, 'down', DOWN, 1.239), {
    time_s: 1.24,
    shaper: 'line',
    direction: 'down',
    rate_kbit: 480,
    load: 1,
    achieved_kbit: 16_100,
    delay_ms: 812,
    state: 'RED',
    reason: 'it is cut',
    blocker: 'no answer yet',
  });
});

tap.test('what status shows', async (t) => {
  const { rows, problems, values } = showShaping([SHAPER, OTHER], STATE, { uptime: 103 });
  t.strictSame(rows, [
    ['SHAPER', 'WAN', 'WAY', 'RATE', 'LOAD', 'DELAY', 'STATE', 'SEEN', ''],
    ['line', 'wan', 'up', '17.3 Mbit/s', '93 %', '3.2 ms', 'GREEN', 'now', 'it holds'],
    ['line', 'wan', 'down', '480 kbit/s', '100 %', '812.0 ms', 'RED', 'now', 'it is cut (no answer yet)'],
    ['other', 'wanb', 'up', '-', '-', '-', '-', 'not yet', ''],
  ]);
  t.strictSame(problems, ['line: eth1: no'], 'of those that are configured');
  t.match(values, [
    { name: 'line', direction: 'up', age_s: 3, quiet: false, rate_kbit: 17_300, state: 'GREEN' },
    { name: 'line', direction: 'down', blocker: 'no answer yet' },
    { name: 'other', direction: 'up', age_s: null, quiet: null, rate_kbit: null, state: null },
  ]);
  t.equal(showShaping([SHAPER], STATE, { uptime: 400 }).rows[1]?.[7], '5 min ago');
});

tap.test('metrics: of a line that is not loaded only the rate is known', async (t) => {
  const labels = 'shaper="line",wan="wan",direction';
  const text = shapeMetrics(STATE, { uptime: 103 });
  t.doesNotThrow(() => parseExposition(text));
  for (const line of [
    `mini_mwan_shaper_rate_bits_per_second{${labels}="up"} 17300000`,
    'mini_mwan_shaper_rate_bits_per_second{shaper="gone",wan="wanc",direction="up"} 17300000',
    `mini_mwan_shaper_load_ratio{${labels}="up"} 0.931`,
    `mini_mwan_shaper_delay_seconds{${labels}="down"} 0.812`,
    `mini_mwan_shaper_state{${labels}="down",state="RED"} 1`,
    `mini_mwan_shaper_state{${labels}="down",state="GREEN"} 0`,
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.notMatch(text, /(load|delay|state).*gone/);
  t.notMatch(shapeMetrics(STATE, { uptime: 200 }), /load|delay|state/);
  t.equal(shapeMetrics({ bootId: 'boot', lines: [] }, { uptime: 200 }), '');
});
