import { main } from '../lib/cli/main.js';
import { createEngine } from '../lib/engine/node/engine.js';

/** Runs the program and ends. */
export async function run(): Promise<never> {
  const engine = createEngine();
  return engine.exit(await main(engine));
}
