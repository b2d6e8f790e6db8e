/**
 * Builds the program for each engine: dist/quickjs/main.js and dist/node/main.mjs with what they load when it is needed, and
 * dist/native/main.js, all in one file, of which `npm run binary` makes an executable.
 */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** yargs for a browser, which needs nothing of Node, names the packages that it is made of by their addresses. */
const packagesOfYargs = {
  name: 'packages of yargs',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /^https:/ }, ({ path, kind, resolveDir }) => {
      const [name, file] = /([a-z-]+)@[^/]*\/(.*)\.m?js$/.exec(path).slice(1);
      return resolve(file === 'index' ? name : `${name}/${file}`, { kind, resolveDir });
    });
  },
};

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  alias: { yargs: 'yargs/browser', 'string-width': './lib/system/string-width.ts' },
  plugins: [packagesOfYargs],
  define: { 'window.setTimeout': 'queueMicrotask' },
};

const inParts = { splitting: true, chunkNames: '[name]-[hash]', entryNames: 'main' };
const quickjs = { platform: 'neutral', mainFields: ['module', 'main'], external: ['std', 'os'] };

await rm('dist', { recursive: true, force: true });
await build({ ...common, ...inParts, ...quickjs, entryPoints: ['bin/quickjs.ts'], outdir: 'dist/quickjs' });
await build({ ...common, ...quickjs, entryPoints: ['bin/native.ts'], outfile: 'dist/native/main.js' });
await build({
  ...common,
  ...inParts,
  platform: 'node',
  entryPoints: ['bin/node.ts'],
  outdir: 'dist/node',
  outExtension: { '.js': '.mjs' },
  // execa brings CommonJS along.
  banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
});
await chmod('dist/node/main.mjs', 0o755);
