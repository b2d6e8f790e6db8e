import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { runInKernel } from '../lab/kernel.js';
import { head, row } from './measure.js';
import { type After, type Figures, figuresOf, type Run } from './shaping/figures.js';
import { inside, type Task } from './shaping/inside.js';
import { SCENARIOS, type Scenario } from './shaping/scenarios.js';
import { SYSTEMS } from './shaping/systems.js';

/** MB of the kernel. */
const MEMORY = 256;

/**
 * What is added to the delay of a line, and how much of it is used, under each control: in a kernel of its own for each, with a
 * network of a client, a router, an ISP and a server. Needs user-mode-linux, socat and gcc.
 *
 * SHAPER: a program that steers a CAKE that is there, as words. CAKE_AUTORATE: a folder of cake-autorate. RAW: a folder that gets all
 * that was seen, and what the control printed, as JSON.
 *
 * @param asked names of scenarios and of controls; nothing: all
 */
export async function shaping(asked: string[]): Promise<void> {
  if (asked[0] === 'inside') return inside(JSON.parse(asked[1] ?? ''));
  const programs = ['/usr/bin/linux.uml', '/usr/bin/socat', '/usr/bin/gcc'];
  if (!programs.every(existsSync)) return console.log(`shaping: needs ${programs.join(', ')}`);
  const unknown = asked.filter((name) => !SCENARIOS.has(name) && !SYSTEMS.has(name));
  if (unknown.length > 0) {
    const names = [...SCENARIOS.keys(), ...SYSTEMS.keys()].join(', ');
    throw new Error(`shaping knows no ${unknown.join(', ')}, but ${names}`);
  }
  const probe = resolve('dist/probe');
  execFileSync('gcc', ['-O2', '-o', probe, 'test/bench/shaping/probe.c']);
  const given = { program: process.env.SHAPER, autorate: process.env.CAKE_AUTORATE };
  const chosen = <T>(all: Map<string, T>) => {
    const some = [...all].filter(([name]) => asked.includes(name));
    return some.length > 0 ? some : [...all];
  };
  const systems = chosen(SYSTEMS).filter(
    ([name]) => (name !== 'program' || given.program) && (name !== 'autorate' || given.autorate),
  );
  head(...COLUMNS);
  for (const [scenario, what] of chosen(SCENARIOS)) {
    let without: Figures | undefined;
    for (const [system] of systems) {
      const figures = await measure({ scenario, system, probe, ...given }, what);
      if (system === 'none') without = figures;
      report(scenario, system, what, figures, without);
    }
  }
}

type Measured = Figures & Pick<Run, 'cpu' | 'idle'> & { load: number; kernel: number };

async function measure(task: Task, scenario: Scenario): Promise<Measured> {
  const command = [process.execPath, process.argv[1] ?? '', 'shaping', 'inside', JSON.stringify(task)];
  const before = ended();
  const { status, result } = await runInKernel(command, MEMORY, scenario.seconds + 150);
  if (result === undefined) throw new Error(`${task.scenario}, ${task.system}: the kernel ended with ${status}`);
  const run: Run = JSON.parse(result);
  if (process.env.RAW) writeFileSync(join(process.env.RAW, `${task.scenario}-${task.system}.json`), result);
  return {
    ...figuresOf(run, scenario),
    cpu: run.cpu,
    idle: run.idle,
    load: loadavg()[0] ?? 0,
    kernel: ended() - before,
  };
}

/** s of CPU of what this process started and has ended. */
function ended(): number {
  const [user, system] = readFileSync('/proc/self/stat', 'utf8').split(' ').slice(15).map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

const COLUMNS = [
  'line',
  'control',
  'added delay, ms: p50',
  'p95',
  'p99',
  'lost',
  'Mbit/s up',
  'down',
  'of no control',
  'fall: ms × s',
  's to 30 ms',
  'rise: ms × s',
  's to 90 %',
  'changes up',
  'down',
  'CPU s',
  'idle',
  'CPU s of the kernel',
  "this machine's load",
];

function report(name: string, system: string, { loads }: Scenario, figures: Measured, without?: Figures): void {
  const percent = (part: number) => `${Math.round(100 * part)} %`;
  const seconds = (value?: number) => value?.toFixed(1) ?? 'never';
  const after = (which: After | undefined, time: 'calm' | 'full') =>
    which ? [which.excess.toFixed(0), seconds(which[time])] : ['', ''];
  const loaded = loads.map(({ direction }) => direction);
  const sum = ({ arrived }: Figures) => loaded.reduce((total, direction) => total + arrived[direction], 0);
  const { changes, cuts } = figures;
  row(
    name,
    system,
    ...[figures.p50, figures.p95, figures.p99].map((ms) => ms.toFixed(1)),
    percent(figures.lost),
    ...[figures.arrived.up, figures.arrived.down].map((rate) => (rate / 1000).toFixed(1)),
    without && loaded.length > 0 ? percent(sum(figures) / sum(without)) : '',
    ...after(figures.fall, 'calm'),
    ...after(figures.rise, 'full'),
    `${changes.up} (${cuts.up} lower)`,
    `${changes.down} (${cuts.down} lower)`,
    figures.cpu.toFixed(2),
    percent(figures.idle),
    figures.kernel.toFixed(0),
    figures.load.toFixed(1),
  );
}
