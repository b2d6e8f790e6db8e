/** What only some configurations need to be read: the build makes a file of its own of it. */
export { readBalance, weighable } from './balance.js';
export { readClasses } from './dscp.js';
export { readFurther } from './further.js';
export { readIpv6 } from './ipv6.js';
export { led } from './led.js';
export { bondable, readMptcp } from './mptcp.js';
export { readRare } from './rare.js';
export { readTracking } from './tracking.js';
export { reportAllUnknown } from './unknown.js';
