/** What only some configurations need to be read: the build makes a file of its own of it. */
export { readBalance, readBandwidth, weighable } from './balance.js';
export { withInbound } from './inbound.js';
export { readPlugins } from './plugins.js';
export { readLimits } from './quality.js';
export { readRestarting } from './restart.js';
export { readTracking } from './tracking.js';
