/** Builds dist/mini-mwan.cjs: the whole program as one file, which needs nothing but Node. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';

const START = 'lib/package/start.cjs';
/** As the program wants each of them. */
const PACKAGES = {
  yargs: "export { default as yargs } from 'yargs';",
  execa: "export * as execa from 'execa';",
  chalk: "export * as chalk from 'chalk';",
};

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
  write: false,
};

// Two thirds of the text are packages that only a person at the keyboard needs, and Node reads all of a file before the first
// line of it runs. So they are compressed, and become code when one of them is asked for.
const packages = await build({
  ...common,
  stdin: { contents: Object.values(PACKAGES).join('\n'), resolveDir: '.' },
  define: { 'import.meta.url': '__url' },
});
const compressed = brotliCompressSync(packages.outputFiles[0].contents).toString('base64');

const { outputFiles } = await build({
  ...common,
  entryPoints: ['bin/mini-mwan.ts'],
  external: Object.keys(PACKAGES),
  define: { 'import.meta.filename': '__filename' },
  // What is imported when it is needed is required then. A text with line breaks would end the comment that holds the program.
  supported: { 'dynamic-import': false, 'template-literal': false },
});
const program = outputFiles[0].text.replace(/^#!.*\n/, '').trim();
if (program.includes('\n')) throw new Error('the program is more than one line');

const id = createHash('sha256').update(program).digest('hex').slice(0, 16);
const define = { __PROGRAM: JSON.stringify(id), __PACKAGES: JSON.stringify(Object.keys(PACKAGES)) };
const start = await transform(await readFile(START, 'utf8'), { minify: true, define });
await mkdir('dist', { recursive: true });
await writeFile('dist/mini-mwan.cjs', `${start.code.trim()}\n//${program}\n//${compressed}\n`);
await chmod('dist/mini-mwan.cjs', 0o755);
