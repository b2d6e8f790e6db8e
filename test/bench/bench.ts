/**
 * The figures of docs/performance.md, measured in labs, and by `shaping` those of docs/shaping.md. Run by hand, on a machine that does
 * nothing else: all but shaping, or the parts named.
 */
import { cpus } from 'node:os';
import { bonding } from './bonding.js';
import { commands } from './commands.js';
import { history } from './history.js';
import { minutes } from './minutes.js';
import { outages } from './outages.js';
import { rounds } from './rounds.js';
import { shaping } from './shaping.js';
import { wans } from './wans.js';

const PARTS = new Map(Object.entries({ commands, rounds, wans, minutes, history, outages, bonding }));

const asked = process.argv.slice(2);
// It has a table of its own, and takes names of its own behind it.
if (asked[0] === 'shaping') {
  await shaping(asked.slice(1));
  process.exit(0);
}
const unknown = asked.filter((name) => !PARTS.has(name));
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}; parts are: ${[...PARTS.keys()].join(', ')}, and shaping by itself`);
  process.exit(2);
}
process.setMaxListeners(0);
console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
for (const [name, part] of PARTS) if (asked.length === 0 || asked.includes(name)) await part();
process.exit(0);
