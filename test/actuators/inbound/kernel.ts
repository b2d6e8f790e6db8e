import type { Link, Observation, Rule, Six, TableRoute } from '../../../lib/model.js';
import { parseMarks } from '../../../lib/observe/marks.js';
import { type Packet, wayOf } from '../ways.js';

/**
 * A machine that behaves as Linux does with rules, tables and a table of nft. A route leads only through a device that is up, and goes
 * with it. Fails on what is there already, on what is not there, and on words that it does not know.
 */
export class Kernel {
  links: Link[];
  rules: Rule[];
  /** Of all tables, of anybody. */
  routes: TableRoute[];
  /** What nft would print of our table. */
  nft: string | undefined;

  /** @param family absent: it knows IPv4 only */
  constructor(
    seen: Pick<Observation, 'links' | 'rules'> & { routes: TableRoute[] },
    readonly family?: 6,
  ) {
    const { links, rules = [], routes } = structuredClone(seen);
    this.links = links;
    this.rules = rules;
    this.routes = routes;
  }

  /** Of other tables than main, only our routes are shown. */
  look(): Observation {
    const { links, rules, routes, nft } = structuredClone({ ...this });
    const printed = nft === undefined ? { exitCode: 1, stderr: 'Error: No such file or directory' } : { exitCode: 0 };
    return {
      links,
      rules: [...rules].sort((a, b) => a.priority - b.priority),
      routes: routes.filter(({ table }) => table === '254').map(({ table: _, ...route }) => route),
      tables: routes.filter(({ table, protocol }) => table !== '254' && protocol === '77'),
      marks: parseMarks({ stdout: nft ?? '', stderr: '', ...printed }),
      blind: [],
    };
  }

  /** The same as it is seen of IPv6: there is nothing of IPv4. */
  look6(): Observation & { six: Six } {
    const { links, rules = [], routes, tables = [], marks = {} } = this.look();
    const addresses = links.flatMap(({ device, addresses: list }) =>
      list.map(({ address, prefix }) => ({ device, address, length: prefix })),
    );
    const six = { addresses, rules, tables: tables.map((route) => ({ ...route, family: 6 as const })) };
    return {
      links: links.map((link) => ({ ...link, addresses: [] })),
      ...{ rules: [], routes: [], tables: [], marks: {}, blind: [] },
      six: { ...six, routes: routes.map((route) => ({ ...route, family: 6 as const })), translation: marks },
    };
  }

  set(device: string, state: Link['state']): void {
    for (const link of this.links) if (link.device === device) link.state = state;
    if (state === 'down') this.routes = this.routes.filter(({ nexthops }) => nexthops[0]?.device !== device);
  }

  execute([program, ...all]: string[]): void {
    const words = this.family && all[0] === '-6' ? all.slice(1) : all;
    if (this.family && program === 'ip' && words === all) throw new Error(`${all}: that is IPv4`);
    const [object, verb, ...rest] = words;
    if (program === 'nft' && words.length === 1) this.changeMarks(words[0] as string);
    else if (program === 'ip' && object === 'rule') this.changeRule(`${verb}`, rest);
    else if (program === 'ip' && object === 'route') this.changeRoute(`${verb}`, rest);
    else throw new Error(`${program} ${words}: unknown`);
  }

  private changeMarks(text: string): void {
    const table = `${this.family ? 'ip6' : 'inet'} mini_mwan`;
    if (text === `delete table ${table}`) {
      if (this.nft === undefined) throw new Error('No such file or directory');
      this.nft = undefined;
      return;
    }
    if (!text.startsWith(`add table ${table}; delete table ${table}; table ${table} {`)) throw new Error(text);
    this.nft = [...text.matchAll(/ comment "[^"]*"/g)].map(([comment]) => `\t\tsome rule${comment}\n`).join('');
  }

  private changeRule(verb: string, words: string[]): void {
    const value = valuesOf(words);
    const [from, suppress, fwmark] = [value('from'), value('suppress_prefixlength'), value('fwmark')];
    const [mark, mask] = fwmark?.split('/').map(Number) ?? [];
    const table = value('lookup') ?? '';
    const made: Rule = {
      priority: Number(value('priority')),
      table,
      main: table === '254',
      conditional: true,
      protocol: value('protocol') ?? '3',
      ...(from && { from }),
      ...(suppress && { suppress: Number(suppress) }),
      ...(mark !== undefined && mask !== undefined && { mark, mask }),
    };
    const at = this.rules.findIndex((rule) => keyOf(rule) === keyOf(made));
    if (verb === 'add' ? at >= 0 : at < 0) throw new Error(`rule ${verb} ${words.join(' ')}: it is there, or is not`);
    if (verb === 'add') this.rules.push(made);
    else if (verb === 'del') this.rules.splice(at, 1);
    else throw new Error(`rule ${verb}`);
  }

  private changeRoute(verb: string, words: string[]): void {
    const value = valuesOf(words);
    const [device, gateway, table, protocol] = [value('dev'), value('via'), value('table'), value('proto')];
    const hop = { ...(device && { device }), ...(gateway && { gateway }), weight: 1, onlink: words.includes('onlink') };
    const made: TableRoute = {
      destination: words[0] ?? '',
      metric: Number(value('metric') ?? 0),
      protocol: protocol ?? 'boot',
      type: 'unicast',
      nexthops: [hop],
      table: table ?? '254',
    };
    const at = this.routes.findIndex((route) => keyOf(route) === keyOf(made));
    if (verb === 'del') {
      if (at < 0) throw new Error('No such process');
      this.routes.splice(at, 1);
      return;
    }
    const isRival = (route: TableRoute) => route.table === made.table && route.destination === made.destination;
    if (verb === 'replace') {
      this.routes = this.routes.filter((route) => !isRival(route));
      if (this.family === undefined) throw new Error('whoever has it by then would lose it');
    }
    if (verb === 'append' && this.family) throw new Error('it would be a further way of the route that is there');
    if (at >= 0 || (verb === 'add' && this.routes.some(isRival))) throw new Error('File exists');
    if (this.links.find((link) => link.device === device)?.state !== 'up') throw new Error('Network is down');
    this.routes.push(made);
  }

  /** The device by which a packet leaves. */
  lookUp(packet: Packet): string | undefined {
    return wayOf(this.routes, this.rules, packet)?.nexthops[0]?.device;
  }
}

const keyOf = (thing: object) => JSON.stringify(Object.entries(thing).sort(([a], [b]) => (a < b ? -1 : 1)));

function valuesOf(words: string[]) {
  return (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
}
