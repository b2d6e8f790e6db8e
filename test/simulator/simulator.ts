/** What others need of the simulator. */
export { answerOf } from './answers.js';
export { run } from './run.js';
export { networkOf, scheduleOf } from './schedule.js';
export { commandOf, shorten } from './shrink.js';
