import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WanState } from '../../../lib/model.js';
import { parseState } from '../../../lib/state/parse.js';
import { type Line, now } from './line.js';
import type { Router } from './router.js';
import type { Sender } from './sender.js';

/** s that a round at the defaults takes to find a line dead, as the README promises it. */
const ROUND = 6;
/** s that we may be late ourselves: the router shares this machine with all that watches it. */
const SLACK = 2;
const RECOVERY_THRESHOLD = 3;
/** Packets that a flow may lose when it changes its WAN: NAT drops the first one. */
const MOVE = 3;
/** Marks our own pings; they have a table of their own. */
const MARK = 9000;

/** Something that should not be, once for as long as it lasts. */
export interface Violation {
  kind: string;
  text: string;
  begun: number;
}

/** Compares the router with what was done to it, once a second. */
export class Oracle {
  readonly violations: Violation[] = [];
  /** What the last look saw, for who wants to know why. */
  seen: string[] = [];
  readonly counts = {
    seconds: 0,
    judged: 0,
    settled: 0,
    lost: 0,
    lostInTime: 0,
    lostMoving: 0,
    lostTooLate: 0,
    moves: 0,
    most: 0,
    slowest: 0,
  };
  /** s from a line's death to the first look that found it out of use. */
  readonly departures: number[] = [];
  private readonly open = new Map<string, Violation>();
  private ticks: { at: number; took: number; excused: boolean; moved: boolean }[] = [];
  private exit = '';
  /** Where the traffic went at the last look, and since when, in s. */
  private way = '';
  private wayed = 0;
  private mismatches = new Map<Line, number>();
  private left = new Map<Line, number>();

  constructor(
    private readonly router: Router,
    private readonly sender: Sender,
    private readonly report: (violation: Violation, ended?: number) => void,
  ) {}

  /** One look at everything. */
  async tick(): Promise<void> {
    const { router } = this;
    const { lab } = router;
    const begun = now();
    const [exit, all, status] = await Promise.all([lab.exit(), lab.routes(), this.verdicts()]);
    const took = now() - begun;
    this.counts.slowest = Math.max(this.counts.slowest, took);
    const routes = all.map((line) => line.replace(/ (linkdown|dead)\b/g, '').trim());
    const said = [...status].map(([name, { verdict }]) => `${name} ${verdict.status} (${verdict.reason})`).join(', ');
    this.seen = [`exit ${exit}; ${said}; looked for ${took.toFixed(1)} s`, ...all];
    this.counts.seconds += 1;
    this.holdDown(status);
    for (const line of this.good(begun, this.limit)) line.settled = true;
    const late = this.judgeExit(exit, begun);
    this.judgePreference(exit, begun);
    this.judgeVerdicts(status, begun);
    this.judgeMembers(routes, status, begun);
    if (router.acting === 0 && router.acted < begun) this.judgeForeign(routes);
    this.countLost(exit, begun, took, late);
    this.check('bug', router.bugs.length > 0, router.bugs.splice(0).join('\n'));
    if (this.counts.seconds % 3 === 0) await this.askLines();
    if (this.counts.seconds % 5 === 0) this.counts.most = Math.max(this.counts.most, (await router.processes()).length);
  }

  /** s in which a dead line is to be out of use. On a machine that is busy with other things, all is slow, and we are, too. */
  private get limit(): number {
    return this.router.settings.check_interval + ROUND + SLACK + this.lag;
  }

  /** s by which our own looks were late of late: half a dozen small programs at a time, as a round starts. */
  private get lag(): number {
    return Math.max(0, ...this.ticks.slice(-30).map(({ took }) => 5 * (took - 0.2)));
  }

  /** s in which a good line is to be up again; a round in which another line is found dead takes its time. */
  private get recovery(): number {
    return (RECOVERY_THRESHOLD + 1) * (this.router.settings.check_interval + ROUND) + SLACK + this.lag;
  }

  /** Good for longer than so many s, as far as mini-mwan could have known. */
  private good(at: number, seconds: number): Line[] {
    const since = (line: Line) => Math.max(line.since, this.router.disturbed);
    return this.router.lines.filter((line) => line.health === 'good' && at - since(line) > seconds);
  }

  /** Good for so long that they must be up again. */
  private recovered(at: number): Line[] {
    return this.good(at, this.recovery).filter((line) => this.good(at, this.recovery + line.heldDown).includes(line));
  }

  private lineOf(device: string): Line | undefined {
    return this.router.lines.find((line) => line.device === device);
  }

  /** Traffic goes by a dead line, or nowhere, for longer than promised while there is a good one. */
  private judgeExit(exit: string, at: number): boolean {
    const line = this.lineOf(exit);
    // With a device, the kernel removes every multipath route that led through it: what it leaves may lead to a dead line.
    if (exit !== this.way) this.wayed = at;
    this.way = exit;
    const dead = line ? line.health === 'bad' && at - Math.max(line.since, this.wayed) > this.limit : true;
    const late = dead && this.good(at, this.limit).length > 0;
    this.check('dead line in use', late, `the traffic goes by ${exit}; good: ${this.names(this.good(at, this.limit))}`);
    for (const other of this.router.lines) {
      if (other.health === 'bad' && exit === other.device) this.left.set(other, other.since);
      else if (this.left.get(other) === other.since && this.good(at, at - other.since).length > 0) {
        this.departures.push(at - other.since);
        this.left.delete(other);
      } else this.left.delete(other);
    }
    return late;
  }

  /** In mode failover, the good line with the lowest metric carries. */
  private judgePreference(exit: string, at: number): void {
    const { mode, metrics } = this.router.settings;
    const rank = (line: Line) => (metrics[line.i - 1] as number) * 10 + line.i;
    const [best] = this.recovered(at).sort((a, b) => rank(a) - rank(b));
    const line = this.lineOf(exit);
    const wrong = mode === 'failover' && best && line && line.health !== 'bad' && rank(line) > rank(best);
    this.check('not the best line', wrong === true, `the traffic goes by ${exit}, and ${best?.device} is better`);
    if (this.good(at, this.limit).length > 0) this.counts.judged += 1;
    if (best) this.counts.settled += 1;
  }

  private async verdicts(): Promise<Map<string, WanState>> {
    const text = await readFile(join(this.router.lab.folder, 'run/mini-mwan.status'), 'utf8').catch(() => '');
    return new Map(parseState(text)?.wans.map((wan) => [wan.name, wan]));
  }

  /** Two falls within an hour cost nothing, the third 60 s, and each one more doubles it up to 600. */
  private holdDown(verdicts: Map<string, WanState>): void {
    for (const line of this.router.lines) {
      const wan = verdicts.get(`wan${line.i}`);
      const falls = wan?.counted.falls ?? 0;
      line.heldDown = wan?.verdict.status === 'up' || falls < 3 ? 0 : Math.min(600, 60 * 2 ** (falls - 3));
    }
  }

  private judgeVerdicts(verdicts: Map<string, WanState>, at: number): void {
    for (const line of this.router.lines) {
      const verdict = verdicts.get(`wan${line.i}`)?.verdict.status;
      const steady = at - Math.max(line.since, this.router.disturbed);
      const stillUp = line.health === 'bad' && verdict === 'up' && steady > this.limit;
      const stillDown = line.health === 'good' && verdict !== 'up' && steady > this.recovery + line.heldDown;
      this.check(`wrong verdict on wan${line.i}`, stillUp || stillDown, `it is ${line.health}, verdict ${verdict}`);
    }
  }

  /** In mode multiuplink, those that are good share the traffic. */
  private judgeMembers(routes: string[], verdicts: Map<string, WanState>, at: number): void {
    const { mode } = this.router.settings;
    const good = this.recovered(at);
    const shared = routes.join('\n');
    const missing = good.filter(({ device }) => !shared.includes(`dev ${device} weight`));
    const wrong = mode === 'multiuplink' && verdicts.size > 0 && good.length > 1 && missing.length > 0;
    this.check('a good line has no share', wrong, this.names(missing));
  }

  private judgeForeign(routes: string[]): void {
    const foreign = routes.filter((line) => !/proto 77\b/.test(line) && !/^nexthop /.test(line)).sort();
    const expected = this.router.foreign;
    const differs = foreign.join('\n') !== expected.join('\n');
    const only = (a: string[], b: string[]) => a.filter((line) => !b.includes(line)).join('; ');
    this.check('foreign routes', differs, `missing: ${only(expected, foreign)}, added: ${only(foreign, expected)}`);
  }

  /** Lost packets are in time if their line or route had failed not longer ago than promised, or no other line was good. */
  private countLost(exit: string, at: number, took: number, late: boolean): void {
    const line = this.lineOf(exit);
    const excused = !late && (line?.settled !== true || at - this.router.rerouted < this.limit);
    const moved = exit !== this.exit;
    if (moved) this.counts.moves += 1;
    this.exit = exit;
    this.ticks = [...this.ticks.filter((tick) => at - tick.at < 90), { at, took, excused, moved }];
    const beyond: number[] = [];
    // What happened within a second or two of it belongs to it.
    for (const lost of this.sender.takeLost(at - 3)) {
      // The looks just before and after it, too, however slow this machine is.
      const after = this.ticks.findIndex((tick) => tick.at > lost);
      const near = this.ticks.filter((tick, i) => Math.abs(tick.at - lost) < 2.5 || i === after || i === after - 1);
      this.counts.lost += 1;
      if (near.some((tick) => tick.excused)) this.counts.lostInTime += 1;
      else if (near.some((tick) => tick.moved)) this.counts.lostMoving += 1;
      else beyond.push(lost);
    }
    this.counts.lostTooLate += beyond.length;
    this.check('packets lost', beyond.length > MOVE, `${beyond.length} while ${exit} carried the traffic`);
  }

  /** Our own pings through each line: are they what we believe? */
  private async askLines(): Promise<void> {
    const { router } = this;
    const { lab } = router;
    const routes = router.lines
      .filter(({ present }) => present)
      .map(
        ({ i, tunnel, gateway, device }) =>
          `route replace default ${tunnel ? '' : `via ${gateway} onlink `}dev ${device} table ${MARK + i}`,
      );
    const rules = router.lines.map(({ i }) => `rule add fwmark ${MARK + i} lookup ${MARK + i} pref ${MARK + i}`);
    const input = [...(this.counts.seconds === 3 ? rules : []), ...routes].map((line) => `${line}\n`).join('');
    await lab.router.run('ip', ['-force', '-batch', '-'], { input, reject: false });
    const asked = router.lines.map(async (line) => {
      const { since, health } = line;
      const args = ['-n', '-c', '1', '-W', '1', '-m', String(MARK + line.i), '-I', line.device, '1.1.1.1'];
      const { exitCode } = await lab.router.run('ping', args, { reject: false });
      if (line.since !== since || health === 'murky') return this.mismatches.delete(line);
      const wrong = (exitCode === 0) !== (health === 'good');
      const times = wrong ? (this.mismatches.get(line) ?? 0) + 1 : 0;
      this.mismatches.set(line, times);
      this.check(`the oracle errs on ${line.device}`, times >= 3, `believed ${health}, ping ends with ${exitCode}`);
      return true;
    });
    await Promise.all(asked);
  }

  /** Reports something wrong when it begins, and how long it lasted when it ends. */
  check(kind: string, wrong: boolean, text: string): void {
    const known = this.open.get(kind);
    if (wrong && !known) {
      const violation = { kind, text, begun: now() };
      this.open.set(kind, violation);
      this.violations.push(violation);
      this.report(violation);
    } else if (!wrong && known) {
      this.open.delete(kind);
      this.report(known, now());
    }
  }

  private names(lines: Line[]): string {
    return lines.map(({ device }) => device).join(', ');
  }
}
