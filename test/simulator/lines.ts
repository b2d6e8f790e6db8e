import type { Known } from './invariants.js';
import type { Process } from './process.js';
import type { System } from './system.js';
import type { Truth } from './world.js';

/** Verdicts by the names of WANs. */
export type Statuses = Record<string, string>;

/** What is true of the lines, and since when; and what those who probe can know of it. */
export class Lines {
  private readonly states = new Map<string, { works: boolean; since: number }>();
  /** Rounds that found a line to answer, since a clean one last found that it does not, and when the first of them began. */
  private readonly good = new Map<string, { rounds: number; since: number }>();

  /** Clean rounds in a row that found it to answer, far enough apart to count. */
  private readonly sound = new Map<string, { rounds: number; first: number; last: number }>();

  constructor(private readonly system: System) {}

  /** Something happened. */
  look(): void {
    const { world, clock } = this.system;
    for (const truth of world.truths) {
      const works = world.isKnown(truth) && world.works(truth, { gateway: world.gatewayOf(truth) });
      if (this.states.get(truth.device)?.works !== works) this.states.set(truth.device, { works, since: clock.now });
    }
  }

  private stateOf({ device }: Truth): { works: boolean; since: number } {
    return this.states.get(device) as { works: boolean; since: number };
  }

  /** @param last ms, when the last round began that probed truthfully */
  known(process: Process, last: number): Known[] {
    const { world, disabled } = this.system;
    return world.truths.map((truth) => {
      const { device, line } = truth;
      const { works, since } = this.stateOf(truth);
      const pings = process.pings.get(device);
      const seen = pings && !pings.lied ? pings.begun : last;
      const { up = false, carrier = false } = world.kernel.device(device) ?? {};
      return {
        device,
        enabled: !disabled.has(line.i),
        linked: up && carrier,
        works: works && since < process.begun,
        knownDead: !works && since < seen,
      };
    });
  }

  private countSound(device: string, begun: number): void {
    const { rounds, first, last } = this.sound.get(device) ?? { rounds: 0, first: begun, last: -APART };
    if (begun - last >= APART) this.sound.set(device, { rounds: rounds + 1, first, last: begun });
  }

  /** A round has ended: what it made of each line. */
  ended(process: Process, was: Statuses, is: Statuses, clean: boolean) {
    const { pings, judged = Number.POSITIVE_INFINITY } = process;
    const { world, disabled, clock } = this.system;
    return world.truths.map((truth) => {
      const { device, line, moved } = truth;
      const { works } = this.stateOf(truth);
      const name = `wan${line.i}`;
      const noted = pings.get(device);
      if (clean && !works) this.good.delete(device);
      else if (noted) {
        const before = this.good.get(device) ?? { rounds: 0, since: process.begun };
        this.good.set(device, { ...before, rounds: before.rounds + 1 });
      }
      if (clean && works) this.countSound(device, process.begun);
      else this.sound.delete(device);
      const steady = this.sound.get(device);
      const { rounds = 0, since = clock.now } = this.good.get(device) ?? {};
      const { recovery_threshold: threshold, failback_delay: delay } = line.options;
      return {
        name,
        was: was[name],
        is: is[name],
        works: !disabled.has(line.i) && works,
        dead: !works,
        moved: noted !== undefined && noted.as !== world.identityOf(truth) && moved < judged,
        late: steady !== undefined && steady.rounds >= Number(threshold) && clock.now - steady.first > LONGEST,
        early: rounds < Number(threshold) || clock.now - since < Number(delay) * 1000,
      };
    });
  }
}

/** ms after which a line that answers is up again, however often it has fallen: 600 s and some. */
const LONGEST = 640_000;
/** ms between two rounds that count, and some. */
const APART = 7700;

/** The verdicts in a state file. */
export function parseStatuses(text = ''): Statuses {
  const found = [...text.matchAll(/^\[(wan\d)\]$[^[]*?^status=(\w+)$/gm)];
  return Object.fromEntries(found.map(([, name, status]) => [name, status]));
}
