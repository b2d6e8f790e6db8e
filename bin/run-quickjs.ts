import { main } from '../lib/cli.js';
import { createEngine } from '../lib/engine/quickjs/engine.js';

/** Runs the program and ends. @param native it is one executable */
export async function run(native: boolean): Promise<never> {
  const engine = createEngine(native);
  return engine.exit(await main(engine));
}
