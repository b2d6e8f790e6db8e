import type { Actuator } from '../../../lib/actuators/actuator.js';
import { isOurs, usesDevice } from '../../../lib/actuators/routes/route.js';
import { PLANNER } from '../../../lib/actuators/routes/routes.js';
import { PLANNER as SIX } from '../../../lib/actuators/six/six.js';
import { PLANNER as TRANSLATION } from '../../../lib/actuators/translation/translation.js';
import type { Change, Config, Observation, Probe, Route, State, Wan } from '../../../lib/model.js';
import type { Platform } from '../../../lib/platform/platform.js';
import { openwrtWords } from '../../../lib/platform/words.js';
import { reconcileAll } from '../../../lib/reconcile.js';
import { round } from '../../../lib/round.js';
import type { World } from '../../../lib/world.js';
import { makeConfig, makeLink, makeRoute, makeWan } from '../../make.js';
import type { Random } from '../../random.js';
import { Kernel } from '../routes/kernel.js';
import { leaves, rulesIn } from '../translation/nft.js';
import { covers } from './bits.js';
import { Kernel6, lookUpMain } from './kernel.js';
import { type Line, makeSystem, type System, ULA } from './systems.js';

/** A line as it is, whatever the router knows of it: do pings of a family come back? */
interface Truth {
  four: boolean;
  six: boolean;
}

class Killed extends Error {}
const nothing = (): never => {
  throw new Error('nobody asks for that');
};
const HOST = '2606:4700::1';
const keyOf = ({ destination, from, metric }: Route) => `${destination} ${from} ${metric}`;
const text = (routes: Route[]) => JSON.stringify(routes.filter((route) => !isOurs(route)));

/** A router whose lines fail in one family or both, with providers that drop the sources of others; whole rounds run on it. */
export class Router implements World {
  /** What has happened, for whoever looks for a fault. */
  readonly told: string[] = [];
  private readonly lines: Line[];
  private readonly truths: Truth[];
  private system: System;
  private readonly mode: Config['mode'];
  private readonly netifd: boolean;
  private readonly four: Kernel;
  private readonly six = new Kernel6([]);
  private nft = '';
  private clock = 1000;
  private state: State | undefined;
  /** Changes that are made until a round is killed. */
  private left = Number.POSITIVE_INFINITY;
  private changed: string[] = [];
  private restoring = false;
  /** Rounds since something happened. */
  private calm = 0;

  constructor(private readonly random: Random) {
    const count = 2 + random.below(2);
    this.mode = random.pick(['failover', 'multiuplink'] as const);
    this.netifd = random.below(2) > 0;
    this.lines = Array.from({ length: count }, (_, at) => this.drawLine(at + 1));
    this.truths = this.lines.map(() => ({ four: true, six: true }));
    this.four = new Kernel(
      this.lines.map((_, at) => makeRoute(`default via 10.0.${at + 1}.1 dev eth${at + 1} metric ${1001 + at}`)),
    );
    this.system = this.look();
    this.relearn();
  }

  private drawLine(i: number): Line {
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

  private drawPrefixes(i: number): string[] {
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
  private look(): System {
    return makeSystem(this.mode, this.lines, { vpn: [], suppress: undefined, netifd: this.netifd });
  }

  /** What others have is as the lines are now; with a device that is down its routes go. */
  private relearn(): void {
    this.system = this.look();
    const foreign = this.system.seen.six.routes;
    const down = this.lines.flatMap(({ state }, at) => (state === 'down' ? [`eth${at + 1}`] : []));
    const isThere = (route: Route) =>
      isOurs(route) &&
      !down.some((device) => usesDevice(route, device)) &&
      !foreign.some((other) => keyOf(other) === keyOf(route));
    this.six.routes = new Kernel6([...foreign, ...this.six.routes.filter(isThere)]).routes;
  }

  private happen(): void {
    const { random } = this;
    const at = random.below(this.lines.length);
    const [line, truth] = [this.lines[at] as Line, this.truths[at] as Truth];
    const dice = random.below(10);
    if (dice < 3) truth.six = !truth.six;
    else if (dice < 5) truth.four = !truth.four;
    else if (dice < 6) Object.assign(truth, { four: !truth.four, six: !truth.four });
    else if (dice < 8) line.prefixes = random.below(4) > 0 ? this.drawPrefixes(at + 1) : [];
    else line.state = line.state === 'up' ? random.pick(['down', 'no_carrier'] as const) : 'up';
    this.relearn();
    this.calm = 0;
    this.say(`wan${at + 1}: ${JSON.stringify({ ...truth, state: line.state, prefixes: line.prefixes })}`);
  }

  private say(what: string): void {
    this.told.push(what);
  }

  /** Something happens, or nothing; then there is a round, or a part of one. */
  async next(): Promise<void> {
    for (let events = this.random.pick([0, 0, 1, 1, 2]); events > 0; events--) this.happen();
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

  private statusOf(name: string, state = this.state): string | undefined {
    return state?.wans.find((wan) => wan.name === name)?.verdict.status;
  }

  /** What must be true after a round. */
  private judge(before: Route[], last: State | undefined): void {
    const works = (at: number, family: keyof Truth) =>
      this.lines[at]?.state === 'up' && this.truths[at]?.[family] === true && (family === 'four' || this.isKnown(at));
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

  /** Does the router know where a line of IPv6 leads? */
  private isKnown(at: number): boolean {
    const { gateway, address } = this.lines[at] as Line;
    const isLed = this.system.seen.six.routes.some((route) => usesDevice(route, `eth${at + 1}`));
    return isLed || (gateway ? this.netifd : address !== undefined);
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
      const way = lookUpMain(this.six.routes, source, HOST);
      if (up.length === 0) {
        const was = lookUpMain(before, source, HOST);
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

  /** Does the provider of a line take packets with this source (BCP 38)? */
  private isTaken({ i, prefixes, address }: Line & { i: number }, source: string): boolean {
    const own = address === undefined ? [] : [`2001:db8:${i}00:ff00::/64`];
    return source === 'router' || [...prefixes, ...own].some((prefix) => covers(prefix, source));
  }

  private sources(): string[] {
    const hosts = this.lines.flatMap(({ prefixes, state }) =>
      state === 'down' ? [] : prefixes.map((prefix) => `${prefix.split('/')[0]}7`),
    );
    return [...hosts, ULA.replace('/64', '7')];
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

  private get config(): Config {
    const four = this.lines.map(
      ({ metric, weight, tier }, at): Wan =>
        makeWan({ name: `wan${at + 1}`, device: `eth${at + 1}`, metric, weight, tier }),
    );
    return makeConfig([...four, ...this.system.config.wans], { mode: this.mode });
  }

  private async apply(changes: Change[], make: (command: string[]) => void) {
    for (const [index, { command }] of changes.entries()) {
      if (this.left <= 0) throw new Killed();
      this.left -= 1;
      const had = this.restoring ? [] : this.sources().filter((source) => this.isOnline(source));
      try {
        make(command);
      } catch (error) {
        return { index, reason: (error as Error).message };
      }
      this.changed.push(command.join(' ').slice(0, 80));
      const lost = had.find((source) => !lookUpMain(this.six.routes, source, HOST));
      if (lost !== undefined) throw new Error(`${lost} has no way after ${command.join(' ')}`);
    }
    return undefined;
  }

  /** Has it a way by a line with a link? */
  private isOnline(source: string): boolean {
    const way = lookUpMain(this.six.routes, source, HOST);
    return way?.nexthops.some(({ device }) => this.lines[Number(device?.slice(3)) - 1]?.state === 'up') === true;
  }

  private readonly actuators = [
    {
      ...PLANNER,
      apply: (changes: Change[]) => this.apply(changes, (command) => this.four.execute(command.slice(1))),
      investigate: nothing,
    },
    {
      ...SIX,
      apply: (changes: Change[]) => this.apply(changes, (command) => this.six.execute(command.slice(2))),
      investigate: nothing,
    },
    {
      ...TRANSLATION,
      apply: (changes: Change[]) =>
        this.apply(changes, ([, words = '']) => {
          this.nft = words.startsWith('delete') ? '' : words;
        }),
      investigate: nothing,
    },
  ] as unknown as Actuator[];

  readonly platform: Platform = {
    configuration: { read: nothing, parse: nothing },
    observe: async (): Promise<Observation> => {
      const { seen } = this.system;
      const comments = rulesIn(this.nft).map(({ comment }) => comment);
      return structuredClone({
        ...seen,
        links: this.lines.map(({ state, gateway }, at) => makeLink(`eth${at + 1}`, { state, pointToPoint: !gateway })),
        routes: this.four.routes,
        objects: this.four.objects,
        six: { ...seen.six, routes: this.six.routes, translation: this.nft === '' ? {} : { comments } },
      });
    },
    servers: async () => new Map(),
    bind: () => [],
    whyNoProbe: () => undefined,
    actuators: async () => this.actuators,
    words: async (cure) => openwrtWords(cure),
  };

  now = () => ({ wall: this.clock, uptime: this.clock, bootId: 'boot' });

  /** A ping that is bound to a device leaves by a default through it, of whatever source. */
  probe = async ({ name, family }: Wan, device: string, attempts: number): Promise<Probe> => {
    const at = Number(device.slice(3)) - 1;
    const routes = family ? this.six.routes : this.four.routes;
    const isLed = routes.some((route) => route.from === undefined && usesDevice(route, device));
    const answered = isLed && this.lines[at]?.state === 'up' && this.truths[at]?.[family ? 'six' : 'four'] === true;
    const target = family ? HOST : '1.1.1.1';
    if (!isLed) throw new Error(`${name} is probed, and no route leads through ${device}`);
    return answered
      ? { answered, failures: 0, sent: 1, lost: 0, targets: [{ target, outcome: 'answered', rtt: 12 }] }
      : { answered, failures: attempts, sent: attempts, lost: attempts, targets: [{ target, outcome: 'lost' }] };
  };

  save = () => undefined;
  configuration = nothing;
  keepConfiguration = nothing;
  setHashPolicy = () => ({});
}
