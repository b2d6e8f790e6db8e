import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * The simulator as one file, as `npm run simulate` has it. Where Node loads modules by itself, it takes some time of its own for
 * each `import()` of the program, and simulated time must not go on meanwhile.
 */
export async function loadSimulator(): Promise<typeof import('./simulator.js')> {
  const outfile = resolve(`dist/simulator-${process.pid}.mjs`);
  await build({
    entryPoints: ['test/simulator/simulator.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile);
  }
}
