import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import tap from 'tap';
import { BUNDLES } from '../lib/package/bundles.mjs';
import { needsOf } from './names.js';

/** The only places that know an engine, a folder for each. */
const [NODE, QUICKJS] = ['lib/engine/node/', 'lib/engine/quickjs/'];
/** From the top down; a file imports values only from layers below its own, or from its own folder. */
const LAYERS = [
  ['bin/'],
  [NODE, QUICKJS],
  ['lib/cli.ts'],
  ['lib/usage.ts'],
  ['lib/argv.ts'],
  ['lib/commands/'],
  ['lib/round.ts'],
  ['lib/steer.ts', 'lib/survey.ts'],
  ['lib/view.ts'],
  ['lib/platform/'],
  ['lib/system/'],
  ['lib/engine/engine.ts'],
  ['lib/config/', 'lib/network/', 'lib/health/', 'lib/routing/', 'lib/state/', 'lib/report/', 'lib/install/'],
  [
    'lib/address.ts',
    'lib/netifd.ts',
    'lib/paste.ts',
    'lib/path.ts',
    'lib/version.ts',
    'lib/explain.ts',
    'lib/model.ts',
  ],
  ['package.json'],
  // Files for the system, which the build takes in as text.
  ['cron/', 'hotplug/', 'lib/init/', 'lib/launch/', 'lib/rpcd/'],
];
/** The only places that may import a package. */
const PACKAGES: Record<string, string[]> = {
  execa: ['lib/engine/node/programs.ts'],
  yargs: ['lib/usage.ts'],
  ini: ['lib/state/state.ts'],
  chalk: ['lib/report/colour.ts'],
};
/** Globals that every engine has, and that depend on nothing outside the program. */
const LANGUAGE = 'Array Boolean Error JSON Map Math Number Object Promise RegExp Set String undefined'.split(' ');
/** And of those that tell or do something, who may use which. */
const MORE: Record<string, string[]> = {
  // The wall clock, which both engines have.
  'lib/system/clock.ts': ['Date'],
  [NODE]:
    'Atomics Buffer Int32Array SharedArrayBuffer clearImmediate clearTimeout process setImmediate setTimeout'.split(
      ' ',
    ),
  [QUICKJS]: 'ArrayBuffer Uint8Array decodeURIComponent encodeURIComponent escape unescape scriptArgs'.split(' '),
  'bin/node.ts': ['process'],
  'bin/quickjs.ts': ['ArrayBuffer'],
};
/** Where effects are: what these do shows only on a real system, so the lab judges them through the built program. */
const JUDGED_IN_LAB = [
  'bin/',
  'lib/commands/',
  'lib/platform/',
  'lib/system/',
  'cron/',
  'hotplug/',
  'lib/init/',
  'lib/launch/',
  'lib/rpcd/',
];
/** Tested together with the file that they were cut from. */
const TESTED_WITH: Record<string, string> = {
  'lib/config/options.ts': 'test/config/settings.test.ts',
  'lib/config/values.ts': 'test/config/settings.test.ts',
  'lib/config/wans.ts': 'test/config/settings.test.ts',
  'lib/engine/engine.ts': 'test/engine/files.test.ts',
  'lib/engine/node/engine.ts': 'test/engine/process.test.ts',
  'lib/engine/node/files.ts': 'test/engine/files.test.ts',
  'lib/engine/node/programs.ts': 'test/engine/programs.test.ts',
  'lib/engine/quickjs/bytes.ts': 'test/engine/files.test.ts',
  'lib/engine/quickjs/engine.ts': 'test/engine/process.test.ts',
  'lib/engine/quickjs/errors.ts': 'test/engine/files.test.ts',
  'lib/engine/quickjs/files.ts': 'test/engine/files.test.ts',
  'lib/engine/quickjs/loop.ts': 'test/engine/process.test.ts',
  'lib/engine/quickjs/programs.ts': 'test/engine/programs.test.ts',
  'lib/engine/quickjs/sweep.ts': 'test/engine/programs.test.ts',
  'lib/install/default.uci': 'test/install/default.test.ts',
  'lib/install/files.ts': 'test/lab/install.test.ts',
  'lib/netifd.ts': 'test/config/cures.test.ts',
  'lib/paste.ts': 'test/config/cures.test.ts',
  'lib/network/json.ts': 'test/network/links.test.ts',
  'lib/report/colour.ts': 'test/report/status.test.ts',
  'lib/report/json.ts': 'test/report/status.test.ts',
  'lib/report/table.ts': 'test/report/words.test.ts',
  'lib/routing/diff.ts': 'test/routing/plan.test.ts',
  'lib/routing/precedence.ts': 'test/routing/wanted.test.ts',
  'lib/usage.ts': 'test/cli.test.ts',
  'lib/survey.ts': 'test/report/status.test.ts',
  'lib/view.ts': 'test/round.test.ts',
};
/** Bytes that a round on QuickJS reads of the program at the most: each costs time before the round. */
const HOT_PATH = 133_000;

/** What the bundles are made of; here whatever could be imported is left to the tests. */
const external = ['std', 'os', 'node:*', ...builtinModules];
const look = async (options: BuildOptions) =>
  (await build({ ...options, external, write: false, metafile: true })).metafile;
const [onQuickjs, onNode, native] = (await Promise.all(
  [BUNDLES.quickjs, BUNDLES.node, BUNDLES.native].map((options) => look(options as BuildOptions)),
)) as [Metafile, Metafile, Metafile];

/** The files of the program on each engine, and what they import. */
const files = Object.entries({ ...onNode.inputs, ...onQuickjs.inputs, ...native.inputs })
  .filter(([file]) => !file.startsWith('node_modules/'))
  .map(([file, { imports }]) => ({ file, imports: imports.filter(({ external }) => !external) }));
const layerOf = (file: string) => LAYERS.findIndex((layer) => layer.some((start) => file.startsWith(start)));
const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/') + 1);
const isPackage = (path: string) => path.startsWith('node_modules/');

tap.test('imports run downhill', async (t) => {
  t.ok(files.length > 80, `${files.length} files`);
  for (const { file, imports } of files) {
    t.not(layerOf(file), -1, `${file} has a layer`);
    for (const { path } of imports.filter((entry) => !isPackage(entry.path))) {
      const own = layerOf(path) === layerOf(file) && folderOf(path) === folderOf(file);
      t.ok(own || layerOf(path) > layerOf(file), `${file} may import ${path}`);
    }
  }
});

tap.test('each package has its place', async (t) => {
  const used = files.flatMap(({ file, imports }) =>
    imports.filter(({ path }) => isPackage(path)).map(({ original }) => `${original} in ${file}`),
  );
  const places = Object.entries(PACKAGES).flatMap(([name, users]) => users.map((user) => `${name} in ${user}`));
  t.strictSame([...new Set(used)].sort(), places.sort());
});

tap.test('what a source text needs of its engine', async (t) => {
  const CASES: [text: string, globals: string[], modules?: string[], locale?: string[]][] = [
    ['process.exit(1)', ['process']],
    ['export const env = { ...process.env }', ['process']],
    ['setTimeout(() => {}, 1)', ['setTimeout']],
    ['const { now } = performance; export const at = now()', ['performance']],
    ['export const copy = <T>(value: T) => structuredClone(value)', ['structuredClone']],
    ['class A extends URL {}', ['URL']],
    ['export const all = { Buffer }', ['Buffer']],
    ['export default [new TextDecoder().decode()]', ['TextDecoder']],
    ['function f(signal = new AbortController().signal) { return signal }', ['AbortController']],
    ['globalThis.console.log()', ['globalThis']],
    ['export const at = Date.now()', ['Date']],
    ['import * as std from "std"; std.exit(1)', [], ['std']],
    ['import { readFileSync } from "node:fs"; readFileSync("")', [], ['node:fs']],
    ['import type { Stats } from "fs"', [], ['fs']],
    ['export { join } from "node:path"', [], ['node:path']],
    ['export const load = () => import("os")', [], ['os']],
    ['export const is = /^\\p{L}$/u', [], [], ['/^\\p{L}$/u']],
    ['[1].toLocaleString()', [], [], ['toLocaleString']],
    ['new Intl.Collator()', ['Intl']],
    // Words that mean something else here.
    ['const process = 1; export const a = process', []],
    ['export const a = { process: 1, exit() {} }; a.process', []],
    ['// process, and "setTimeout"\nexport const a = "process"', []],
    ['export type A = Buffer | URL; export interface B { performance: Performance }', []],
    ['export const f = ({ process: a }: { process: number }) => a', []],
    ['const f = (setTimeout: () => void) => setTimeout(); f(() => {})', []],
  ];
  for (const [text, globals, modules = [], locale = []] of CASES) {
    t.strictSame(needsOf(text), { globals, modules, locale }, text);
  }
});

tap.test('one file for each engine knows it, and nothing else does', async (t) => {
  const sources = ['lib', 'bin']
    .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`))
    .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file) && !file.startsWith('lib/package/'));
  t.ok(sources.length > 80, `${sources.length} files`);
  for (const file of sources) {
    const { globals, modules, locale } = needsOf(readFileSync(file, 'utf8'));
    const more = Object.entries(MORE).flatMap(([start, names]) => (file.startsWith(start) ? names : []));
    t.strictSame(
      globals.filter((name) => !LANGUAGE.includes(name) && !more.includes(name)),
      [],
      `globals of ${file}`,
    );
    const ofQuickjs = ['std', 'os'].filter((name) => modules.includes(name));
    if (!file.startsWith(QUICKJS) && file !== 'bin/quickjs.ts') t.strictSame(ofQuickjs, [], `QuickJS in ${file}`);
    const ofNode = modules.filter((name) => name.startsWith('node:') || builtinModules.includes(name));
    if (!file.startsWith(NODE)) {
      t.strictSame(
        ofNode.filter((name) => !ofQuickjs.includes(name)),
        [],
        `Node in ${file}`,
      );
    }
    // A Node without ICU, as OpenWrt has it, lacks all that, and QuickJS some of it.
    if (!file.startsWith(QUICKJS)) t.strictSame(locale, [], `words of a locale in ${file}`);
  }
});

tap.test('an engine knows nothing of the program, and only bin/ chooses one', async (t) => {
  const isEngine = (path: string) => path.startsWith(NODE) || path.startsWith(QUICKJS);
  for (const { file, imports } of files) {
    const paths = imports.map(({ path }) => path).filter((path) => !isPackage(path));
    if (isEngine(file)) {
      const allowed = ['lib/engine/engine.ts', 'lib/explain.ts'];
      const others = paths.filter((path) => folderOf(path) !== folderOf(file) && !allowed.includes(path));
      t.strictSame(others, [], `${file} needs only the interface`);
    } else if (!file.startsWith('bin/')) t.strictSame(paths.filter(isEngine), [], `${file} takes what it is given`);
  }
});

tap.test('a round loads little', async (t) => {
  const { outputs } = onQuickjs;
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === 'bin/run-quickjs.ts') as string;
  const loaded = new Set([entry]);
  // What is added meanwhile is walked through, too.
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) loaded.add(path);
    }
  }
  const parts = [...loaded].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  for (const file of ['lib/commands/check.ts', 'lib/round.ts', 'lib/system/probe.ts', 'node_modules/ini/lib/ini.js']) {
    t.ok(parts.includes(file), `${file} is one of them`);
  }
  const OTHERS = [
    /^lib\/commands\/(announce|idle|install|look|metrics|oddities|others|place|record|replay|restore|uninstall|validate|watch)\.ts$/,
    /^lib\/(usage|survey)\.ts$/,
    /^lib\/(install|init|launch|rpcd)\/|^(cron|hotplug)\//,
    /^lib\/platform\/(answers|record|recording|replay|tape)\.ts$/,
    /^lib\/report\/(metrics|status)\.ts$/,
    /^lib\/config\/(cures|examine)\.ts$/,
    /^lib\/(network\/obstacles|paste)\.ts$/,
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

tap.test('every file has its test', async (t) => {
  for (const { file } of files) {
    if (JUDGED_IN_LAB.some((start) => file.startsWith(start)) || file === 'package.json') continue;
    const test = TESTED_WITH[file] ?? file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts');
    t.ok(existsSync(test), `${file}: ${test}`);
  }
});
