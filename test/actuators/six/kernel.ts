import type { Nexthop, Route, Rule } from '../../../lib/model.js';
import { bitsOf, covers } from './bits.js';

const same = (a: Route, b: Route) => a.destination === b.destination && a.from === b.from && a.metric === b.metric;
const lengthOf = (prefix = 'default') => bitsOf(prefix).length;

/**
 * Table main of IPv6 as the kernel has it, by its measured rules: the key is destination, source and metric. `add` on a taken key
 * fails; `replace` puts out whatever has the key, whosever it is; `del` removes what has the key, and the protocol if one is said.
 * Fails on every word that it does not know.
 */
export class Kernel6 {
  routes: Route[];

  constructor(routes: Route[]) {
    this.routes = [...routes];
    this.sort();
  }

  /** @param words what follows `ip -6` */
  execute([object, verb, ...words]: string[]): void {
    if (object !== 'route') throw new Error(`ip -6 ${object}: unknown`);
    const route = parse(words);
    const at = this.routes.findIndex((known) => same(known, route));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'replace') this.routes.splice(at < 0 ? this.routes.length : at, at < 0 ? 0 : 1, route);
    else if (verb === 'del') {
      const known = this.routes[at];
      const isMeant =
        known?.protocol === route.protocol && JSON.stringify(known.nexthops) === JSON.stringify(route.nexthops);
      if (!isMeant) throw new Error('No such process');
      this.routes.splice(at, 1);
    } else throw new Error(`ip -6 route ${verb}: unknown`);
    this.sort();
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

/** In the order in which the kernel would take them: the longest destination first, then the longest source, then the lowest metric. */
function byPrecedence(a: Route, b: Route): number {
  return (
    lengthOf(b.destination) - lengthOf(a.destination) || lengthOf(b.from) - lengthOf(a.from) || a.metric - b.metric
  );
}

/** The route of table main that a packet takes. @param shortest as rules let pass: a destination of more bits than that */
export function lookUpMain(routes: Route[], source: string, destination: string, shortest = -1): Route | undefined {
  const fitting = routes.filter(
    (route) =>
      covers(route.destination, destination) &&
      covers(route.from ?? 'default', source) &&
      route.nexthops.length + Number(route.type !== 'unicast') > 0,
  );
  const [best] = fitting.sort(byPrecedence);
  return best && lengthOf(best.destination) > shortest ? best : undefined;
}

/** Where a packet leaves: by a route of table main, or by a table of others, as a VPN has one. */
export function lookUp(
  routes: Route[],
  rules: Rule[],
  source: string,
  destination: string,
): Route | string | undefined {
  for (const { main, table, suppress } of rules) {
    const found = main ? lookUpMain(routes, source, destination, suppress) : `table ${table}`;
    if (found) return found;
  }
  return lookUpMain(routes, source, destination);
}

function parse(words: string[]): Route {
  const queue = [...words];
  const take = () => {
    const word = queue.shift();
    if (word === undefined) throw new Error('Command line is not complete');
    return word;
  };
  const route: Route = { destination: take(), metric: 1024, protocol: 'boot', type: 'unicast', nexthops: [] };
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
    else if (['src', 'mtu', 'hoplimit'].includes(word)) route.attributes = { ...route.attributes, [word]: take() };
    else throw new Error(`${word}: unknown`);
  }
  if (single.device !== undefined) route.nexthops.push(single);
  // The kernel asks for the device of each way, and shares among gateways only.
  if (route.nexthops.length === 0 || route.nexthops.some(({ device }) => device === undefined))
    throw new Error('No such device');
  if (route.nexthops.length > 1 && route.nexthops.some(({ gateway }) => gateway === undefined))
    throw new Error('Invalid argument');
  return route;
}
