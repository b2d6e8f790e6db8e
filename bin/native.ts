import { run } from './run-quickjs.js';

run(true);
