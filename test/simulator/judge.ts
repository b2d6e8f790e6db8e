import { EXIT, explain } from '../../lib/explain.js';
import type { Event } from './events.js';
import { isHarmless } from './faults.js';
import * as rule from './invariants.js';
import { Lines, parseStatuses, type Statuses } from './lines.js';
import type { Process } from './process.js';
import { STATE, type System } from './system.js';
import { exitsOf, hasStranger, hasVpn, tableOf, VPN_DEVICE } from './table.js';

/** What came of a round: its exit code, what it threw, or nothing if it was killed. */
export interface Result {
  exitCode?: number;
  error?: unknown;
}

/** Looks on, and says what is wrong the first time that something is. */
export class Judge {
  violation: string | undefined;
  private readonly lines: Lines;
  /** Clean rounds in a row that found the same. */
  private clean = 0;
  /** ms, when the last round began that probed truthfully: what it found is remembered, or else nothing passes for good. */
  private lastTruthful = Number.NEGATIVE_INFINITY;
  /** Before the command that is carried out, and as a round began to ping. */
  private exits: rule.Exit[] = [];
  private readonly probed = new Map<Process, rule.Exit[]>();
  private readonly changes = new Map<Process, string[]>();
  private spoiled = false;

  constructor(private readonly system: System) {
    this.lines = new Lines(system);
    system.watch = this;
    this.look();
  }

  /** Something happened. */
  look(event?: Event): void {
    this.lines.look();
    this.clean = 0;
    if (event?.do === 'spoil') this.spoiled = true;
  }

  private complain(what: string | undefined): void {
    this.violation ??= what;
  }

  before(process: Process): void {
    this.exits = exitsOf(this.system.world.kernel);
    const { disk, processes } = this.system;
    const { lock = -1 } = disk.nodes.get(`${STATE}.lock`) ?? {};
    const isFree = this.system.faults.some(({ kind }) => kind === 'lockless' || kind === 'full');
    if (processes.has(process.pid) && !isFree && disk.open.get(lock)?.owner !== process.pid)
      this.complain('a round acts without the lock');
  }

  after(process: Process, line: string): void {
    const { world } = this.system;
    const [before, now] = [this.exits, exitsOf(world.kernel)];
    this.changes.set(process, [...(this.changes.get(process) ?? []), `ip ${line}`]);
    this.compareOthers();
    if (process.restores) return;
    const known = this.lines.known(process, this.lastTruthful);
    // What was decided by an older look than what others did since is theirs.
    if (world.taken < process.looked) this.complain(rule.keepsDefault(before, now, known));
    this.complain(rule.neverToDead(before, now, known));
    if (world.changed < process.looked && hasVpn(world)) this.complain(rule.leavesVpn(before, now, VPN_DEVICE));
  }

  pinged(process: Process): void {
    if (!this.probed.has(process)) this.probed.set(process, exitsOf(this.system.world.kernel));
  }

  private compareOthers(): void {
    const { kernel, without } = this.system.world;
    this.complain(rule.othersUntouched(tableOf(kernel, true), tableOf(without)));
  }

  /** A round has ended, in whatever way. @param was the verdicts before it */
  ended(process: Process, { exitCode, error }: Result, was: Statuses): void {
    const { disk, faults, world } = this.system;
    this.compareOthers();
    const lines = error === undefined ? [] : explain(error).lines;
    if (lines[0]?.startsWith('this is a bug')) this.complain(lines.join('\n'));
    const aside = disk.nodes.delete(`${STATE}.corrupt`);
    if (aside && !this.spoiled) this.complain('the state file was not whole');
    if (aside) this.spoiled = false;
    const is = parseStatuses(disk.text(STATE));
    const truthful = [...process.pings.values()].every(({ lied }) => !lied);
    const calm = exitCode !== undefined && truthful && world.changed < process.begun;
    const clean = calm && faults.every(isHarmless);
    if (calm && faults.every((fault) => isHarmless(fault) || fault.kind === 'full')) this.lastTruthful = process.begun;
    const judged = this.lines.ended(process, was, is, clean);
    if (exitCode !== undefined) {
      this.complain(rule.judgesSameLine(judged));
      this.complain(rule.returnsWithCare(judged));
    }
    if (clean) this.judgeClean(process, exitCode as number, judged);
    this.clean = clean && JSON.stringify(was) === JSON.stringify(is) ? this.clean + 1 : 0;
  }

  private judgeClean(process: Process, exitCode: number, lines: ReturnType<Lines['ended']>): void {
    const { world, disabled, disk } = this.system;
    const exits = exitsOf(world.kernel);
    const isAny = lines.some(({ works }) => works);
    const isGood = ({ device, gateway }: rule.Exit['ways'][number]) =>
      world.truths.some(
        (truth) => truth.device === device && !disabled.has(truth.line.i) && world.works(truth, { gateway }),
      );
    this.complain(rule.judgesWell(lines));
    this.complain(rule.returnsAtLast(lines));
    const stranger = hasStranger(world);
    if (!stranger) this.complain(rule.leavesByWorking(exits, isGood, isAny));
    if (hasVpn(world)) this.complain(rule.vpnInCharge(exits, exitsOf(world.without), VPN_DEVICE));
    const probed = this.probed.get(process);
    if (probed && !lines.some(({ is }) => is === 'up')) this.complain(rule.holds(probed, exits));
    const same = lines.every(({ was, is }) => was === is);
    if (same) this.complain(rule.isQuiet(this.clean, this.changes.get(process) ?? []));
    const left = [...disk.nodes.keys()].filter((path) => path.endsWith('.tmp'));
    if (left.length > 0) this.complain(`a clean round leaves ${left}`);
    if (isAny && !stranger && exitCode !== EXIT.ok)
      this.complain(`a line works, and a clean round ends with ${exitCode}: ${process.said}`);
  }

  restored({ said }: Process, { exitCode }: Result): void {
    const { kernel, without } = this.system.world;
    if (exitCode !== EXIT.ok) this.complain(`restore ends with ${exitCode}: ${said}`);
    this.complain(rule.isRestored(tableOf(kernel), tableOf(without)));
    this.clean = 0;
  }
}
