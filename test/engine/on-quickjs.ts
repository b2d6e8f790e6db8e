import { createEngine } from '../../lib/engine/quickjs/engine.js';
import { perform } from './perform.js';

perform(createEngine(false));
