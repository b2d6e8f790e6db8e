import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import tap from 'tap';
import { readIpfire } from '../lib/config/ipfire/settings.js';
import { EXIT } from '../lib/explain.js';
import { metricsText } from '../lib/report/metrics.js';
import { multiwanbondText } from '../lib/report/metrics-multiwanbond.js';
import { mwan3Text } from '../lib/report/metrics-mwan3.js';
import { steeringMetrics } from '../lib/report/metrics-steering.js';
import { shapeMetrics } from '../lib/report/shape.js';
import { formatSteered } from '../lib/state/steering.js';
import manifest from '../package.json' with { type: 'json' };
import { anchorOf, readMarkdown } from './docs/markdown.js';
import { commandOptions, help, ipfireKeys, pluginOptions, readConfiguration, uciOptions } from './docs/options.js';
import { bare, blocks, page, pages, table } from './docs/pages.js';
import { MEASURED, ROWS } from './flapping/rows.js';
import { parseExposition } from './report/exposition.js';
import { stateOf, wanOf, windowOf } from './report/states.js';

const MAX_WIDTH = 130;
const MAX_README = 250;
/** s between two pings of an attempt. */
const PING_SPACING = 0.3;
/** What an IPFire has on which nothing was configured. */
const NOTHING = { enabled: true, profiles: {}, dials: {}, macs: {}, ethernet: 'RED_TYPE=DHCP\nRED_DEV=red0\n' };
const HELP = await help();
const SECTIONS = [
  {
    options: uciOptions('settings'),
    rows: [
      ...table('README.md', 'option', 'mode'),
      ...table('docs/connections.md', 'option', 'mark_mask'),
      ...table('docs/bonding.md', 'option', 'mptcp'),
      ...table('docs/sharing.md', 'option', 'fast_dscp'),
      ...table('docs/history.md', 'option', 'history'),
      ...table('docs/quota.md', 'option', 'quota_path'),
      ...table('docs/ipv6.md', 'option', 'ipv6'),
    ],
  },
  {
    options: uciOptions('interface'),
    rows: [
      ...table('README.md', 'option', 'metric'),
      ...table('docs/probes.md', 'option', 'track_method'),
      ...table('docs/quality.md', 'option', 'check_quality'),
      ...table('docs/sharing.md', 'option', 'bandwidth_down'),
      ...table('docs/connections.md', 'option of a WAN', 'inbound'),
      ...table('docs/how-it-works.md', 'option', 'restart_after'),
      ...table('docs/bonding.md', 'option', 'metered'),
      ...table('docs/quota.md', 'option', 'quota'),
      ...table('docs/ipv6.md', 'option of a WAN', 'ipv6'),
    ],
  },
  { options: uciOptions('steering'), rows: table('docs/steering.md', 'option', 'sustain') },
  { options: uciOptions('routeros'), rows: table('docs/routeros.md', 'option', 'ssh_key') },
  // A row for the same of two directions.
  {
    options: uciOptions('shaper'),
    rows: table('docs/shaping.md', 'option', 'overhead').flatMap(([names = '', ...cells]) =>
      names.split(', ').map((name) => [name, ...cells]),
    ),
  },
];

tap.test('Markdown is understood', async (t) => {
  const found = readMarkdown(
    '# A b: `c`\n\n[x](y.md#z) and `[n](o)`\n\n| h | i |\n|---|---|\n| `p` | [q](r) |\n\n1. s\n\n   ```sh\n   # t\n   ```\n## A\n',
  );
  const rows = [
    ['h', 'i'],
    ['`p`', '[q](r)'],
  ];
  t.strictSame(found.tables, [rows]);
  t.match(found, { lines: 14, blocks: ['# t'], anchors: ['a-b-c', 'a'], links: ['y.md#z', 'r'] });
  t.strictSame(found.code, ['c', '[n](o)', 'p']);
  t.strictSame(
    found.prose.map(({ line }) => line),
    [1, 2, 3, 4, 8, 9, 10, 14],
  );
  t.equal(anchorOf('check --record, replay'), 'check---record-replay');
});

tap.test('each link leads somewhere, and from the README to each page', async (t) => {
  const reached = new Set(['README.md']);
  for (const name of reached) {
    for (const link of page(name).links.filter((link) => !/^https?:/.test(link))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? name : normalize(join(dirname(name), path));
      t.ok(existsSync(target), `${name}: ${link}`);
      if (anchor !== undefined) t.ok(pages.get(target)?.anchors.includes(anchor), `${name}: ${link}`);
      if (pages.has(target)) reached.add(target);
    }
  }
  t.strictSame([...reached].sort(), [...pages.keys()].sort());
});

tap.test('lines are wrapped, and the README is short', async (t) => {
  for (const [name, { prose }] of pages) {
    const wide = prose.filter(({ text }) => text.replace(/\]\([^)]*\)/g, ']').length > MAX_WIDTH);
    t.strictSame(wide, [], name);
  }
  const { lines } = page('README.md');
  t.ok(lines <= MAX_README, `${lines} lines`);
});

tap.test('the help text', async (t) => {
  const shown = blocks.filter((block) => /^[#$] mini-mwan --help/.test(block));
  t.strictSame(shown, [`$ mini-mwan --help\n${HELP.trimEnd()}`]);
});

tap.test('commands and their options', async (t) => {
  const commands = [...HELP.matchAll(/^ {2}mini-mwan (\w+)/gm)].map(([, name = '']) => name);
  const words = page('docs/commands.md').anchors.flatMap((anchor) => anchor.split('-'));
  for (const command of commands) t.ok(words.includes(command), `docs/commands.md has ${command}`);

  const perCommand = await Promise.all(commands.map(async (command) => commandOptions(await help(command))));
  const options = perCommand.flatMap((of, i) => of.map((option) => ({ command: commands[i], ...option })));
  const tables = [table('README.md', 'option', '--config'), table('docs/history.md', 'option', '--last')];
  const rows = tables.flat().map(([first = '', fallback, meaning = '']) => ({
    names: [...first.matchAll(/`(--?[\w-]+)/g)].map(([, name = '']) => name),
    fallback: bare(fallback),
    meaning,
  }));
  const spoken = (all: { names: string[]; fallback: string }[]) =>
    [...new Set(all.map(({ names, fallback }) => `${names.join(', ')} ${fallback}`))].sort();
  t.strictSame(spoken(rows), spoken(options));
  for (const { names, meaning } of rows) {
    const users = options.filter((option) => option.names[0] === names[0]).map(({ command }) => command);
    if (users.length === commands.length) t.notMatch(meaning, /^with `/, `${names[0]} is of all commands`);
    else for (const command of users) t.match(meaning, `\`${command}\``, `${names[0]} is of ${command}`);
  }
});

tap.test('UCI options', async (t) => {
  for (const { options, rows } of SECTIONS) {
    t.strictSame(rows.map(([name]) => bare(name)).sort(), options.map(({ name }) => name).sort());
    for (const { name, fallback, range, words } of options) {
      const [, shown, meaning = ''] = rows.find(([cell]) => bare(cell) === name) ?? [];
      t.equal(bare(shown), fallback, `default of ${name}`);
      if (range) t.match(meaning, new RegExp(`^${range.join('-')}\\b`), `range of ${name}`);
      // What is another name of an option has its words there.
      if (meaning.includes('`log_level`')) continue;
      for (const word of words) t.match(meaning, `\`${word}\``, `${name} may be ${word}`);
    }
  }
});

tap.test('options of plugins', async (t) => {
  const rows = table('docs/integration.md', 'option', 'cooldown').filter(([name]) => name !== 'any other');
  const options = ['alert', 'metrics'].flatMap(pluginOptions);
  t.strictSame([...new Set(options.map(({ name }) => name))].sort(), rows.map(([name]) => bare(name)).sort());
  for (const { name, fallback, range, words } of options) {
    const [, shown, meaning = ''] = rows.find(([cell]) => bare(cell) === name) ?? [];
    t.equal(bare(shown), fallback, `default of ${name}`);
    if (range) t.match(meaning, new RegExp(`^${range.join('-')}\\b`), `range of ${name}`);
    for (const word of words) t.match(meaning, `\`${word}\``, `${name} may be ${word}`);
  }
});

tap.test('keys of IPFire', async (t) => {
  const said = table('docs/ipfire.md', 'key', 'CHECK_INTERVAL');
  const settings = ipfireKeys('settings');
  t.strictSame(said.map(([name]) => bare(name)).sort(), settings.map(({ name }) => name).sort());
  for (const { name, fallback, range, words } of settings) {
    const [, shown = '', meaning = ''] = said.find(([cell]) => bare(cell) === name) ?? [];
    if (range || words.length > 0) t.equal(bare(shown), fallback, `default of ${name}`);
    if (range) t.match(meaning, new RegExp(`^${range.join('-')}\\b`), `range of ${name}`);
    const told = `${meaning} ${shown}`;
    for (const word of words) t.match(told, `\`${word}\``, `${name} may be ${word}`);
  }
  const targets = bare(said.find(([cell]) => bare(cell) === 'CHECK_HOST')?.[1]).split(' ');
  t.strictSame(targets, readIpfire(NOTHING).config.wans[0]?.targets);

  const cells = table('docs/ipfire.md', 'key', 'TYPE');
  const common = 'DEVICE=red1\nUSERNAME=name\nPASSWORD=word\n';
  const profile = ['DHCP', 'VDSL'].map((type) => ipfireKeys('profile', `TYPE=${type}\n${common}`));
  const [keys = []] = profile;
  // RED_NETADDRESS is a name of IPFire's, which the text has.
  const own = keys.filter(({ name }) => !name.startsWith('RED_')).map(({ name }) => name);
  t.strictSame(cells.flatMap(([cell]) => bare(cell).split(', ')).sort(), own.sort());
  for (const { name, range, words } of profile.flat()) {
    const [, , meaning = ''] = cells.find(([cell]) => bare(cell).split(', ').includes(name)) ?? [];
    if (range) t.match(meaning.replace(' to ', '-'), range.join('-'), `range of ${name}`);
    for (const word of words) t.match(meaning, `\`${word}\``, `${name} may be ${word}`);
  }
});

tap.test('defaults and ranges that are told elsewhere', async (t) => {
  const options = SECTIONS.flatMap(({ options }) => options.filter(({ range }) => range));
  let found = 0;
  for (const [name, { text }] of pages) {
    for (const { name: option, range, fallback } of options) {
      for (const [, told] of text.matchAll(new RegExp(`\`${option}\` (\\d+(?:-\\d+)?)`, 'g'))) {
        t.ok(told === fallback || told === range?.join('-'), `${name}: ${option} ${told}`);
        found += 1;
      }
    }
  }
  t.ok(found > 5, `${found} of them`);

  const number = (name: string) => Number(options.find((option) => option.name === name)?.fallback);
  const attempt = number('ping_timeout') + PING_SPACING * (number('ping_count') - 1);
  const seconds = number('check_interval') + Math.ceil(number('failure_threshold') * attempt);
  for (const name of ['README.md', 'docs/how-it-works.md']) {
    t.match(page(name).text, new RegExp(`out\\s+of\\s+use\\s+within\\s+${seconds}\\s+s\\b`), `${name} promises it`);
  }
});

tap.test('exit codes', async (t) => {
  const rows = table('README.md', 'exit code', '0').map(([code, meaning]) => `${code}  ${bare(meaning)}`);
  const [, told = ''] = /Exit codes:\n((?: {2}\d .*\n)+)/.exec(HELP) ?? [];
  t.strictSame(
    rows,
    told.split('\n').flatMap((line) => line.trim() || []),
  );
  t.strictSame(
    rows.map((row) => Number(row[0])),
    Object.values(EXIT),
  );
});

tap.test('nothing is wrong with the configurations that are shown', async (t) => {
  const shown = blocks.filter((block) => block.startsWith('config '));
  t.not(shown.length, 0);
  for (const block of shown) {
    const { config, problems } = readConfiguration(`${block}\n`);
    t.strictSame(problems, [], block);
    t.ok((config.wans.length > 0 || config.plugins) && config.wans.every(({ enabled }) => enabled), block);
  }
});

tap.test('metrics', async (t) => {
  const quality = { window: windowOf([10, 14]), reliability: 1, degraded: false, times: 0 };
  const state = stateOf(wanOf({ latency: 12, jitter: 1, loss: 0, quality }));
  const now = { wall: 0, uptime: 100, bootId: 'boot' };
  const up = { rate: 1, colour: 'GREEN', reason: '', load: 1, achieved: 1, delay: 1 } as const;
  const shaped = { name: 'line', wan: 'wan1', at: 100_000, quiet: false, problems: [], decisions: { up } };
  const voice = { name: 'voice', primary: 'dsl', alternate: 'lte', on: true, dryRun: false, since: 1, score: 60 };
  const steering = { ...state, steering: [formatSteered({ ...voice, toggles: [], reason: '' })] };
  const TABLES: [start: string, row: string, text: string][] = [
    [
      'mini_mwan_',
      'wan_up',
      metricsText(state, false) + shapeMetrics({ bootId: 'boot', lines: [shaped] }, now) + steeringMetrics(steering),
    ],
    ['mwan3_interface_', 'status', mwan3Text(state, now)],
    ['multiwanbond_', 'wan_state', multiwanbondText(state)],
  ];
  for (const [start, row, text] of TABLES) {
    const printed = parseExposition(text).map(({ name }) => name);
    const rows = table('docs/integration.md', `metric, behind \`${start}\``, row);
    const told = rows.flatMap(([cell]) => bare(cell).split(', '));
    t.strictSame(told.map((name) => `${start}${name}`).sort(), printed.sort());
  }
});

tap.test('lines that come and go', async (t) => {
  const TABLES = [
    ['the better line', ROWS],
    ['the better line, measured', MEASURED],
  ] as const;
  for (const [head, list] of TABLES) {
    const rows = table('docs/flapping.md', head, 'loses');
    t.strictSame(
      rows.map(([better, other]) => [better, other]),
      list.map(({ better, other }) => [better, other]),
    );
    list.forEach((row, i) => {
      const [, , , switches = '', loss = ''] = rows[i] ?? [];
      t.ok(Number(switches) <= row.switches && Number.parseFloat(loss) <= row.loss, `${switches} and ${loss}`);
    });
  }
});

tap.test('scripts and files that are named are there', async (t) => {
  for (const [name, { code, blocks }] of pages) {
    const texts = [...code, ...blocks];
    for (const [, script = ''] of texts.flatMap((text) => [...text.matchAll(/\bnpm run ([\w-]+)/g)])) {
      t.ok(script in manifest.scripts, `${name}: npm run ${script}`);
    }
    const words = texts.flatMap((text) => text.split(/\s+/));
    const files = words.filter(
      (word) => /^(lib|test|docs|cron|hotplug|openwrt|bin)\/[\w./-]+$/.test(word) && !word.includes('NAME'),
    );
    for (const file of files) t.ok(existsSync(file), `${name}: ${file}`);
  }
  for (const command of ['npm ci && npm run setup && npm run demo', 'npm ci && npm run setup && npm test']) {
    t.ok(page('README.md').blocks.includes(command), command);
  }
});
