import { resolve } from 'node:path';
import { costOf, head, row } from './measure.js';
import { settledLab } from './settled.js';

const INTERVALS = [2, 5, 10, 30, 60];

/** A whole minute of cron's helper where all is well. */
export async function minutes(): Promise<void> {
  const costs = await Promise.all(
    INTERVALS.map(async (interval) => {
      const lab = await settledLab(interval);
      const { cpu } = await costOf(lab, `sh ${resolve('cron/minute')}`);
      lab.remove();
      return cpu;
    }),
  );
  head('check_interval', 'CPU of a healthy minute', 'of one core');
  for (const [i, cpu] of costs.entries())
    row(`${INTERVALS[i]} s`, `${Math.round(cpu)} ms`, `${(cpu / 600).toFixed(2)} %`);
}
