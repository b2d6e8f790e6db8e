import type { Random } from '../random.js';
import type { Lab } from './lab.js';
import type { Steps } from './steps.js';

/** A cable, and what is at its other end. */
interface Line {
  up: boolean;
  plugged: boolean;
  silent: boolean;
  /** Last bytes of the gateway and of our address. */
  gateway: number;
  address: number;
}

/** An interface of netifd: by which line, and with which metric. */
interface Interface {
  name: string;
  line: number;
  metric: number;
}

/** Metrics of system defaults: behind ours, the same as ours, between them, better than any. */
const METRICS = [1001, 1002, 10, 20, 15, 5, 0];
/** Routes that have nothing to do with us. */
const STRANGERS = [
  '10.9.0.0/16 via 192.168.1.2 dev eth0',
  'blackhole 10.10.0.0/16',
  'default via 192.168.1.2 metric 5000',
];

/**
 * A system with two WANs, `wan` by line 1 or 3 and `wanb` by line 2, to which things happen. It knows what is right, as it
 * knows what it has done; each thing that happens is some shell lines for the router.
 */
export class Upheaval {
  private readonly lines: Line[] = [1, 2, 3].map(() => ({
    up: true,
    plugged: true,
    silent: false,
    gateway: 1,
    address: 2,
  }));
  private readonly interfaces: Interface[] = [
    { name: 'wan', line: 1, metric: 1001 },
    { name: 'wanb', line: 2, metric: 1002 },
  ];
  private readonly strangers = new Set<string>();

  constructor(
    private readonly lab: Lab,
    private readonly steps: Steps,
    private readonly random: Random,
  ) {}

  /** Gives the ISPs both gateways. */
  async begin(): Promise<void> {
    for (const i of [1, 2, 3]) await this.lab.isp(i).ip(`addr add 100.64.${i}.254/24 dev wan`);
    await this.lab.router.run('sh', ['-c', this.netifd()]);
  }

  /** Something that leaves every line working. */
  gentle(): string[] {
    const what = [this.gateway, this.metric, this.metric, this.move, this.stranger, this.wipe];
    return this.random.pick(what).call(this, this.random.pick(this.interfaces));
  }

  /** Anything. */
  rough(): string[] {
    const what = [this.gateway, this.metric, this.move, this.stranger, this.wipe, this.address, this.link, this.link];
    const more = [this.metric, this.cable, this.silence, this.silence];
    return this.random.pick([...what, ...more]).call(this, this.random.pick(this.interfaces));
  }

  /** Devices and gateways of the WANs that work, the best one first. */
  working(): string[] {
    const works = ({ up, plugged, silent }: Line) => up && plugged && !silent;
    return this.interfaces
      .filter(({ line }) => works(this.line(line)))
      .map(({ line }) => `100.64.${line}.${this.line(line).gateway} dev eth${line}`);
  }

  private line(i: number): Line {
    return this.lines[i - 1] as Line;
  }

  private netifd(): string {
    const answers = this.interfaces.map(({ name, line, metric }) => {
      if (!this.line(line).up) return { interface: name, up: false };
      const nexthop = `100.64.${line}.${this.line(line).gateway}`;
      const route = [{ target: '0.0.0.0', mask: 0, nexthop }];
      return { interface: name, up: true, metric, l3_device: `eth${line}`, route };
    });
    return this.steps.netifd({ interface: answers });
  }

  /** The default of the system, as netifd installs it: create or replace. */
  private default({ line, metric }: Interface): string {
    return `default via 100.64.${line}.${this.line(line).gateway} dev eth${line} metric ${metric} proto static`;
  }

  private put(changed: Interface): string {
    return `ip route replace ${this.default(changed)}`;
  }

  private gateway(changed: Interface): string[] {
    const line = this.line(changed.line);
    line.gateway = line.gateway === 1 ? 254 : 1;
    return line.up ? this.random.shuffle([this.put(changed), this.netifd()]) : [];
  }

  private metric(changed: Interface): string[] {
    const old = this.default(changed);
    changed.metric = this.random.pick(METRICS.filter((free) => this.interfaces.every(({ metric }) => metric !== free)));
    return this.line(changed.line).up ? this.random.shuffle([this.put(changed), `ip route del ${old}`]) : [];
  }

  /** To the other line, as from a cable to a stick. */
  private move(): string[] {
    const [wan] = this.interfaces as [Interface];
    const other = wan.line === 1 ? 3 : 1;
    if (!this.line(wan.line).up || !this.line(other).up) return [];
    wan.line = other;
    return this.random.shuffle([this.put(wan), this.netifd()]);
  }

  /** Down and up, without its routes and then with them. */
  private link(changed: Interface): string[] {
    const line = this.line(changed.line);
    line.up = !line.up;
    const set = (state: string) => `ip link set eth${changed.line} ${state}`;
    if (!line.up) return this.random.shuffle([set('down'), this.netifd()]);
    return [set('up'), ...this.random.shuffle([this.put(changed), this.netifd()])];
  }

  private cable({ line: i }: Interface): string[] {
    const line = this.line(i);
    line.plugged = !line.plugged;
    return [`ip -n ${this.lab.isp(i).namespace} link set wan ${line.plugged ? 'up' : 'down'}`];
  }

  private silence({ line: i }: Interface): string[] {
    const line = this.line(i);
    line.silent = !line.silent;
    // Mostly refused at once: a line that is silent lets a round wait for a second.
    const how = this.random.below(5) === 0 ? 'drop' : 'reject';
    const rule = line.silent ? ` ; nft add rule ip lab cut ${how}` : '';
    return [`ip netns exec ${this.lab.isp(i).namespace} sh -c 'nft flush chain ip lab cut${rule}'`];
  }

  /** Its last address takes the routes of a device away. */
  private address(changed: Interface): string[] {
    const { line: i } = changed;
    const line = this.line(i);
    const old = line.address;
    line.address = old === 2 ? 3 : 2;
    const lines = [
      `ip addr del 100.64.${i}.${old}/24 dev eth${i}`,
      `ip addr add 100.64.${i}.${line.address}/24 dev eth${i}`,
    ];
    return line.up ? [...lines, this.put(changed)] : lines;
  }

  private stranger(): string[] {
    const route = this.random.pick(STRANGERS);
    const there = this.strangers.delete(route);
    if (!there) this.strangers.add(route);
    return [`ip route ${there ? 'del' : 'add'} ${route} proto static`];
  }

  /** Somebody removes ours. */
  private wipe(): string[] {
    return ['ip nexthop flush proto 77', 'ip route flush proto 77'];
  }
}
