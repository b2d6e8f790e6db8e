/** What rounds seldom need: the build makes a file of its own of it. */
export { idleAnswer } from './due.js';
export { createRecorder } from './record.js';
export { watch } from './watch.js';
