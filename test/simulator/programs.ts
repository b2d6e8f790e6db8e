import type { Ended, Order } from '../../lib/engine/engine.js';
import { answerOf, dumpOf, pingOf } from './answers.js';
import { lieOf } from './lies.js';
import { lookUpBound } from './look-up.js';
import type { Process } from './process.js';

/** A program that was started: whoever kills it sets `alive` back. */
interface Child {
  alive: boolean;
}

type Program = (process: Process, order: Order, child: Child, end: (ended: Ended) => void) => void;

const done = (stdout: string, exitCode = 0, stderr = ''): Ended => ({ stdout, stderr, exitCode });

/** Runs one of the machine's programs for a process. */
export function runProgram(
  process: Process,
  name: string,
  order: Order,
  child: Child,
  end: (ended: Ended) => void,
): void {
  const program = PROGRAMS[name];
  if (!program) end({ stdout: '', stderr: '', unstarted: 'ENOENT' });
  else program(process, order, child, end);
}

const PROGRAMS: Record<string, Program> = { ip, ping, flock, ubus, logger };

function ip(process: Process, { args, input = '' }: Order, child: Child, end: (ended: Ended) => void): void {
  const lines = input.split('\n').filter(Boolean);
  if (args.includes('-j')) ask(process, lines, child, end);
  else carryOut(process, process.system.tamper(lines), 0, child, end);
}

function ask(process: Process, lines: string[], child: Child, end: (ended: Ended) => void): void {
  const { system } = process;
  system.soon(() => {
    process.looked = system.clock.now;
    if (process.pings.size > 0) process.judged ??= system.clock.now;
    const answers = lines.map((line) => {
      // One question after the other: between them, the world goes on.
      if (child.alive && process.alive) system.atBoundary(process, `ip ${line}`);
      return `${answerOf(system.world.kernel, line)}\n`;
    });
    end(done(answers.join('')));
  });
}

/** As `ip -batch` does: one command after the other, up to the first that fails. */
function carryOut(process: Process, lines: string[], at: number, child: Child, end: (ended: Ended) => void): void {
  const line = lines[at];
  if (line === undefined) {
    process.system.soon(() => end(done('')));
    return;
  }
  process.system.soon(() => {
    if (!child.alive) return;
    const refusal = process.system.command(process, line, child);
    if (!child.alive) return;
    if (refusal === undefined) carryOut(process, lines, at + 1, child, end);
    else end(done('', 1, `${refusal}\nCommand failed -:${at + 1}\n`));
  });
}

function ping(process: Process, { args }: Order, child: Child, end: (ended: Ended) => void): void {
  const { system } = process;
  const value = (name: string) => args[args.indexOf(name) + 1] as string;
  const [device, timeout, target] = [value('-I'), Number(value('-W')), args.at(-1) as string];
  const { ping: whose } = system.world.network;
  const after = (ms: number, work: () => void) => system.clock.after(ms, () => child.alive && work());
  const lie = lieOf(process, device);
  const hop = lookUpBound(system.world.kernel, target, device);
  const truth = system.world.truths.find((other) => other.device === device);
  if (!hop || !truth) {
    after(2, () => end(done('ping: connect: Network is unreachable\n', 2)));
    return;
  }
  const rtt = 3 + system.random.fraction() * 30;
  if (lie === 'late' || !system.world.works(truth, hop)) {
    after(timeout * 1000, () => end(done(pingOf(whose, target, device, undefined), 1)));
  } else after(rtt, () => end(done(pingOf(whose, target, device, rtt, lie === 'twice'))));
}

function flock(process: Process, { args, inherit = 0 }: Order, child: Child, end: (ended: Ended) => void): void {
  const { disk, clock } = process.system;
  const attempt = () => {
    if (!child.alive || !disk.open.has(inherit)) return;
    if (disk.lock(inherit)) end(done(''));
    else if (args.includes('-n')) end(done('', 1));
    else disk.node(inherit).waiting.push(() => void clock.after(1, attempt));
  };
  clock.after(1, attempt);
}

function ubus({ system }: Process, _order: Order, _child: Child, end: (ended: Ended) => void): void {
  system.soon(() => end(done(dumpOf(system.world))));
}

function logger({ system }: Process, _order: Order, _child: Child, end: (ended: Ended) => void): void {
  system.soon(() => end(done('')));
}
