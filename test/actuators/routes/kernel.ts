import { routeKey, sameRoute } from '../../../lib/actuators/routes/route.js';
import type { Nexthop, NexthopObject, Route } from '../../../lib/model.js';

/**
 * A routing table that behaves as the kernel's does, by its measured rules: the key is destination and metric; `add` on a
 * taken key fails; `append` puts it behind those of the key, of which the first one counts; `del` removes the first that
 * has everything that was said. Fails on every word that it does not know.
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

  private changeRoute(verb: string | undefined, words: string[]): void {
    const { route, given } = parse(words);
    if (route.group !== undefined && this.hopsOf(route.group).length === 0)
      throw new Error('Nexthop id does not exist');
    const at = this.routes.findIndex((known) => routeKey(known) === routeKey(route));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'append') {
      if (this.routes.some((known) => sameRoute(known, route))) throw new Error('File exists');
      this.routes.push(route);
    } else if (verb === 'del') {
      const found = this.routes.findIndex(
        (known) => routeKey(known) === routeKey(route) && matches(known, route, given),
      );
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
    if (verb === 'add' && at >= 0) throw new Error('File exists');
    if (verb !== 'add' && verb !== 'replace') throw new Error(`ip nexthop ${verb}: unknown`);
    if (at >= 0) this.objects[at] = object;
    else this.objects.push(object);
  }

  /** With a way go its places in groups, with the last place its group, and with a group all routes through it. */
  private removeObject(id: number): void {
    remove(this.objects, (object) => object.id === id);
    remove(this.routes, ({ group }) => group === id);
    for (const object of [...this.objects]) {
      if (!('members' in object)) continue;
      remove(object.members, (member) => member.id === id);
      if (object.members.length === 0) this.removeObject(object.id);
    }
  }

  private hopsOf(group: number): Nexthop[] {
    const found = this.objects.find(({ id }) => id === group);
    if (!found || !('members' in found)) return [];
    return found.members.flatMap(({ id, weight }) => {
      const way = this.objects.find((object) => object.id === id);
      return way && 'hop' in way ? [{ ...way.hop, weight }] : [];
    });
  }
}

function remove<T>(list: T[], which: (entry: T) => boolean): void {
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

function matches(known: Route, asked: Route, given: ReadonlySet<string>): boolean {
  return (
    (!given.has('proto') || known.protocol === asked.protocol) &&
    (!given.has('dev') || known.nexthops[0]?.device === asked.nexthops[0]?.device) &&
    (!given.has('via') || known.nexthops[0]?.gateway === asked.nexthops[0]?.gateway) &&
    Object.entries(asked.attributes ?? {}).every(([word, value]) => known.attributes?.[word] === value)
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
      given.clear();
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
    else if (ATTRIBUTES.includes(word)) route.attributes = { ...route.attributes, [word]: take() };
    else throw new Error(`${word}: unknown`);
  }
  if (single.device !== undefined) route.nexthops.push(single);
  const { attributes } = route;
  if (attributes) {
    const said = ATTRIBUTES.flatMap((word) => (attributes[word] === undefined ? [] : [[word, attributes[word]]]));
    route.attributes = Object.fromEntries(said);
  }
  return { route, given };
}
