/** Builds dist/mini-mwan.cjs: the whole program as one file, which needs nothing but Node. */
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  alias: { 'string-width': './lib/system/string-width.ts' },
};

// Two thirds of the text are packages that only a person at the keyboard needs, and V8 reads all of a file before it runs the
// first line of it. So they are a comment at its end, which becomes code when one of them is asked for: a round takes 10 ms
// of CPU less for it.
const forPeople = await build({
  ...common,
  stdin: {
    contents: `
      export { default as yargs } from 'yargs';
      export * as execa from 'execa';
      export * as chalk from 'chalk';`,
    resolveDir: '.',
  },
  define: { 'import.meta.url': '__url' },
  write: false,
});

await build({
  ...common,
  entryPoints: ['bin/mini-mwan.ts'],
  outfile: 'dist/mini-mwan.cjs',
  external: ['yargs', 'execa', 'chalk'],
  define: { 'import.meta.filename': '__filename' },
  // What is imported when it is needed is required then.
  supported: { 'dynamic-import': false },
  banner: {
    js: `
const __require = require;
const __packages = () => {
  const text = JSON.parse(__require('node:fs').readFileSync(__filename, 'utf8').split('\\n//').at(-1));
  const module = { exports: {} };
  const url = __require('node:url').pathToFileURL(__filename).href;
  new Function('module', 'require', '__url', text)(module, __require, url);
  return module.exports;
};
let __loaded;
require = (name) => (['yargs', 'execa', 'chalk'].includes(name) ? (__loaded ??= __packages())[name] : __require(name));`,
  },
  footer: { js: `//${JSON.stringify(forPeople.outputFiles[0].text)}` },
});
