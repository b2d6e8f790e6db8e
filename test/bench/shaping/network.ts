import { spawn } from 'node:child_process';
import type { Direction } from '../../../lib/model.js';
import { createHosts, type Host } from '../../lab/namespaces.js';
import { createRandom } from '../../random.js';
import type { Line, Scenario, Weather } from './scenarios.js';

/** Addresses of the server that answer pings; the first one serves. */
export const REFLECTORS = ['10.2.0.3', '10.2.0.4', '10.2.0.5'];

export const CLIENT = '10.0.0.2';

/** ms of the way there, and of the way back, without load. */
const DELAY = 10;
/** Packets that wait before the line, as in many a modem. */
const QUEUE = 1000;

/**
 * The hosts, and the line, which is the ISP's two devices: each queues what goes through it at the line's rate.
 *
 *     client c0 --- l0 router a0 --- i0 ISP i1 --- s0 server
 */
export interface Network {
  client: Host;
  router: Host;
  isp: Host;
  server: Host;
}

/** Builds it: a kernel that is switched off behind it removes it. */
export async function build(): Promise<Network> {
  const { hosts } = await createHosts([
    {
      name: 'client',
      ip: [
        'link add c0 type veth peer name l0 netns router',
        `addr add ${CLIENT}/24 dev c0`,
        'link set c0 up',
        'route add default via 10.0.0.1',
      ],
    },
    {
      name: 'isp',
      ip: [
        'link add i0 type veth peer name a0 netns router',
        'link add i1 type veth peer name s0 netns server',
        'addr add 10.1.0.1/24 dev i0',
        'addr add 10.2.0.1/24 dev i1',
        'link set i0 up',
        'link set i1 up',
        'route add 10.0.0.0/24 via 10.1.0.2',
      ],
      forwards: true,
    },
    {
      name: 'server',
      ip: [
        ...REFLECTORS.map((address) => `addr add ${address}/24 dev s0`),
        'link set s0 up',
        'route add default via 10.2.0.1',
      ],
    },
    {
      name: 'router',
      ip: [
        'addr add 10.0.0.1/24 dev l0',
        'addr add 10.1.0.2/24 dev a0',
        'link set l0 up',
        'link set a0 up',
        'route add default via 10.1.0.1 metric 100',
      ],
      forwards: true,
    },
  ]);
  const [client, isp, server, router] = hosts as [Host, Host, Host, Host];
  // A packet is to be a packet, as on a wire.
  for (const host of [client, server]) await host.ip(`link set ${host === client ? 'c0' : 's0'} gso_max_segs 1`);
  return { client, router, isp, server };
}

/** The line as it is: what changes it says all of it again, for netem forgets what is not said. */
export class IspLine {
  private silent = false;
  private made = false;
  private readonly now: Line;

  constructor(
    private readonly isp: Host,
    private readonly scenario: Scenario,
  ) {
    this.now = { ...scenario.line };
  }

  async set({ line = {}, silent = this.silent }: { line?: Partial<Line>; silent?: boolean } = {}): Promise<void> {
    Object.assign(this.now, line);
    this.silent = silent;
    for (const direction of ['up', 'down'] as const) await this.tc(direction);
    this.made = true;
  }

  private async tc(direction: Direction): Promise<void> {
    const rate = `${this.now[direction]}kbit`;
    const netem = `netem rate ${rate} delay ${DELAY}ms limit ${QUEUE}${this.silent ? ' loss 100%' : ''}`;
    const device = direction === 'up' ? 'i1' : 'i0';
    const verb = this.made ? 'change' : 'add';
    const queue = this.scenario.shortQueue ? `cake bandwidth ${rate} besteffort` : netem;
    await this.isp.run('tc', `qdisc ${verb} dev ${device} root ${queue}`.split(' '));
  }
}

/** Lets the delay of the way back change at random, and the same way each time. Packets stay in order. */
export function startWeather(server: Host, weather: Weather): () => void {
  const tc = spawn('ip', ['netns', 'exec', server.namespace, 'tc', '-batch', '-'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const random = createRandom(1);
  let verb = 'add';
  let timer: NodeJS.Timeout;
  const change = () => {
    const delay = weather === 'jitter' ? random.below(40_000) : random.below(80_000);
    tc.stdin.write(`qdisc ${verb} dev s0 root netem delay ${delay}us rate 1gbit limit 10000\n`);
    verb = 'change';
    timer = setTimeout(change, weather === 'jitter' ? 50 : 1000 + random.below(3000));
  };
  change();
  return () => {
    clearTimeout(timer);
    tc.stdin.end();
  };
}
