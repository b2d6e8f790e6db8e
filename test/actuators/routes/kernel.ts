import { routeKey, sameRoute } from '../../../lib/actuators/routes/route.js';
import type { Nexthop, NexthopObject, Route } from '../../../lib/model.js';

/**
 * A routing table that behaves as the kernel's does, by its measured rules: the key is destination and metric; `add` on a
 * taken key fails; `append` puts it behind those of the key, of which the first one counts; `del` removes the first that
 * has everything that was said; `replace` takes the place of the first of the key, whosever it is. Fails on every word that it
 * does not know.
 */
export class Kernel {
  constructor(
    readonly routes: Route[],
    readonly objects: NexthopObject[] = [],
  ) {}

  /** @param words what follows `ip` */
  execute(words: string[]): void {
    const [object, verb, ...rest] = words;
    if (object === 'nexthop') this.changeObject(verb, rest);
    else if (object === 'route') this.changeRoute(verb, rest);
    else throw new Error(`ip ${object}: unknown`);
    for (const route of this.routes) if (route.group !== undefined) route.nexthops = this.hopsOf(route.group);
  }

  /** What else keeps a route or a way from being added: for a kernel that knows more of its devices. */
  protected check(_route: Route): void {}
  protected checkHop(_hop: Nexthop): void {}

  private changeRoute(verb: string | undefined, words: string[]): void {
    const { route, given } = parse(words);
    if (verb !== 'del') this.check(route);
    if (route.group !== undefined && this.hopsOf(route.group).length === 0)
      throw new Error('Nexthop id does not exist');
    const at = this.routes.findIndex((known) => routeKey(known) === routeKey(route));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'append') {
      if (this.routes.some((known) => sameRoute(known, route))) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'replace') {
      const same = this.routes.findIndex((known) => sameRoute(known, route));
      if (same >= 0 && same !== at) throw new Error('File exists');
      if (at >= 0) this.routes[at] = route;
      else this.routes.push(route);
    } else if (verb === 'del') {
      // Without a metric, it is the best of them.
      const fitting = this.routes.filter((known) => isMeant(known, route) && matches(known, route, given));
      const best = Math.min(...fitting.map(({ metric }) => metric));
      const found = this.routes.findIndex((known) => known.metric === best && fitting.includes(known));
      if (found < 0) throw new Error('No such process');
      this.routes.splice(found, 1);
    } else throw new Error(`ip route ${verb}: unknown`);
  }

  private changeObject(verb: string | undefined, words: string[]): void {
    const object = parseObject(words);
    const at = this.objects.findIndex(({ id }) => id === object.id);
    if (verb === 'del') {
      if (at < 0) throw new Error('No such file or directory');
      this.removeObject(object.id);
      return;
    }
    const missing = 'members' in object && object.members.find(({ id }) => !this.objects.some((way) => way.id === id));
    if (missing) throw new Error('Invalid nexthop id');
    if ('hop' in object) this.checkHop(object.hop);
    if (verb === 'add' && at >= 0) throw new Error('File exists');
    if (verb !== 'add' && verb !== 'replace') throw new Error(`ip nexthop ${verb}: unknown`);
    if (at >= 0) this.objects[at] = object;
    else this.objects.push(object);
  }

  /** With a way go its places in groups, with the last place its group, and with a group all routes through it. */
  protected removeObject(id: number): void {
    remove(this.objects, (object) => object.id === id);
    remove(this.routes, ({ group }) => group === id);
    for (const object of [...this.objects]) {
      if (!('members' in object)) continue;
      remove(object.members, (member) => member.id === id);
      if (object.members.length === 0) this.removeObject(object.id);
    }
  }

  protected hopsOf(group: number): Nexthop[] {
    const found = this.objects.find(({ id }) => id === group);
    if (!found || !('members' in found)) return [];
    return found.members.flatMap(({ id, weight }) => {
      const way = this.objects.find((object) => object.id === id);
      return way && 'hop' in way ? [{ ...way.hop, weight }] : [];
    });
  }
}

export function remove<T>(list: T[], which: (entry: T) => boolean): void {
  for (let at = list.findIndex(which); at >= 0; at = list.findIndex(which)) list.splice(at, 1);
}

function parseObject(words: string[]): NexthopObject {
  const value = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const head = { id: Number(value('id')), protocol: value('protocol') ?? 'boot' };
  const members = value('group')?.split('/');
  if (members) {
    const member = (text: string) => text.split(',').map(Number) as [number, number];
    return { ...head, members: members.map(member).map(([id, weight]) => ({ id, weight })) };
  }
  const [device, gateway] = [value('dev'), value('via')];
  const hop = { ...(device ? { device } : {}), ...(gateway ? { gateway } : {}), weight: 1 };
  return { ...head, hop: { ...hop, onlink: words.includes('onlink') } };
}

function isMeant(known: Route, { destination, metric }: Route): boolean {
  return known.destination === destination && (metric === 0 || known.metric === metric);
}

/** As fib_nh_match in net/ipv4/fib_semantics.c: of a route over several ways, one way alone names the first of them. */
function matches(known: Route, asked: Route, given: ReadonlySet<string>): boolean {
  const { nexthops } = asked;
  const several = nexthops.length > 1;
  return (
    (!given.has('proto') || known.protocol === asked.protocol) &&
    known.type === asked.type &&
    (asked.group === undefined || asked.group === known.group) &&
    (nexthops.length === 0 || known.group === undefined) &&
    (several ? known.nexthops : nexthops).every((_, i) => sameHop(known.nexthops[i], nexthops[i])) &&
    Object.entries(asked.attributes ?? {}).every(([word, value]) => known.attributes?.[word] === value)
  );
}

/** What was not said is not compared. */
function sameHop(known: Nexthop | undefined, asked: Nexthop | undefined): boolean {
  if (!known || !asked) return false;
  return (
    (asked.device === undefined || asked.device === known.device) &&
    (asked.gateway === undefined || asked.gateway === known.gateway)
  );
}

/** In the order in which ip prints them. */
const ATTRIBUTES = ['src', 'mtu', 'advmss', 'hoplimit'];
const TYPES = ['unicast', 'blackhole', 'unreachable', 'prohibit'];

function parse(words: string[]): { route: Route; given: Set<string> } {
  const queue = [...words];
  const take = () => {
    const word = queue.shift();
    if (word === undefined) throw new Error('Command line is not complete');
    return word;
  };
  const type = TYPES.includes(queue[0] ?? '') ? take() : 'unicast';
  const destination = take();
  const route: Route = {
    destination: destination === '0.0.0.0/0' ? 'default' : destination,
    metric: 0,
    protocol: 'boot',
    type,
    nexthops: [],
  };
  const given = new Set<string>();
  const single: Nexthop = { weight: 1, onlink: false };
  while (queue.length > 0) {
    const word = take();
    if (word === 'nexthop') {
      route.nexthops.push({ weight: 1, onlink: false });
      for (const said of ['via', 'dev', 'onlink', 'weight']) given.delete(said);
      continue;
    }
    // Behind the first `nexthop`, words are about the last one.
    const hop = route.nexthops.at(-1) ?? single;
    if (given.has(word)) throw new Error(`duplicate ${word}`);
    given.add(word);
    if (word === 'nhid') route.group = Number(take());
    else if (word === 'via') {
      if (queue[0] === 'inet6') take();
      hop.gateway = take();
    } else if (word === 'dev') hop.device = take();
    else if (word === 'onlink') hop.onlink = true;
    else if (word === 'weight' && route.nexthops.length > 0) hop.weight = Number(take());
    else if (word === 'metric') route.metric = Number(take());
    else if (word === 'proto') route.protocol = take();
    else if (word === 'scope') take();
    else if (ATTRIBUTES.includes(word)) route.attributes = { ...route.attributes, [word]: take() };
    else throw new Error(`${word}: unknown`);
  }
  if (single.device !== undefined || single.gateway !== undefined) route.nexthops.push(single);
  const { attributes } = route;
  if (attributes) {
    const said = ATTRIBUTES.flatMap((word) => (attributes[word] === undefined ? [] : [[word, attributes[word]]]));
    route.attributes = Object.fromEntries(said);
  }
  return { route, given };
}
