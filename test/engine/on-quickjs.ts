import { createEngine } from '../../lib/engine/quickjs/engine.js';
import { perform } from './perform.js';

const engine = createEngine(false, (error) => {
  engine.err.write(`crashed: ${error}\n`);
  engine.exit(99);
});
perform(engine);
