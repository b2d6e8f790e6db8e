import { isOurs } from '../../../lib/actuators/routes/route.js';
import type { Route, State } from '../../../lib/model.js';
import { reconcileAll } from '../../../lib/reconcile.js';
import { round } from '../../../lib/round.js';
import { leaves } from '../translation/nft.js';
import { Kernel6 } from './kernel.js';
import type { Truth } from './lines.js';
import { Killed, Router } from './router.js';

const text = (routes: Route[]) => JSON.stringify(routes.filter((route) => !isOurs(route)));

/** A schedule: what happens to a router, rounds, and what must be true after each. */
export class Schedule extends Router {
  private state: State | undefined;
  /** Rounds since something happened. */
  private calm = 0;

  /** Something happens, or nothing; then there is a round, or a part of one. */
  async next(): Promise<void> {
    for (let events = this.random.pick([0, 0, 1, 1, 2]); events > 0; events--) this.strike();
    this.clock += this.random.pick([10, 10, 60, 700]);
    if (this.random.below(20) === 0) await this.restore();
    const killed = this.random.below(5) === 0;
    this.left = killed ? this.random.below(6) : Number.POSITIVE_INFINITY;
    this.changed = [];
    const before = this.six.routes;
    const last = this.state;
    try {
      const silent = { changing: () => {}, judged: () => {} };
      const { state, problems } = await round(this, silent, this.config, this.state, {
        begun: this.now(),
        dryRun: false,
      });
      this.state = state;
      if (problems.length > 0) this.say(`problems: ${JSON.stringify(problems)}`);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.say(`killed after ${this.changed.length} changes`);
      this.calm = 0;
      return;
    }
    this.say(
      `round: ${this.state.wans.map(({ name, verdict }) => `${name} ${verdict.status}`).join(', ')}: ${this.changed.join('; ')}`,
    );
    this.judge(before, last);
    this.calm += 1;
  }

  private async restore(): Promise<void> {
    this.left = Number.POSITIVE_INFINITY;
    this.restoring = true;
    const look = async () => ({ seen: await this.platform.observe(), paths: [] });
    const task = { actuators: this.actuators, isLacking: false, look, dryRun: false, changing: () => {} };
    await reconcileAll({ ...task, course: { mode: this.mode, sticky: false } }, await look(), new Map());
    this.restoring = false;
    const ours = [...this.six.routes, ...this.four.routes].filter(isOurs);
    if (ours.length > 0 || this.nft !== '') throw new Error(`left: ${JSON.stringify(ours)} ${this.nft}`);
    this.say('restored');
    this.calm = 0;
  }

  private strike(): void {
    this.happen();
    this.relearn();
    this.calm = 0;
  }

  private statusOf(name: string, state = this.state): string | undefined {
    return state?.wans.find((wan) => wan.name === name)?.verdict.status;
  }

  /** What must be true after a round. */
  private judge(before: Route[], last: State | undefined): void {
    const works = (at: number, family: keyof Truth) => this.works(at, family);
    for (const family of ['four', 'six'] as const) {
      const names = this.lines.map((_, at) => `wan${at + 1}${family === 'six' ? '/ipv6' : ''}`);
      for (const [at, name] of names.entries()) {
        const [was, is] = [this.statusOf(name, last), this.statusOf(name)];
        if (!works(at, family) && is === 'up') throw new Error(`${name} does not work, and is up`);
        if (works(at, family) && was === 'up' && is !== 'up') throw new Error(`${name} works and was up, and is ${is}`);
      }
      const isAny = names.some((_, at) => works(at, family));
      if (isAny && !names.some((name) => this.statusOf(name) === 'up'))
        throw new Error(`a line works in ${family}, and none is up`);
    }
    if (text(this.six.routes) !== text(new Kernel6(this.system.seen.six.routes).routes))
      throw new Error('a route of others was touched');
    if (this.calm >= 2 && this.sameStatuses(last) && this.changed.length > 0)
      throw new Error(`not quiet: ${this.changed.join('; ')}`);
    this.judgeFour();
    this.judgeSix(before);
  }

  private sameStatuses(last: State | undefined): boolean {
    return this.state?.wans.every(({ name, verdict }) => verdict.status === this.statusOf(name, last)) === true;
  }

  private judgeFour(): void {
    const [best] = [...this.four.routes].sort((a, b) => a.metric - b.metric);
    const up = this.lines.map((_, at) => at + 1).filter((i) => this.statusOf(`wan${i}`) === 'up');
    if (up.length > 0 && !best?.nexthops.every(({ device }) => up.some((i) => device === `eth${i}`)))
      throw new Error(`IPv4 leaves by ${JSON.stringify(best)}, and ${up} are up`);
  }

  /** Whoever has an address of a line, or of the site, is online where a line works; with all down, nothing moves. */
  private judgeSix(before: Route[]): void {
    const up = this.lines.flatMap((line, at) =>
      this.statusOf(`wan${at + 1}/ipv6`) === 'up' ? [{ ...line, i: at + 1 }] : [],
    );
    for (const source of this.sources()) {
      const way = this.way(source);
      if (up.length === 0) {
        const was = this.way(source, before);
        if (was && this.calm > 0 && JSON.stringify(was) !== JSON.stringify(way))
          throw new Error(`no line is up, and ${source} has moved`);
        continue;
      }
      const say = `${source} leaves by ${JSON.stringify(way)}`;
      if (!way) throw new Error(say);
      for (const { device } of way.nexthops) {
        const line = up.find(({ i }) => device === `eth${i}`);
        if (!line) throw new Error(`${say}, which is not up`);
        const isNamed = line.address !== undefined || line.prefixes.length > 0;
        const as = leaves(this.nft, `eth${line.i}`, source);
        if (isNamed && !this.isTaken(line, as)) throw new Error(`${say} as ${as}, which its provider drops`);
      }
    }
  }
}
