import type { Nexthop, Route } from '../../lib/model.js';
import { Kernel, remove } from '../actuators/routes/kernel.js';
import { covers, networkOf } from './prefix.js';

/** rtnetlink(7): the protocol of the routes that the kernel makes for addresses. */
const KERNEL = '2';

/** A network device, with the addresses that it has. */
export interface Device {
  name: string;
  up: boolean;
  /** Somebody is at the other end of the cable. */
  carrier: boolean;
  pointToPoint: boolean;
  addresses: { address: string; prefix: number; peer?: string }[];
}

/** The kernel of the planner's tests with devices: routes need them, and go with them. Every rule is measured in test/lab/simulated.test.ts. */
export class FullKernel extends Kernel {
  readonly devices: Device[] = [];
  /** Told what was done, and in which words it was refused. */
  heard: (line: string, refused?: string) => void = () => {};
  /** Another one after each change. */
  version = 0;
  private readonly known = new Map<string, { version: number; value: unknown }>();

  /** What is made of the kernel as it is: made once for each version of it. */
  cached<T>(name: string, make: () => T): T {
    const found = this.known.get(name);
    if (found?.version === this.version) return found.value as T;
    const value = make();
    this.known.set(name, { version: this.version, value });
    return value;
  }

  /** @param line what follows `ip`; throws in the kernel's words */
  run(line: string): void {
    this.version += 1;
    try {
      this.obey(line);
      this.heard(line);
    } catch (error) {
      this.heard(line, (error as Error).message);
      throw error;
    }
  }

  private obey(line: string): void {
    // Names and numbers of protocols are the same.
    const words = line.replace(/\bproto static\b/, 'proto 4').split(' ');
    const [object, verb] = words;
    if (object === 'link') this.setLink(words);
    else if (object === 'addr') this.setAddress(words);
    else if (verb === 'flush') this.flush(object, words.at(-1) as string);
    else this.execute(words);
  }

  device(name: string | undefined): Device | undefined {
    return this.devices.find((device) => device.name === name);
  }

  /** The cable is plugged in, or pulled: routes stay, nexthop objects do not. */
  setCarrier(name: string, carrier: boolean): void {
    this.version += 1;
    const device = this.device(name) as Device;
    const lost = device.carrier && !carrier;
    device.carrier = carrier;
    if (lost) this.dropObjects(name);
    this.heard(`carrier ${name} ${carrier ? 'up' : 'down'}`);
  }

  private setLink([, , name, state]: string[]): void {
    const device = this.device(name);
    if (!device) throw new Error(`Cannot find device "${name}"`);
    if (device.up === (state === 'up')) return;
    device.up = state === 'up';
    if (device.up) {
      for (const entry of device.addresses) this.connect(device, entry);
      return;
    }
    this.dropObjects(device.name);
    this.dropDead();
  }

  /** addr add|del A/P [peer B] dev D */
  private setAddress(words: string[]): void {
    const device = this.device(words.at(-1));
    if (!device) throw new Error(`Cannot find device "${words.at(-1)}"`);
    const [address = '', prefix] = (words[2] ?? '').split('/');
    const peer = words[3] === 'peer' ? words[4] : undefined;
    const at = device.addresses.findIndex((known) => known.address === address);
    if (words[1] === 'add') {
      if (at >= 0) throw new Error('File exists');
      const entry = { address, prefix: Number(prefix ?? 32), ...(peer === undefined ? {} : { peer }) };
      device.addresses.push(entry);
      if (device.up) this.connect(device, entry);
      return;
    }
    const [gone] = at < 0 ? [] : device.addresses.splice(at, 1);
    if (!gone) throw new Error('Cannot assign requested address');
    remove(this.routes, (route) => route.protocol === KERNEL && route.attributes?.src === address);
    remove(this.routes, (route) => route.attributes?.src === address);
    this.dropDead();
  }

  private connect({ name }: Device, { address, prefix, peer }: Device['addresses'][number]): void {
    const destination = peer ?? (prefix === 32 ? undefined : networkOf(address, prefix));
    if (destination === undefined) return;
    const nexthops = [{ device: name, weight: 1, onlink: false }];
    const route = {
      destination,
      metric: 0,
      protocol: KERNEL,
      type: 'unicast',
      nexthops,
      attributes: { src: address },
    };
    if (!this.routes.some((known) => known.destination === destination && known.metric === 0)) this.routes.push(route);
  }

  private flush(object: string | undefined, protocol: string): void {
    if (object === 'route') {
      remove(this.routes, (route) => route.protocol === protocol && route.group === undefined);
      // ip names the way and the object of those, which the kernel does not take.
      if (this.routes.some((route) => route.protocol === protocol)) throw new Error('Invalid argument');
    } else for (const { id } of this.objects.filter((o) => o.protocol === protocol)) this.removeObject(id);
  }

  private dropObjects(name: string): void {
    const gone = this.objects.filter((object) => 'hop' in object && object.hop.device === name);
    for (const { id } of gone) this.removeObject(id);
    for (const route of this.routes) if (route.group !== undefined) route.nexthops = this.hopsOf(route.group);
  }

  /** A route goes when none of its ways is left; until then the others carry it. */
  private dropDead(): void {
    remove(this.routes, (route) => route.nexthops.length > 0 && route.nexthops.every((hop) => this.isDead(route, hop)));
  }

  /** A way that is an object is there or is not. */
  isDead({ group }: Route, { device: name }: Nexthop): boolean {
    if (group !== undefined) return false;
    const device = this.device(name);
    return !device?.up || device.addresses.length === 0;
  }

  protected override check({ nexthops, attributes }: Route): void {
    for (const hop of nexthops) this.checkHop(hop);
    const { src } = attributes ?? {};
    if (src !== undefined && !this.isOwn(src)) throw new Error('Invalid prefsrc address');
  }

  protected override checkHop({ device: name, gateway, onlink }: Nexthop): void {
    const device = this.device(name);
    if (!device) throw new Error(`Cannot find device "${name}"`);
    if (!device.up) throw new Error('Device for nexthop is not up');
    if (gateway === undefined) return;
    const isLink = ({ destination, nexthops: [hop, ...more] }: Route) =>
      more.length === 0 && hop?.device === name && hop?.gateway === undefined && covers(destination, gateway);
    if (this.isOwn(gateway) || !(onlink || this.routes.some(isLink))) throw new Error('Nexthop has invalid gateway');
  }

  private isOwn(address: string): boolean {
    return this.devices.some(({ addresses }) => addresses.some((known) => known.address === address));
  }
}
