import type { Actuator, Refusal } from '../lib/actuators/actuator.js';
import { whyNoProbe } from '../lib/actuators/routes/bound.js';
import { investigate } from '../lib/actuators/routes/investigate.js';
import { PLANNER } from '../lib/actuators/routes/routes.js';
import type { Thing } from '../lib/actuators/routes/thing.js';
import type { Change, Config, Link, Now, Observation, Path, Probe, Route, State, Wan } from '../lib/model.js';
import type { Platform } from '../lib/platform/platform.js';
import { openwrtWords } from '../lib/platform/words.js';
import type { World } from '../lib/world.js';
import { Kernel } from './actuators/routes/kernel.js';
import { makeConfig, makeLink, makeRoute, makeWan } from './make.js';

/** What a target said, by WAN: `yes` answers, `no` is silent, `broken` makes no sense, `unstarted` was not asked. */
type Answer = 'yes' | 'no' | 'broken' | 'unstarted';

function nothing(): never {
  throw new Error('nobody asks for that');
}

/** A router in memory: two WANs with a default of the system's each, and everything that can be made to go wrong. */
export class FakeWorld implements World {
  readonly kernel = new Kernel([
    makeRoute('default via 10.0.1.1 dev eth1 metric 1001'),
    makeRoute('default via 10.0.2.1 dev eth2 metric 1002'),
  ]);
  links: Link[] = [makeLink('eth1'), makeLink('eth2')];
  answers: Record<string, Answer> = {};
  /** Attempts that each probe was given, and whose turn it was, by WAN. */
  attempts: Record<string, number> = {};
  turns: Record<string, string[]> = {};
  looks = 0;
  applied: string[] = [];
  /** Called while the probes run. */
  meanwhile: () => void = () => {};
  /** The reason to refuse a change. */
  refuse: (words: string) => string | undefined = () => undefined;
  /** Where tunnels lead, by device. */
  servers = new Map<string, string>();
  clock: Now = { wall: 1000, uptime: 100, bootId: 'boot' };

  now = () => ({ ...this.clock });

  probe = async (wan: Wan, _device: string, attempts: number, turn: string[]): Promise<Probe> => {
    this.attempts[wan.name] = attempts;
    this.turns[wan.name] = turn;
    const answer = this.answers[wan.name] ?? 'yes';
    this.meanwhile();
    const result = { failures: answer === 'yes' ? 0 : attempts, sent: 1, lost: answer === 'yes' ? 0 : 1 };
    const [target = ''] = wan.targets;
    if (answer === 'yes') return { ...result, answered: true, targets: [{ target, outcome: 'answered', rtt: 12 }] };
    const lost: Probe = { ...result, answered: false, targets: [{ target, outcome: 'lost' }] };
    if (answer === 'unstarted') return { ...lost, broken: 'too many processes', unstarted: true };
    return answer === 'no' ? lost : { ...lost, broken: 'nonsense' };
  };

  /** States that were kept before a round acted by them. */
  remembered: State[] = [];

  save = (state: State) => {
    this.remembered.push(state);
    return undefined;
  };

  readonly actuator: Actuator<Thing> = {
    ...PLANNER,
    apply: async (changes: Change<Thing>[]): Promise<Refusal | undefined> => {
      for (const [index, { command }] of changes.entries()) {
        const words = command.slice(1);
        const reason = this.refuse(words.join(' ')) ?? this.execute(words);
        if (reason !== undefined) return { index, reason };
        this.applied.push(words.join(' '));
      }
      return undefined;
    },
    investigate: (change, reason, view) => investigate(change, reason, view, this.actuator.apply),
  };

  platform: Platform = {
    configuration: { read: nothing, parse: nothing },
    observe: async () => {
      this.looks += 1;
      return {
        links: structuredClone(this.links),
        routes: structuredClone(this.kernel.routes),
        objects: structuredClone(this.kernel.objects),
        blind: [],
      };
    },
    servers: async () => this.servers,
    bind: () => [],
    whyNoProbe: (path: Path, seen: Observation) => whyNoProbe(path, seen.routes),
    actuators: async () => [this.actuator],
    words: async (cure) => openwrtWords(cure),
  };

  // A round is given its configuration.
  configuration = nothing;
  keepConfiguration = nothing;
  setHashPolicy = () => ({});

  private execute(words: string[]): string | undefined {
    try {
      this.kernel.execute(words);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Devices of our routes in the table. */
  ours(): (string | undefined)[] {
    return this.kernel.routes
      .filter((route: Route) => route.protocol === '77')
      .map((route) => route.nexthops[0]?.device);
  }
}

export const CONFIG: Config = makeConfig([
  makeWan({ name: 'wan1', device: 'eth1', metric: 10 }),
  makeWan({ name: 'wan2', device: 'eth2', metric: 20, targets: ['8.8.8.8'] }),
]);
