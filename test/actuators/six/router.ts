import type { Actuator } from '../../../lib/actuators/actuator.js';
import { isOurs, usesDevice } from '../../../lib/actuators/routes/route.js';
import { PLANNER } from '../../../lib/actuators/routes/routes.js';
import { PLANNER as SIX } from '../../../lib/actuators/six/six.js';
import { plannerOf } from '../../../lib/actuators/translation/translation.js';
import type { Change, Config, Observation, Probe, Route, Wan } from '../../../lib/model.js';
import type { Platform } from '../../../lib/platform/platform.js';
import { openwrtWords } from '../../../lib/platform/words.js';
import type { World } from '../../../lib/world.js';
import { makeConfig, makeLink, makeRoute, makeWan } from '../../make.js';
import type { Random } from '../../random.js';
import { Kernel } from '../routes/kernel.js';
import { rulesIn } from '../translation/nft.js';
import { wayIn } from '../ways.js';
import { Kernel6 } from './kernel.js';
import { Lines } from './lines.js';

export class Killed extends Error {}
const nothing = (): never => {
  throw new Error('nobody asks for that');
};
export const HOST = '2606:4700::1';
const keyOf = ({ destination, from, metric }: Route) => `${destination} ${from} ${metric}`;

/** A router with such lines, on which whole rounds run. */
export class Router extends Lines implements World {
  protected readonly four: Kernel;
  protected readonly six = new Kernel6([]);
  protected nft = '';
  protected clock = 1000;
  /** Changes that are made until a round is killed. */
  protected left = Number.POSITIVE_INFINITY;
  protected changed: string[] = [];
  protected restoring = false;

  constructor(random: Random) {
    super(random);
    this.four = new Kernel(
      this.lines.map((_, at) => makeRoute(`default via 10.0.${at + 1}.1 dev eth${at + 1} metric ${1001 + at}`)),
    );
    this.relearn();
  }

  /** What others have is as the lines are now; with a device that is down its routes go. */
  protected relearn(): void {
    const foreign = this.system.seen.six.routes;
    for (const [at, { state }] of this.lines.entries()) this.six.set(`eth${at + 1}`, state === 'down' ? 'down' : 'up');
    const isThere = (route: Route) => isOurs(route) && !foreign.some((other) => keyOf(other) === keyOf(route));
    this.six.routes = new Kernel6([...foreign, ...this.six.routes.filter(isThere)]).routes;
  }

  protected get config(): Config {
    const four = this.lines.map(
      ({ metric, weight, tier }, at): Wan =>
        makeWan({ name: `wan${at + 1}`, device: `eth${at + 1}`, metric, weight, tier }),
    );
    return makeConfig([...four, ...this.system.config.wans], { mode: this.mode });
  }

  protected async apply(changes: Change[], make: (command: string[]) => void) {
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
      const lost = had.find((source) => !this.way(source));
      if (lost !== undefined) throw new Error(`${lost} has no way after ${command.join(' ')}`);
    }
    return undefined;
  }

  /** Of a packet to the Internet. @param routes absent: those that there are */
  protected way(from: string, routes = this.six.routes): Route | undefined {
    return wayIn(routes, { from, to: HOST }, this.six.down);
  }

  /** Has it a way by a line with a link? */
  protected isOnline(source: string): boolean {
    const way = this.way(source);
    return way?.nexthops.some(({ device }) => this.lines[Number(device?.slice(3)) - 1]?.state === 'up') === true;
  }

  protected readonly actuators = [
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
      ...plannerOf(),
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
