import type { Nexthop, Route, TableRoute } from '../../../lib/model.js';
import { bitsOf } from './bits.js';

/** Of table main where it says none. */
type Entry = Route & Partial<Pick<TableRoute, 'table'>>;

const same = (a: Entry, b: Entry) =>
  a.destination === b.destination && a.from === b.from && a.metric === b.metric && a.table === b.table;
const lengthOf = (prefix = 'default') => bitsOf(prefix).length;

/**
 * The tables of IPv6 as the kernel has them, by its measured rules: the key is destination, source and metric. `add` on a taken key
 * fails; `replace` puts out whatever has the key, whosever it is; `del` removes what has the key, and the protocol if one is said.
 * Fails on every word that it does not know. Held against a real kernel by test/lab/ways.test.ts.
 */
export class Kernel6 {
  routes: Entry[];
  /** Devices that are. What leads through them, and by another way, too, is there as before. */
  readonly down: string[] = [];

  constructor(routes: Entry[]) {
    this.routes = [...routes];
    this.sort();
  }

  /** @param words what follows `ip -6` */
  execute([object, verb, ...words]: string[]): void {
    if (object !== 'route') throw new Error(`ip -6 ${object}: unknown`);
    const route = parse(words);
    const at = this.routes.findIndex((known) => same(known, route));
    if (verb === 'add' || verb === 'replace') {
      if (route.nexthops.some((hop) => this.isDead(hop))) throw new Error('Device for nexthop is not up');
      if (verb === 'add' && at >= 0) throw new Error('File exists');
      this.routes.splice(at < 0 ? this.routes.length : at, at < 0 ? 0 : 1, route);
    } else if (verb === 'del') {
      const known = this.routes[at];
      const isMeant =
        known?.protocol === route.protocol && JSON.stringify(known.nexthops) === JSON.stringify(route.nexthops);
      if (!isMeant) throw new Error('No such process');
      this.routes.splice(at, 1);
    } else throw new Error(`ip -6 route ${verb}: unknown`);
    this.sort();
  }

  /** A device goes down, or comes up. With it go the routes that have no other way. */
  set(device: string, state: 'up' | 'down'): void {
    const others = this.down.filter((name) => name !== device);
    this.down.splice(0, this.down.length, ...others, ...(state === 'down' ? [device] : []));
    this.routes = this.routes.filter(
      ({ nexthops }) => nexthops.length === 0 || !nexthops.every((hop) => this.isDead(hop)),
    );
  }

  private isDead({ device = '' }: Nexthop): boolean {
    return this.down.includes(device);
  }

  /** As it prints them: by destination, the longest source first, then by metric. */
  private sort(): void {
    this.routes.sort(
      (a, b) =>
        (a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0) ||
        lengthOf(b.from) - lengthOf(a.from) ||
        ((a.from ?? '') < (b.from ?? '') ? -1 : (a.from ?? '') > (b.from ?? '') ? 1 : 0) ||
        a.metric - b.metric,
    );
  }
}

/** Where nothing leads on. */
const TYPES = ['unreachable', 'blackhole', 'prohibit', 'throw'];

function parse(words: string[]): Entry {
  const queue = [...words];
  const take = () => {
    const word = queue.shift();
    if (word === undefined) throw new Error('Command line is not complete');
    return word;
  };
  const type = TYPES.includes(`${queue[0]}`) ? take() : 'unicast';
  const route: Entry = { destination: take(), metric: 1024, protocol: 'boot', type, nexthops: [] };
  const single: Nexthop = { weight: 1, onlink: false };
  while (queue.length > 0) {
    const word = take();
    const hop = route.nexthops.at(-1) ?? single;
    if (word === 'nexthop') route.nexthops.push({ weight: 1, onlink: false });
    else if (word === 'from') route.from = take();
    else if (word === 'via') hop.gateway = take();
    else if (word === 'dev') hop.device = take();
    else if (word === 'weight' && hop !== single) hop.weight = Number(take());
    else if (word === 'metric') route.metric = Number(take());
    else if (word === 'proto') route.protocol = take();
    else if (word === 'table') route.table = take();
    else if (['src', 'mtu', 'hoplimit'].includes(word)) route.attributes = { ...route.attributes, [word]: take() };
    else throw new Error(`${word}: unknown`);
  }
  if (single.device !== undefined) route.nexthops.push(single);
  // The kernel asks for the device of each way, and shares among gateways only.
  if ((route.nexthops.length === 0 && type === 'unicast') || route.nexthops.some(({ device }) => device === undefined))
    throw new Error('No such device');
  if (route.nexthops.length > 1 && route.nexthops.some(({ gateway }) => gateway === undefined))
    throw new Error('Invalid argument');
  return route;
}
