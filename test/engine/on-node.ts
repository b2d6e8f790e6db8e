import { createEngine } from '../../lib/engine/node/engine.js';
import { perform } from './perform.js';

perform(createEngine());
