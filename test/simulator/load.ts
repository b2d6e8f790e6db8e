import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Makes one file of a source, as `npm run simulate` has it: where Node loads modules by itself, it takes some time of its own for
 * each `import()` of the program, and simulated time must not go on meanwhile.
 *
 * @returns its path, for whoever removes it
 */
export async function bundle(name: string): Promise<string> {
  const outfile = resolve(`dist/${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [`test/simulator/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}

export async function loadSimulator(): Promise<typeof import('./simulator.js')> {
  const file = await bundle('simulator');
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(file);
  }
}
