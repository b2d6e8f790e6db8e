import type { Nexthop, Route } from '../../lib/model.js';
import { routeKey } from '../../lib/routing/route.js';

/**
 * A routing table that behaves as the kernel's does, by its measured rules: the key is destination and metric; `add` on a
 * taken key fails; `replace` takes over the first route of the key, whoever put it there; `del` removes the first that
 * has everything that was said. Fails on every word that it does not know.
 */
export class Kernel {
  constructor(readonly routes: Route[]) {}

  /** @param words what follows `ip` */
  execute(words: string[]): void {
    const [object, verb, ...rest] = words;
    if (object !== 'route') throw new Error(`ip ${object}: unknown`);
    const { route, given } = parse(rest);
    const at = this.routes.findIndex((known) => routeKey(known) === routeKey(route));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'replace') {
      if (at >= 0) this.routes[at] = route;
      else this.routes.push(route);
    } else if (verb === 'del') {
      const found = this.routes.findIndex(
        (known) => routeKey(known) === routeKey(route) && matches(known, route, given),
      );
      if (found < 0) throw new Error('No such process');
      this.routes.splice(found, 1);
    } else throw new Error(`ip route ${verb}: unknown`);
  }
}

function matches(known: Route, asked: Route, given: ReadonlySet<string>): boolean {
  return (
    (!given.has('proto') || known.protocol === asked.protocol) &&
    (!given.has('dev') || known.nexthops[0]?.device === asked.nexthops[0]?.device) &&
    (!given.has('via') || known.nexthops[0]?.gateway === asked.nexthops[0]?.gateway)
  );
}

const TYPES = ['unicast', 'blackhole', 'unreachable', 'prohibit'];

function parse(words: string[]): { route: Route; given: Set<string> } {
  const queue = [...words];
  const take = () => {
    const word = queue.shift();
    if (word === undefined) throw new Error('Command line is not complete');
    return word;
  };
  const type = TYPES.includes(queue[0] ?? '') ? take() : 'unicast';
  const route: Route = { destination: take(), metric: 0, protocol: 'boot', type, nexthops: [] };
  const given = new Set<string>();
  const single: Nexthop = { weight: 1, onlink: false };
  while (queue.length > 0) {
    const word = take();
    if (word === 'nexthop') {
      route.nexthops.push({ weight: 1, onlink: false });
      given.clear();
      continue;
    }
    // Behind the first `nexthop`, words are about the last one.
    const hop = route.nexthops.at(-1) ?? single;
    if (given.has(word)) throw new Error(`duplicate ${word}`);
    given.add(word);
    if (word === 'via') hop.gateway = take();
    else if (word === 'dev') hop.device = take();
    else if (word === 'onlink') hop.onlink = true;
    else if (word === 'weight' && route.nexthops.length > 0) hop.weight = Number(take());
    else if (word === 'metric') route.metric = Number(take());
    else if (word === 'proto') route.protocol = take();
    else throw new Error(`${word}: unknown`);
  }
  if (single.device !== undefined) route.nexthops.push(single);
  return { route, given };
}
