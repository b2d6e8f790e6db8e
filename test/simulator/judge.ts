import { EXIT, explain } from '../../lib/explain.js';
import type { Event } from './events.js';
import { isHarmless } from './faults.js';
import * as rule from './invariants.js';
import type { Process } from './process.js';
import { STATE, type System } from './system.js';
import { exitsOf, tableOf } from './table.js';

/** What came of a round: its exit code, what it threw, or nothing if it was killed. */
export interface Result {
  exitCode?: number;
  error?: unknown;
}

/** Looks on, and says what is wrong the first time that something is. */
export class Judge {
  violation: string | undefined;
  /** ms since when each line works, or does not. */
  private readonly lines = new Map<string, { works: boolean; since: number }>();
  /** Clean rounds in a row that found the same, and when the last one began, if its memory is still there. */
  private clean = 0;
  private lastClean = Number.NEGATIVE_INFINITY;
  private exits: rule.Exit[] = [];
  private readonly probed = new Map<Process, rule.Exit[]>();
  private readonly changes = new Map<Process, string[]>();
  private spoiled = false;

  constructor(private readonly system: System) {
    system.watch = this;
    this.look();
  }

  /** Something happened: what is true of the lines may have changed. */
  look(event?: Event): void {
    const { world, clock } = this.system;
    for (const truth of world.truths) {
      const works = world.isKnown(truth) && world.works(truth, { gateway: world.gatewayOf(truth) });
      if (this.lines.get(truth.device)?.works !== works) this.lines.set(truth.device, { works, since: clock.now });
    }
    this.clean = 0;
    if (event?.do === 'spoil') this.spoiled = true;
    if (event?.do === 'spoil' || event?.do === 'reboot') this.forget();
  }

  private forget(): void {
    this.lastClean = Number.NEGATIVE_INFINITY;
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
    const list = this.changes.get(process) ?? [];
    this.changes.set(process, [...list, `ip ${line}`]);
    this.compareOthers();
    if (process.restores) return;
    const known = this.known(process);
    // What was decided by an older look than what others did since is theirs.
    if (world.taken < process.looked) this.complain(rule.keepsDefault(before, now, known));
    this.complain(rule.neverToDead(before, now, known));
    if (world.changed < process.looked && this.hasVpn()) this.complain(rule.leavesVpn(before, now, 'tun0'));
  }

  pinged(process: Process): void {
    if (!this.probed.has(process)) this.probed.set(process, exitsOf(this.system.world.kernel));
  }

  private compareOthers(): void {
    const { kernel, without } = this.system.world;
    this.complain(rule.othersUntouched(tableOf(kernel, true), tableOf(without)));
  }

  private known(process: Process): rule.Known[] {
    const { world, disabled } = this.system;
    return world.truths.map(({ device, line }) => {
      const { works, since } = this.lines.get(device) as { works: boolean; since: number };
      const pings = process.pings.get(device);
      const seen = pings && !pings.lied ? pings.begun : this.lastClean;
      const enabled = !disabled.has(line.i);
      const { up = false, carrier = false } = world.kernel.device(device) ?? {};
      return {
        device,
        enabled,
        linked: up && carrier,
        works: works && since < process.begun,
        knownDead: !works && since < seen,
      };
    });
  }

  /** A default through the VPN that is better than any that a WAN has. */
  private hasVpn(): boolean {
    const { truths, without } = this.system.world;
    const vpn = without.routes.filter(({ nexthops }) => nexthops[0]?.device === 'tun0');
    const halves = vpn.filter(({ destination }) => destination.endsWith('/1'));
    return (
      halves.length === 2 ||
      (vpn.some(({ destination }) => destination === 'default') &&
        truths.every(({ line }) => (line.systemMetric ?? 9) > 1))
    );
  }

  /** A default of somebody else that is no WAN, or leads nowhere. */
  private hasStranger(): boolean {
    return this.system.world.without.routes.some(
      ({ destination, nexthops: [hop] }) =>
        (destination === 'default' || destination.endsWith('/1')) && !this.lines.has(hop?.device ?? ''),
    );
  }

  /** A round has ended, in whatever way. */
  ended(process: Process, { exitCode, error }: Result, was: Record<string, string>): void {
    const { system } = this;
    this.compareOthers();
    const [words = ''] = error === undefined ? [] : explain(error).lines;
    if (words.startsWith('this is a bug')) this.complain(explain(error).lines.join('\n'));
    const aside = system.disk.nodes.delete(`${STATE}.corrupt`);
    if (aside && !this.spoiled) this.complain('the state file was not whole');
    if (aside) this.spoiled = false;
    const is = statusesOf(system);
    if (exitCode !== undefined) this.complain(rule.judgesSameLine(this.movedLines(process, was, is)));
    const truthful = [...process.pings.values()].every(({ lied }) => !lied);
    const clean =
      exitCode !== undefined && truthful && system.faults.every(isHarmless) && system.world.changed < process.begun;
    if (Object.keys(is).length === 0) this.forget();
    if (!clean) {
      this.clean = 0;
      return;
    }
    this.lastClean = process.begun;
    this.judgeClean(process, exitCode as number, was, is);
    this.clean = JSON.stringify(was) === JSON.stringify(is) ? this.clean + 1 : 0;
  }

  private movedLines(process: Process, was: Record<string, string>, is: Record<string, string>) {
    const { pings, judged = Number.POSITIVE_INFINITY } = process;
    const { world } = this.system;
    return world.truths.map((truth) => {
      const name = `wan${truth.line.i}`;
      const { as } = pings.get(truth.device) ?? {};
      const moved = as !== undefined && as !== world.identityOf(truth) && truth.moved < judged;
      return { name, moved, was: was[name], is: is[name] };
    });
  }

  private judgeClean(
    process: Process,
    exitCode: number,
    was: Record<string, string>,
    is: Record<string, string>,
  ): void {
    const { world, disabled, disk } = this.system;
    const exits = exitsOf(world.kernel);
    const lines = world.truths.map((truth) => {
      const { works } = this.lines.get(truth.device) as { works: boolean };
      const name = `wan${truth.line.i}`;
      const enabled = !disabled.has(truth.line.i);
      return { name, works: enabled && works, dead: !works, was: was[name], is: is[name] };
    });
    const isUp = Object.values(is).includes('up');
    this.complain(rule.judgesWell(lines));
    const isAny = lines.some(({ works }) => works);
    const stranger = this.hasStranger();
    const isGood = ({ device, gateway }: rule.Exit['ways'][number]) =>
      world.truths.some(
        (truth) => truth.device === device && !disabled.has(truth.line.i) && world.works(truth, { gateway }),
      );
    if (!stranger) this.complain(rule.leavesByWorking(exits, isGood, isAny));
    if (this.hasVpn()) this.complain(rule.vpnInCharge(exits, exitsOf(world.without), 'tun0'));
    const probed = this.probed.get(process);
    if (!isUp && probed) this.complain(rule.holds(probed, exits));
    if (JSON.stringify(was) === JSON.stringify(is))
      this.complain(rule.isQuiet(this.clean, this.changes.get(process) ?? []));
    const left = [...disk.nodes.keys()].filter((path) => path.endsWith('.tmp'));
    if (left.length > 0) this.complain(`a clean round leaves ${left}`);
    if (isAny && !stranger && exitCode !== EXIT.ok)
      this.complain(`a line works, and a clean round ends with ${exitCode}: ${process.said}`);
  }

  restored(process: Process, { exitCode, error }: Result): void {
    const { kernel, without } = this.system.world;
    if (exitCode !== EXIT.ok) this.complain(`restore ends with ${exitCode}: ${error}`);
    this.complain(rule.isRestored(tableOf(kernel), tableOf(without)));
    this.clean = 0;
    this.forget();
    this.changes.delete(process);
  }
}

/** The verdicts in the state file. */
export function statusesOf({ disk }: System): Record<string, string> {
  const text = disk.text(STATE) ?? '';
  const found = [...text.matchAll(/^\[(wan\d)\]$[^[]*?^status=(\w+)$/gm)];
  return Object.fromEntries(found.map(([, name, status]) => [name, status]));
}
