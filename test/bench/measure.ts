import type { Lab } from '../lab/lab.js';

export interface Cost {
  /** ms, user and system, children included. */
  cpu: number;
  /** ms */
  wall: number;
}

export const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** A line of a table of Markdown. */
export const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

export function head(...cells: string[]): void {
  console.log('');
  row(...cells);
  row(...cells.map(() => '---'));
}

/**
 * What a shell command costs on the router, by bash's own clock. Started by a plain shell, as cron does: to start a process costs
 * bash more than some of what is measured.
 *
 * @param times it is run so often, one after the other; the cost is that of one
 */
export async function costOf(lab: Lab, command: string, times = 1): Promise<Cost> {
  const loop = `for i in ${'1 '.repeat(times)}; do ${command}; done`;
  const script = `TIMEFORMAT='%U %S %R'; time sh -c ${JSON.stringify(loop)} >/dev/null 2>&1`;
  const { stderr } = await lab.system(script, { shell: 'bash' });
  const [user = 0, system = 0, real = 0] = (stderr.split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: ((user + system) * 1000) / times, wall: (real * 1000) / times };
}

/** Memory of the largest process of a command at its peak, in MB. */
export async function memoryOf(lab: Lab, command: string): Promise<number> {
  const { stderr } = await lab.system(`busybox time -v ${command} 2>&1 >/dev/null | cat >&2`);
  // BusyBox takes the kernel's kB for pages of 4 kB.
  return Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(stderr)?.[1]) / 4000;
}
