/** What only a person needs, or what is rare: the build makes a file of its own of it, which rounds do not load. */
export { announceAll } from './announce.js';
export { install } from './install.js';
export { metrics } from './metrics.js';
export { replay } from './replay.js';
export { restore } from './restore.js';
export { uninstall } from './uninstall.js';
export { validate } from './validate.js';
