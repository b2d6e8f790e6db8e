import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import tap from 'tap';

/** From the top down; a file imports values only from layers below its own, or from its own folder. */
const LAYERS = [
  ['bin/'],
  ['lib/cli.ts'],
  ['lib/usage.ts'],
  ['lib/argv.ts'],
  ['lib/commands/'],
  ['lib/round.ts'],
  ['lib/steer.ts', 'lib/survey.ts'],
  ['lib/platform/'],
  ['lib/system/'],
  ['lib/config/', 'lib/network/', 'lib/health/', 'lib/routing/', 'lib/state/', 'lib/report/', 'lib/install/'],
  ['lib/address.ts', 'lib/explain.ts', 'lib/model.ts'],
  ['package.json'],
  // Files for the system, which the build takes in as text.
  ['cron/', 'hotplug/', 'lib/init/', 'lib/rpcd/'],
];
const PURE = 9;
/** The only places that may import a package. */
const PACKAGES: Record<string, string[]> = {
  execa: ['lib/system/hooks.ts'],
  yargs: ['lib/usage.ts'],
  ini: ['lib/state/state.ts'],
  chalk: ['lib/report/colour.ts'],
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
  'lib/rpcd/',
];
/** Tested together with the file that they were cut from. */
const TESTED_WITH: Record<string, string> = {
  'lib/config/options.ts': 'test/config/settings.test.ts',
  'lib/config/values.ts': 'test/config/settings.test.ts',
  'lib/config/wans.ts': 'test/config/settings.test.ts',
  'lib/install/default.uci': 'test/install/default.test.ts',
  'lib/install/files.ts': 'test/lab/install.test.ts',
  'lib/network/json.ts': 'test/network/links.test.ts',
  'lib/report/colour.ts': 'test/report/status.test.ts',
  'lib/report/json.ts': 'test/report/status.test.ts',
  'lib/report/table.ts': 'test/report/words.test.ts',
  'lib/routing/diff.ts': 'test/routing/plan.test.ts',
  'lib/routing/precedence.ts': 'test/routing/wanted.test.ts',
  'lib/usage.ts': 'test/cli.test.ts',
  'lib/survey.ts': 'test/report/status.test.ts',
};

const { metafile } = await build({
  entryPoints: ['bin/mini-mwan.ts'],
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
const files = Object.entries(metafile.inputs).map(([file, { imports }]) => ({ file, imports }));
const layerOf = (file: string) => LAYERS.findIndex((layer) => layer.some((start) => file.startsWith(start)));
const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/') + 1);

tap.test('imports run downhill', async (t) => {
  t.ok(files.length > 30, `${files.length} files`);
  for (const { file, imports } of files) {
    t.not(layerOf(file), -1, `${file} has a layer`);
    for (const { path } of imports.filter(({ external }) => !external)) {
      const own = layerOf(path) === layerOf(file) && folderOf(path) === folderOf(file);
      t.ok(own || layerOf(path) > layerOf(file), `${file} may import ${path}`);
    }
  }
});

tap.test('each package has its place', async (t) => {
  for (const [name, places] of Object.entries(PACKAGES)) {
    const users = files.filter(({ imports }) => imports.some(({ path }) => path === name)).map(({ file }) => file);
    t.strictSame(users, places, name);
  }
});

tap.test('the pure middle knows no process, no clock and no file', async (t) => {
  for (const { file, imports } of files.filter((entry) => layerOf(entry.file) === PURE)) {
    const builtins = imports.map(({ path }) => path).filter((path) => path.startsWith('node:'));
    t.strictSame(builtins, [], file);
  }
});

tap.test('every file has its test', async (t) => {
  for (const { file } of files) {
    if (JUDGED_IN_LAB.some((start) => file.startsWith(start)) || file === 'package.json') continue;
    const test = TESTED_WITH[file] ?? file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts');
    t.ok(existsSync(test), `${file}: ${test}`);
  }
});
