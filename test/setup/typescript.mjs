import { register } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Tests are TypeScript. Each is bundled with all of ours that it imports, which takes half of what compiling file by file does.
if (isMainThread) register(import.meta.url);

/** Node's hook: what is behind a URL. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { build, stop } = await import('esbuild');
  const file = fileURLToPath(url);
  const { outputFiles } = await build({
    entryPoints: [file],
    outdir: dirname(file),
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
  });
  await stop();
  return { format: 'module', source: outputFiles[0].text, shortCircuit: true };
}
