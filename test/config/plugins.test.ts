import tap from 'tap';
import { PLUGINS, readPlugins } from '../../lib/config/plugins.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Plugin, Problem } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';

function read(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  const problems: Problem[] = [];
  const plugins = readPlugins(parsed.sections, problems);
  return { plugins, said: problems.map((problem) => problemText(problem, 'f')) };
}

const STANDARD: Plugin = {
  name: 'p',
  type: 'alert',
  program: '/bin/p',
  format: 'json',
  level: 'warning',
  cooldown: 0,
  interval: 0,
  variables: {},
};
const ALERT = 'config plugin p\noption type alert\noption program /bin/p\n';
const METRICS = 'config plugin p\noption type metrics\noption program /bin/p\n';

tap.test('what can be used', async (t) => {
  const CASES: [text: string, more: Partial<Plugin>][] = [
    [ALERT, {}],
    [METRICS, { type: 'metrics' }],
    [ALERT.replace(' p\n', '\n'), { name: 'plugin-1' }],
    [
      `${ALERT}option level critical\noption cooldown 600\noption format slack`,
      { level: 'critical', cooldown: 600, format: 'slack' },
    ],
    [`${METRICS}option interval 60\noption format influx`, { type: 'metrics', interval: 60, format: 'influx' }],
    [
      METRICS.replace('/bin/p', `${PLUGINS}/influxdb`),
      { type: 'metrics', program: `${PLUGINS}/influxdb`, format: 'influx' },
    ],
    [
      METRICS.replace('/bin/p', `${PLUGINS}/graphite`),
      { type: 'metrics', program: `${PLUGINS}/graphite`, format: 'graphite' },
    ],
    [ALERT.replace('/bin/p', `${PLUGINS}/graphite`), { program: `${PLUGINS}/graphite` }],
    [METRICS.replace('/bin/p', '/opt/graphite'), { type: 'metrics', program: '/opt/graphite' }],
    [
      `${ALERT}option url 'https://a/?b=$(c)'\nlist to a\nlist to 'b c'\noption Text_2 x`,
      { variables: { URL: 'https://a/?b=$(c)', TO: 'a b c', TEXT_2: 'x' } },
    ],
  ];
  for (const [text, more] of CASES) t.strictSame(read(text), { plugins: [{ ...STANDARD, ...more }], said: [] }, text);
  t.strictSame(read(`${ALERT}option enabled 0`), { plugins: [], said: [] });
  t.strictSame(read(''), { plugins: [], said: [] });
});

tap.test('what is wrong', async (t) => {
  const left = "f, line 1: plugin 'p':";
  const CASES: [text: string, said: (string | RegExp)[], more?: Partial<Plugin>][] = [
    ['config plugin p\noption program /bin/p', [`${left} option type says neither alert nor metrics; left out`]],
    ['config plugin p\noption type alert', [`${left} option program names no program; left out`]],
    ['config plugin p\noption type alert\noption program p', [/option program 'p': not the whole path/, /left out$/]],
    [ALERT.replace('alert', 'loud'), ["f, line 2: option type 'loud': not alert or metrics; ignored", /left out$/]],
    [ALERT.replace(' p\n', ` ${'p'.repeat(65)}\n`), [/its name has more than 64 letters; left out$/]],
    [`${ALERT}option level loud`, [/not info or warning or error or critical; using warning$/], {}],
    [`${ALERT}option format influx`, [/not json or text or slack or discord or ntfy or telegram; using json$/], {}],
    [`${METRICS}option format slack`, [/not json or influx or graphite; using json$/], { type: 'metrics' }],
    [
      `${METRICS}option cooldown 5`,
      ["f, line 4: option cooldown '5': of type alert only; ignored"],
      { type: 'metrics', cooldown: 5 },
    ],
    [`${ALERT}option interval 5`, ["f, line 4: option interval '5': of type metrics only; ignored"], { interval: 5 }],
    [`${ALERT}option cooldown x`, [/not a number from 0 to 604800; using 0$/], {}],
    [`${ALERT}option text secret`, ['f, line 4: option text: the variable TEXT is set by mini-mwan; ignored'], {}],
    [`${ALERT}option path /tmp`, ['f, line 4: option path: the variable PATH is set by mini-mwan; ignored'], {}],
    [`${ALERT}option 1a secret`, ['f, line 4: option 1a: no variable can have this name; ignored'], {}],
    [`${ALERT}option a ${'s'.repeat(4001)}`, ['f, line 4: option a: longer than 4000 characters; ignored'], {}],
    [`${ALERT}option a 1\noption a 2`, [/set before in line 4; this one counts/], { variables: { A: '2' } }],
  ];
  for (const [text, said, more] of CASES) {
    const found = read(text);
    t.match(found.said, said, text);
    t.equal(found.said.length, said.length, text);
    t.strictSame(found.plugins, more ? [{ ...STANDARD, ...more }] : [], text);
  }
  const many = read(`${ALERT.replace(' p\n', '\n')}`.repeat(12));
  t.equal(many.plugins.length, 10);
  t.match(many.said, [/more than 10 plugin sections; this and the rest are ignored/]);
  t.equal(new Set(many.plugins.map(({ name }) => name)).size, 10, 'each has a name of its own');
});
