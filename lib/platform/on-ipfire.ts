/** What only one kind of machine needs: the build makes a file of its own of it. */
export { ground } from '../system/ipfire/ground.js';
export { ipfire } from './ipfire.js';
