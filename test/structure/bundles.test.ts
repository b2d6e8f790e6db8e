import { builtinModules } from 'node:module';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import tap from 'tap';
import { BUNDLES } from '../../lib/package/bundles.mjs';

/** The only places that may import a package. */
const PACKAGES: Record<string, string[]> = {
  execa: ['lib/engine/node/programs.ts'],
  yargs: ['lib/cli/usage.ts'],
  ini: ['lib/state/format.ts', 'lib/state/parse.ts'],
  chalk: ['lib/report/colour.ts'],
};
/** Bytes that a round on QuickJS reads of the program at the most: each costs time before the round. */
const HOT_PATH = 159_100;

/** What the bundles are made of; here whatever could be imported is left to the tests. */
const external = ['std', 'os', 'node:*', ...builtinModules];
const look = async (options: BuildOptions) =>
  (await build({ ...options, external, write: false, metafile: true })).metafile;
const [onQuickjs, onNode, native] = (await Promise.all(
  [BUNDLES.quickjs, BUNDLES.node, BUNDLES.native].map((options) => look(options as BuildOptions)),
)) as [Metafile, Metafile, Metafile];

const files = Object.entries({ ...onNode.inputs, ...onQuickjs.inputs, ...native.inputs })
  .filter(([file]) => !file.startsWith('node_modules/'))
  .map(([file, { imports }]) => ({ file, imports: imports.filter(({ external }) => !external) }));
const isPackage = (path: string) => path.startsWith('node_modules/');

tap.test('each package has its place', async (t) => {
  const used = files.flatMap(({ file, imports }) =>
    imports.filter(({ path }) => isPackage(path)).map(({ original }) => `${original} in ${file}`),
  );
  const places = Object.entries(PACKAGES).flatMap(([name, users]) => users.map((user) => `${name} in ${user}`));
  t.strictSame([...new Set(used)].sort(), places.sort());
});

tap.test('a round loads little', async (t) => {
  const { outputs } = onQuickjs;
  const entryOf = (source: string) =>
    Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source) as string;
  // The program, and what it loads for `check`.
  const loaded = new Set(['bin/run-quickjs.ts', 'lib/commands/check.ts'].map(entryOf));
  // What is added meanwhile is walked through, too.
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) loaded.add(path);
    }
  }
  const parts = [...loaded].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  for (const file of ['lib/commands/check.ts', 'lib/round.ts', 'lib/probe/probe.ts', 'node_modules/ini/lib/ini.js']) {
    t.ok(parts.includes(file), `${file} is one of them`);
  }
  const OTHERS = [
    /^lib\/commands\/(announce|cgi|disable|doctor|enable|history|install|metrics|others|profile-create|profile-list|profile-test|replay|restore|routeros|shape|status|uninstall|validate)\.ts$/,
    /^lib\/run\/(behind|due|hand-back|history-ask|history-copy|history-fault|history-files|history-page|history-question|history-round|history-shape|history-show|history-trouble|history-write|look|pending|place|plugins|profiles|programs|quota|quota-count|rare|record|restart|routeros|routeros-leave|routeros-pass|routeros-send|routeros-sight|routeros-store|routeros-trigger|routeros-wish|shape|shape-line|shape-queues|shape-speaker|shape-store|shape-stream|shape-tc|shape-trigger|syslog|watch)\.ts$/,
    /^lib\/health\/healing\.ts$/,
    /^lib\/(history|quota)\//,
    /^lib\/report\/(alerts|alert-text|announcement|history-.*|log|metric-formats|plugin-memory|plugin-work|quota|restarts|routeros|shape)\.ts$/,
    /^lib\/cli\/(behind|usage)\.ts$/,
    /^lib\/(cgi|doctor|http|replay|install|init|launch|rpcd)\/|^(cron|hotplug)\//,
    /^lib\/platform\/(inbound6?|shaping|steering|unusable|words)\.ts$/,
    /^lib\/(config|observe|policy|report|state)\/(congestion|steering)\.ts$/,
    /^lib\/observe\/servers\.ts$/,
    /^lib\/actuators\/(deprecation|inbound|mptcp|routeros|six|translation)\//,
    /^lib\/(address6|observe\/paths6|observe\/six|platform\/ipv6|policy\/dead|probe\/problems|report\/ipv6)\.ts$/,
    /^lib\/config\/(beyond|further|ipv6|unknown)\.ts$/,
    /^lib\/actuators\/qdisc\/(?!group\.ts)/,
    /^lib\/shape\//,
    /^lib\/(observe|state)\/routeros/,
    /^lib\/system\/routeros\//,
    /^lib\/probe\/methods\//,
    /^lib\/config\/(balance|history|inbound|more|mptcp|plugins|quality|quota|rare|restart|routeros|shaper|tracking)\.ts$/,
    /^lib\/report\/(metrics|quality|status|survey|wan-json)\.ts$/,
    /^node_modules\/(?!ini\/)/,
  ];
  for (const pattern of OTHERS) {
    t.strictSame(
      parts.filter((file) => pattern.test(file)),
      [],
      `${pattern}`,
    );
    const somewhere = Object.keys(onQuickjs.inputs).some((file) => pattern.test(file));
    t.ok(somewhere, `${pattern} is something of the program`);
  }
  const bytes = [...loaded].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  t.ok(bytes < HOT_PATH, `${bytes} bytes`);
});
