import { rm, stat } from 'node:fs/promises';
import type { Sample } from '../../lib/history/sample.js';
import { Database, lineOf, sampleAt } from '../history/database.js';
import { type Lab, TARGETS } from '../lab/lab.js';
import { createRandom } from '../random.js';
import { costOf, head, median, row } from './measure.js';
import { settledLab } from './settled.js';

const INTERVALS = [10, 60];
const TIMES = 3;
const DAYS = 30;
const DAY = 86_400;
/** s of samples that are written at once: what is old is the same as if it were done each minute. */
const PART = 10_800;

/** What history costs: in a healthy minute, on the disk, and to be asked. */
export async function history(): Promise<void> {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  head('check_interval', 'CPU of a healthy minute', 'with history', 'more');
  const labs: Lab[] = [];
  for (const interval of INTERVALS) {
    const [without, kept] = [await settledLab(interval), await settledLab(interval)];
    labs.push(without, kept);
    await kept.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: interval, history: 1 });
    await kept.system('mini-mwan check');
    const costs: [number[], number[]] = [[], []];
    for (let i = 0; i < TIMES; i++) {
      const both = [without, kept].map(async (lab, which) => {
        const { minute } = await lab.scripts();
        costs[which]?.push((await costOf(lab, `sh ${minute}; sleep 2`)).cpu);
      });
      await Promise.all(both);
    }
    const [plain, more] = [median(costs[0]), median(costs[1])];
    row(
      `${interval} s`,
      `${Math.round(plain)} ms`,
      `${Math.round(more)} ms`,
      `${((100 * (more - plain)) / plain).toFixed(1)} %`,
    );
  }
  await month(labs[1] as Lab);
  for (const lab of labs) lab.remove();
}

/** Thirty days of two WANs that were looked at every ten seconds, until now. */
async function month(lab: Lab): Promise<void> {
  const path = `${lab.state}.history`;
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
  const db = new Database(path);
  const random = createRandom(1);
  const begun = Date.now() / 1000 - DAYS * DAY;
  for (let from = 0; from < DAYS * DAY; from += PART) {
    const samples = Array.from({ length: PART / 10 }, (_, i): Sample => {
      const line = (wan: string) =>
        lineOf({
          wan,
          state: random.fraction() < 0.01 ? 'degraded' : 'up',
          rtt: 20 + 10 * random.fraction() ** 4,
          jitter: 3 * random.fraction(),
          loss: random.fraction() < 0.01 ? 33.33 : 0,
          carried: { rx: Math.round(5e6 * random.fraction()), tx: Math.round(1e6 * random.fraction()), span: 10_000 },
        });
      return sampleAt(from + 10 * i, { lines: [line('wan1'), line('wan2')] });
    });
    await db.write(samples, from + PART, { wall: begun + from + PART });
  }
  const { size } = await stat(path);
  head(`${DAYS} days of two WANs`, '');
  row('database', `${(size / 1e6).toFixed(2)} MB`);
  for (const options of ['--summary', '', '--csv']) {
    const command = `mini-mwan history --state ${lab.state} --last ${DAYS}d ${options}`.trimEnd();
    await costOf(lab, command);
    const { cpu, wall } = await costOf(lab, command, 3);
    row(
      `\`history --last ${DAYS}d${options === '' ? '' : ` ${options}`}\``,
      `${Math.round(cpu)} ms of CPU, ${Math.round(wall)} ms`,
    );
  }
}
