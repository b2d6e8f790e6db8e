/** What only a person needs, or what is rare: the build makes a file of its own of it, which rounds do not load. */
export { announceAll } from './announce.js';
export { disable } from './disable.js';
export { doctor } from './doctor.js';
export { enable } from './enable.js';
export { importMultiwanbond, importMwan3 } from './import.js';
export { install } from './install.js';
export { metrics } from './metrics.js';
export { profileCreate } from './profile-create.js';
export { profileList } from './profile-list.js';
export { profileTest } from './profile-test.js';
export { replay } from './replay.js';
export { restore } from './restore.js';
export { uninstall } from './uninstall.js';
export { validate } from './validate.js';
