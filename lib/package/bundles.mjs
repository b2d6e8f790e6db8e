/** How esbuild bundles the program for each engine. */

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
};
const inParts = { splitting: true, chunkNames: '[name]-[hash]', entryNames: 'main' };
const onQuickjs = { platform: 'neutral', mainFields: ['module', 'main'], external: ['std', 'os'] };

export const BUNDLES = {
  quickjs: { ...common, ...inParts, ...onQuickjs, entryPoints: ['bin/quickjs.ts'], outdir: 'dist/quickjs' },
  /** All in one file, of which an executable is made. */
  native: { ...common, ...onQuickjs, entryPoints: ['bin/native.ts'], outfile: 'dist/native/main.js' },
  node: {
    ...common,
    ...inParts,
    platform: 'node',
    entryPoints: ['bin/node.ts'],
    outdir: 'dist/node',
    outExtension: { '.js': '.mjs' },
    // execa brings CommonJS along.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  },
};
