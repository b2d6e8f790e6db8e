import { toArguments } from '../lib/actuators/routes/words.js';
import type { Change, Config, Link, Now, Probe, Route, State, Wan } from '../lib/model.js';
import type { Refusal } from '../lib/platform/platform.js';
import type { World } from '../lib/round.js';
import { Kernel } from './actuators/routes/kernel.js';
import { makeConfig, makeLink, makeRoute, makeWan } from './make.js';

/** What a target said, by WAN: `yes` answers, `no` is silent, `broken` makes no sense, `unstarted` was not asked. */
type Answer = 'yes' | 'no' | 'broken' | 'unstarted';

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

  get begun() {
    return this.now();
  }

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

  remember = (state: State) => {
    this.remembered.push(state);
  };

  platform = {
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
    apply: async (changes: Change[]): Promise<Refusal | undefined> => {
      for (const [index, change] of changes.entries()) {
        const words = toArguments(change);
        const reason = this.refuse(words.join(' ')) ?? this.execute(words);
        if (reason !== undefined) return { index, reason };
        this.applied.push(words.join(' '));
      }
      return undefined;
    },
  };

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
