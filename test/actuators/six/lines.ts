import { usesDevice } from '../../../lib/actuators/routes/route.js';
import type { Config } from '../../../lib/model.js';
import type { Random } from '../../random.js';
import { covers } from './bits.js';
import { type Line, makeSystem, type System, ULA } from './systems.js';

/** A line as it is, whatever the router knows of it: do pings of a family come back? */
export interface Truth {
  four: boolean;
  six: boolean;
}

/** The lines of a router, which fail in one family or both and get other prefixes, and their providers, which drop the sources of others. */
export class Lines {
  /** What has happened, for whoever looks for a fault. */
  readonly told: string[] = [];
  protected readonly lines: Line[];
  protected readonly truths: Truth[];
  protected system: System;
  protected readonly mode: Config['mode'];
  protected readonly netifd: boolean;

  constructor(protected readonly random: Random) {
    const count = 2 + random.below(2);
    this.mode = random.pick(['failover', 'multiuplink'] as const);
    this.netifd = random.below(2) > 0;
    this.lines = Array.from({ length: count }, (_, at) => this.drawLine(at + 1));
    this.truths = this.lines.map(() => ({ four: true, six: true }));
    this.system = this.look();
  }

  protected drawLine(i: number): Line {
    const { random } = this;
    return {
      metric: random.pick([10, 10, 20, 30]),
      weight: 1 + random.below(3),
      tier: random.pick([1, 1, 2]),
      enabled: true,
      state: 'up',
      gateway: random.below(6) > 0,
      address: random.pick([64, 128, undefined] as const),
      prefixes: this.drawPrefixes(i),
      systemMetric: random.pick([5, 512, 512, 1024]),
      // Without netifd, what a line has delegated shows in its defaults only.
      defaults: random.pick(['sources', 'both', this.netifd ? 'plain' : 'both'] as const),
      status: 'up',
    };
  }

  protected drawPrefixes(i: number): string[] {
    const { random } = this;
    const site = `2001:db8:${i}${random.below(3)}0`;
    return random.pick([
      [`${site}::/56`],
      [`${site}::/48`],
      [`${site}:8000::/60`],
      [`${site}:1::/64`],
      [`${site}::/56`, `${site}:8000::/60`],
    ]);
  }

  /** What the router can see of its lines. */
  protected look(): System {
    return makeSystem(this.mode, this.lines, { vpn: [], suppress: undefined, netifd: this.netifd });
  }

  protected happen(): void {
    const { random } = this;
    const at = random.below(this.lines.length);
    const [line, truth] = [this.lines[at] as Line, this.truths[at] as Truth];
    const dice = random.below(10);
    if (dice < 3) truth.six = !truth.six;
    else if (dice < 5) truth.four = !truth.four;
    else if (dice < 6) Object.assign(truth, { four: !truth.four, six: !truth.four });
    else if (dice < 8) line.prefixes = random.below(4) > 0 ? this.drawPrefixes(at + 1) : [];
    else line.state = line.state === 'up' ? random.pick(['down', 'no_carrier'] as const) : 'up';
    this.system = this.look();
    this.say(`wan${at + 1}: ${JSON.stringify({ ...truth, state: line.state, prefixes: line.prefixes })}`);
  }

  protected say(what: string): void {
    this.told.push(what);
  }

  /** Does a line work, as far as the router can know it? */
  protected works(at: number, family: keyof Truth): boolean {
    const isThere = this.lines[at]?.state === 'up' && this.truths[at]?.[family] === true;
    return isThere && (family === 'four' || this.isKnown(at));
  }

  /** Does the router know where a line of IPv6 leads? */
  protected isKnown(at: number): boolean {
    const { gateway, address } = this.lines[at] as Line;
    const isLed = this.system.seen.six.routes.some((route) => usesDevice(route, `eth${at + 1}`));
    return isLed || (gateway ? this.netifd : address !== undefined);
  }

  /** Does the provider of a line take packets with this source (BCP 38)? */
  protected isTaken({ i, prefixes, address }: Line & { i: number }, source: string): boolean {
    const own = address === undefined ? [] : [`2001:db8:${i}00:ff00::/64`];
    return source === 'router' || [...prefixes, ...own].some((prefix) => covers(prefix, source));
  }

  protected sources(): string[] {
    const hosts = this.lines.flatMap(({ prefixes, state }) =>
      state === 'down' ? [] : prefixes.map((prefix) => `${prefix.split('/')[0]}7`),
    );
    return [...hosts, ULA.replace('/64', '7')];
  }
}
