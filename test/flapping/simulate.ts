import { inCharge } from '../../lib/actuators/routes/route.js';
import type { Config, State } from '../../lib/model.js';
import { round } from '../../lib/round.js';
import { makeConfig, makeWan } from '../make.js';
import { createRandom, type Random } from '../random.js';
import { FakeWorld } from '../world.js';
import type { Line } from './lines.js';
import { simulateProbe } from './probe.js';

export const TARGETS = ['1.1.1.1', '8.8.8.8'];

/** What happened in a simulated time, each per hour. */
export interface Account {
  /** Transitions of the first WAN; the first verdict is none. */
  transitions: number;
  /** The exit of the LAN's traffic became another. */
  switches: number;
  rounds: number;
  /** % of the LAN's packets that the exit lost. */
  loss: number;
}

const quiet = { changing: () => {}, judged: () => {} };

/** At the defaults, and with `check_quality` at its own: wan1 on eth1 is the better one, wan2 on eth2 the other. */
export function configOf(targets: string[], isMeasured = false): Config {
  const limits = { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } };
  const more = { targets, ...(isMeasured ? { limits } : {}) };
  return makeConfig([
    makeWan({ name: 'wan1', device: 'eth1', metric: 10, ...more }),
    makeWan({ name: 'wan2', device: 'eth2', metric: 20, ...more }),
  ]);
}

/** A router with two lines, with cron/minute as it runs there, and a clock that nobody waits for. */
class Router {
  private readonly world = new FakeWorld();
  private readonly random: Random;
  private state: State | undefined;
  private exit: string | undefined;
  private lanAt = 0;
  private lanLoss = 0;
  readonly account: Account = { transitions: 0, switches: 0, rounds: 0, loss: 0 };

  constructor(
    private readonly config: Config,
    private readonly lines: Record<string, Line>,
    seed: number,
  ) {
    this.random = createRandom(seed);
    this.world.clock = { wall: 1000, uptime: 0, bootId: 'boot' };
    this.rememberSights();
    this.world.probe = async (wan, device, attempts, turn) => {
      const { probe, duration } = simulateProbe(wan, attempts, turn, (at, target) =>
        this.arrives(device, this.begun + at, target),
      );
      this.waitUntil(this.begun + duration);
      return probe;
    };
  }

  /** Looks at the system are the slowest part of a simulated round, and nobody but the rounds changes anything. */
  private rememberSights(): void {
    const { platform, actuator } = this.world;
    const [{ observe }, { apply }] = [platform, actuator];
    let seen: ReturnType<typeof observe> | undefined;
    platform.observe = () => {
      seen ??= observe();
      return seen;
    };
    actuator.apply = (changes) => {
      seen = undefined;
      return apply(changes);
    };
  }

  /** When the round began: its probes run side by side. */
  private begun = 0;

  private get now(): number {
    return this.world.clock.uptime;
  }

  private waitUntil(uptime: number): void {
    this.world.clock.uptime = Math.max(this.now, uptime);
  }

  private arrives(device: string, at: number, target: string): boolean {
    const loss = (this.lines[device] as Line)(at, target);
    return loss === 0 || (loss < 1 && this.random.fraction() >= loss);
  }

  /** A round every check_interval, from the beginning of each minute. */
  async run(until: number): Promise<Account> {
    for (let minute = 0; minute < until; minute += 60) {
      this.waitUntil(minute);
      for (let next = 0; next < 60; next = this.nextRound(minute, next)) {
        this.waitUntil(minute + next);
        await this.round();
      }
    }
    this.countLan(until);
    const { transitions, switches, rounds } = this.account;
    const hours = until / 3600;
    return {
      transitions: transitions / hours,
      switches: switches / hours,
      rounds: rounds / hours,
      loss: (100 * this.lanLoss) / until,
    };
  }

  private nextRound(minute: number, last: number): number {
    let next = last + this.config.checkInterval;
    while (minute + next < Math.floor(this.now)) next += this.config.checkInterval;
    return next;
  }

  private async round(): Promise<void> {
    this.begun = this.now;
    const result = await round(this.world, quiet, this.config, this.state, { begun: this.world.now(), dryRun: false });
    this.state = result.state;
    this.account.rounds += 1;
    this.account.transitions += result.transitions.filter(
      ({ name, from }) => name === 'wan1' && from !== 'unknown',
    ).length;
    if (result.changes.length > 0) this.lookAtExit();
  }

  private lookAtExit(): void {
    this.countLan(this.now);
    const exit = inCharge(this.world.kernel.routes)[0]?.nexthops[0]?.device;
    if (this.exit !== undefined && exit !== this.exit) this.account.switches += 1;
    this.exit = exit;
  }

  /** Second by second, what the exit lost since it was last looked at. */
  private countLan(until: number): void {
    const line = this.lines[this.exit ?? 'eth1'] as Line;
    for (; this.lanAt < until; this.lanAt += 1) this.lanLoss += line(this.lanAt);
  }
}

/** @param hours that pass on the router */
export async function simulate(
  [first, second]: [Line, Line],
  {
    hours = 24,
    seed = 1,
    targets = TARGETS,
    isMeasured = false,
    interval = 10,
  }: { hours?: number; seed?: number; targets?: string[]; isMeasured?: boolean; interval?: number } = {},
): Promise<Account> {
  return new Router(
    { ...configOf(targets, isMeasured), checkInterval: interval },
    { eth1: first, eth2: second },
    seed,
  ).run(hours * 3600);
}
