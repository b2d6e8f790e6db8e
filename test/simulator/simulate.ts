/**
 * Whole rounds on a simulated router, by hand: npm run simulate -- --seed 7 --rounds 500, or --seeds 100 for that many from there.
 * The first seed that fails ends it, and prints a command that shows it again; --only 3,17 leaves out all other steps of its schedule.
 */
import { run } from './run.js';
import { networkOf, scheduleOf } from './schedule.js';
import { commandOf, shorten } from './shrink.js';

const value = (name: string) => process.argv[process.argv.indexOf(`--${name}`) + 1];
const has = (name: string) => process.argv.includes(`--${name}`);
const number = (name: string, otherwise: number) => (has(name) ? Number(value(name)) : otherwise);

const first = number('seed', 1);
const rounds = number('rounds', 100);
const only = has('only') ? new Set(value('only')?.split(',').map(Number)) : undefined;
const begun = performance.now();
let sum = { rounds: 0, commands: 0 };
for (let seed = first; seed < first + number('seeds', 1); seed++) {
  const network = networkOf(seed);
  const steps = scheduleOf(seed, rounds, network).filter(({ place }) => only === undefined || only.has(place));
  const outcome = await run(seed, network, steps, only ? { told: console.log } : {});
  sum = { rounds: sum.rounds + outcome.rounds, commands: sum.commands + outcome.commands };
  if (!outcome.violation) continue;
  console.log(`seed ${seed}, step ${outcome.violation.place}: ${outcome.violation.text}`);
  process.exitCode = 1;
  if (!only) console.log(commandOf(seed, rounds, await shorten(seed, network, steps, outcome.violation)));
  break;
}
const seconds = (performance.now() - begun) / 1000;
console.log(`${sum.rounds} rounds, ${sum.commands} commands, ${seconds.toFixed(1)} s`);
