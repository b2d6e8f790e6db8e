import { FullKernel } from './kernel.js';
import type { Line, Network } from './network.js';

/** What is true of a line, whatever the router knows of it. */
export interface Truth {
  line: Line;
  device: string;
  /** Pings come back. */
  alive: boolean;
  /** Last byte of the gateway there. */
  gateway: number;
  /** netifd's own view of it. */
  up: boolean;
  /** ms, when netifd learned something new of it. */
  moved: number;
  known: { gateway: number; metric: number | undefined; address: number };
}

/**
 * The router's kernel, its netifd and what is behind its lines. Everything that others do to the kernel is lines for `ip`,
 * so that the same can be done to a real one; beside it, a second kernel hears of all that but of nothing that we do.
 */
export class World {
  readonly kernel = new FullKernel([]);
  /** The table as it would be without us. */
  readonly without = new FullKernel([]);
  readonly truths: Truth[];
  /** ms since boot, of the last change of anything that a round could notice. */
  changed = 0;
  /** Of the last time that others took something away. */
  taken = 0;
  /** ms, by whoever lets time pass. */
  now: () => number = () => 0;

  /** @param heard told what the kernel hears, from the beginning */
  constructor(
    readonly network: Network,
    heard: FullKernel['heard'] = () => {},
  ) {
    this.kernel.heard = heard;
    this.truths = network.lines.map((line) => ({
      line,
      device: `eth${line.i}`,
      alive: true,
      gateway: 1,
      up: false,
      moved: 0,
      known: { gateway: 1, metric: line.systemMetric, address: 2 },
    }));
    this.boot();
  }

  /** Everything as it is when the system has started. */
  boot(): void {
    for (const machine of [this.kernel, this.without]) {
      machine.version += 1;
      for (const list of [machine.routes, machine.objects, machine.devices]) list.splice(0);
      const device = (name: string, pointToPoint = false) =>
        machine.devices.push({ name, up: false, carrier: true, pointToPoint, addresses: [] });
      device('eth0');
      device('tun0');
      for (const { device: name, line } of this.truths) device(name, line.kind === 'ppp');
    }
    this.ip(
      'addr add 192.168.1.1/24 dev eth0',
      'link set eth0 up',
      'addr add 10.8.0.2/24 dev tun0',
      'link set tun0 up',
    );
    for (const truth of this.truths) {
      truth.up = false;
      this.ifup(truth);
    }
  }

  /** Somebody else does this to the kernel; what fails is not done. */
  ip(...lines: string[]): void {
    for (const line of lines) {
      try {
        this.kernel.run(line);
      } catch {
        continue;
      }
      if (/ (del|flush) | down$/.test(line)) this.taken = this.now();
      try {
        this.without.run(line);
      } catch (error) {
        throw new Error(`only because of us: ip ${line}: ${(error as Error).message}`);
      }
    }
  }

  setCarrier({ device }: Truth, carrier: boolean): void {
    this.kernel.setCarrier(device, carrier);
    this.without.setCarrier(device, carrier);
  }

  /** What makes it the line that it is for the router. */
  identityOf(truth: Truth): string {
    return `${this.gatewayOf(truth)} ${this.addressOf(truth)}`;
  }

  gatewayOf({ line: { i, kind }, known }: Truth): string | undefined {
    return kind === 'ppp' ? undefined : `100.64.${i}.${known.gateway}`;
  }

  /** netifd's default route, as it makes it. */
  defaultOf(truth: Truth): string {
    const { line, device, known } = truth;
    const via = line.kind === 'ppp' ? '' : `via ${this.gatewayOf(truth)} `;
    const src = line.kind === 'dhcp' ? ` src 100.64.${line.i}.${known.address}` : '';
    return `default ${via}dev ${device} metric ${known.metric} proto static${src}`;
  }

  addressOf({ line: { i, kind }, device, known }: Truth): string {
    return kind === 'ppp'
      ? `100.64.${i}.2 peer 100.64.${i}.1 dev ${device}`
      : `100.64.${i}.${known.address}/24 dev ${device}`;
  }

  ifup(truth: Truth): void {
    if (truth.up) return;
    truth.up = true;
    this.ip(`link set ${truth.device} up`, `addr add ${this.addressOf(truth)}`);
    if (truth.known.metric !== undefined) this.ip(`route replace ${this.defaultOf(truth)}`);
  }

  ifdown(truth: Truth): void {
    if (!truth.up) return;
    truth.up = false;
    if (truth.known.metric !== undefined) this.ip(`route del ${this.defaultOf(truth)}`);
    this.ip(`addr del ${this.addressOf(truth)}`, `link set ${truth.device} down`);
  }

  /** netifd learns of something new: its own route is replaced. */
  relearn(truth: Truth, known: Partial<Truth['known']>): void {
    const [before, address] = [this.defaultOf(truth), this.addressOf(truth)];
    Object.assign(truth.known, known);
    truth.moved = this.now();
    if (!truth.up) return;
    const moved = this.addressOf(truth) !== address;
    if (moved) this.ip(`addr del ${address}`, `addr add ${this.addressOf(truth)}`);
    const now = this.defaultOf(truth);
    if (truth.known.metric === undefined || (now === before && !moved)) return;
    this.ip(`route replace ${now}`);
    if ('metric' in known) this.ip(`route del ${before}`);
  }

  /** The router can know its gateway: from netifd, or else from the system's default. */
  isKnown({ up, device, line }: Truth): boolean {
    const isDefault = this.without.routes.some(
      ({ destination, nexthops: [hop] }) => destination === 'default' && hop?.device === device,
    );
    return up && (this.network.netifd || line.kind === 'ppp' || isDefault);
  }

  /** Packets come back by this line, if the router sends them to the right neighbour. */
  works({ device, alive, line, gateway }: Truth, hop: { gateway?: string | undefined }): boolean {
    const found = this.kernel.device(device);
    const right = line.kind === 'ppp' || hop.gateway === `100.64.${line.i}.${gateway}`;
    return alive && right && found?.up === true && found.carrier;
  }
}
