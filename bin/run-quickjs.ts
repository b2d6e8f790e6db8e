import { main, tell } from '../lib/cli/main.js';
import { createEngine } from '../lib/engine/quickjs/engine.js';

/** Runs the program and ends. @param native it is one executable */
export async function run(native: boolean): Promise<never> {
  const engine = createEngine(native, (error) => engine.exit(tell(engine, error)));
  return engine.exit(await main(engine));
}
