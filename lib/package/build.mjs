/**
 * Builds the program for each engine: dist/quickjs/main.js and dist/node/main.mjs with what they load when it is needed, and
 * dist/native/main.js, all in one file, of which `npm run binary` makes an executable.
 */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { BUNDLES } from './bundles.mjs';

for (const name of ['quickjs', 'native', 'node']) await rm(`dist/${name}`, { recursive: true, force: true });
for (const bundle of Object.values(BUNDLES)) await build(bundle);
await chmod('dist/node/main.mjs', 0o755);
