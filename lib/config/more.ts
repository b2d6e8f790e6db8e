/** What only some configurations need to be read: the build makes a file of its own of it. */
export { readBalance, weighable } from './balance.js';
export { readClasses } from './dscp.js';
export { readHistory } from './history.js';
export { readIpv6 } from './ipv6.js';
export { led } from './led.js';
export { bondable, readMptcp } from './mptcp.js';
export { readPlugins } from './plugins.js';
export { readQuotaPath } from './quota.js';
export { readRare } from './rare.js';
export { readRouteros } from './routeros.js';
export { readShapers } from './shaper.js';
export { readTracking } from './tracking.js';
export { reportAllUnknown } from './unknown.js';
