/** Prints the table of docs/flapping.md: lines that come and go, a simulated month of each. Run by hand: npm run flapping */
import { MEASURED, ROWS } from './rows.js';
import { simulate } from './simulate.js';

const MONTH = 30 * 24;

const print = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
const perHour = (number: number) => (number === 0 ? '0' : number.toFixed(number < 10 ? 2 : 0));

const head = ['the other', 'its transitions per hour', 'changes of the exit per hour', 'lost to the LAN'];
for (const [rows, isMeasured] of [
  [ROWS, false],
  [MEASURED, true],
] as const) {
  if (isMeasured) console.log("\nWith option check_quality '1':\n");
  print(`the better line${isMeasured ? ', measured' : ''}`, ...head);
  print('---', ...head.map(() => '---'));
  for (const { better, other, lines, targets } of rows) {
    const { transitions, switches, loss } = await simulate(lines, { hours: MONTH, targets, isMeasured });
    print(better, other, perHour(transitions), perHour(switches), `${loss.toFixed(1)} %`);
  }
}
