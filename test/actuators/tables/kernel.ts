import type { DhcpClient, Link, Observation, Rule, TableRoute } from '../../../lib/model.js';

/**
 * A machine that behaves as Linux does with what lines are tested with. A route leads only through a device that is up, from an
 * address that is there, and goes with either. Fails on what is there already, on what is not there, and on words that it does not know.
 */
export class Kernel {
  links: Link[];
  tables: TableRoute[];
  rules: Rule[];
  clients: DhcpClient[];

  constructor(private readonly seen: Observation) {
    const { links, tables = [], rules = [], clients = [] } = structuredClone(seen);
    this.links = links;
    this.tables = tables;
    this.rules = rules;
    this.clients = clients;
  }

  look(): Observation {
    const { links, tables, rules, clients } = this;
    return structuredClone({ ...this.seen, links, tables, rules, clients });
  }

  execute([program, ...words]: string[]): void {
    if (program === 'dhcpcd') {
      this.changeClient(words);
      return;
    }
    const [object, verb, ...rest] = words;
    const run = { link: this.setLink, addr: this.changeAddress, route: this.changeRoute, rule: this.changeRule }[
      `${object}`
    ];
    if (program !== 'ip' || !run) throw new Error(`${program} ${object}: unknown`);
    run.call(this, `${verb}`, rest);
  }

  private linkOf(device: string | undefined): Link {
    const link = this.links.find((known) => known.device === device);
    if (!link) throw new Error(`Cannot find device "${device}"`);
    return link;
  }

  private setLink(verb: string, words: string[]): void {
    const [dev, device, state, word, group = ''] = words;
    if (verb !== 'set' || dev !== 'dev' || word !== 'group' || words.length !== 5) throw new Error(words.join(' '));
    const link = this.linkOf(device);
    if (state !== 'up' && state !== 'down') throw new Error(`link ${state}`);
    if (group === '0') delete link.group;
    else link.group = Number(group);
    if (state === 'up' && link.state === 'down') link.state = 'up';
    if (state === 'down') {
      link.state = 'down';
      this.tables = this.tables.filter(({ nexthops }) => nexthops[0]?.device !== device);
    }
  }

  private changeAddress(verb: string, words: string[]): void {
    const { value, rest } = reader(words);
    const [address = '', prefix] = words[0]?.split('/') ?? [];
    const link = this.linkOf(value('dev'));
    const at = link.addresses.findIndex((known) => known.address === address && known.prefix === Number(prefix));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      if (!words.includes('noprefixroute')) throw new Error('it would change table main');
      link.addresses.push({ address, prefix: Number(prefix), mark: Number(value('metric')) });
    } else if (verb === 'del' && rest() === 0) {
      if (at < 0) throw new Error('Cannot assign requested address');
      link.addresses.splice(at, 1);
      if (!this.isLocal(address)) this.tables = this.tables.filter(({ attributes }) => attributes?.src !== address);
    } else throw new Error(`addr ${verb} ${words.join(' ')}`);
  }

  private isLocal(address: string | undefined): boolean {
    return this.links.some(({ addresses }) => addresses.some((known) => known.address === address));
  }

  private changeRoute(verb: string, words: string[]): void {
    const { value } = reader(words);
    const [device, gateway, src, table] = [value('dev'), value('via'), value('src'), value('table')];
    const made: TableRoute = {
      destination: words[0] ?? '',
      metric: Number(value('metric') ?? 0),
      protocol: value('proto') ?? 'boot',
      type: 'unicast',
      nexthops: [
        { ...(device && { device }), ...(gateway && { gateway }), weight: 1, onlink: words.includes('onlink') },
      ],
      ...(src && { attributes: { src } }),
      table: table ?? '254',
    };
    const isKey = (route: TableRoute) => route.table === table && route.metric === made.metric;
    if (verb === 'del') {
      const at = this.tables.findIndex((route) => JSON.stringify(route) === JSON.stringify(made));
      if (at < 0) throw new Error('No such process');
      this.tables.splice(at, 1);
    } else {
      if (verb === 'add' && this.tables.some(isKey)) throw new Error('File exists');
      if (this.linkOf(device).state === 'down') throw new Error('Network is down');
      if (!made.nexthops[0]?.onlink) throw new Error('Nexthop has invalid gateway');
      if (!this.isLocal(src)) throw new Error('Invalid argument');
      this.tables.push(made);
    }
  }

  private changeRule(verb: string, words: string[]): void {
    const { value } = reader(words);
    const [from, oif, protocol] = [value('from'), value('oif'), value('protocol')];
    const made: Rule = {
      priority: Number(value('priority')),
      table: value('lookup') ?? '',
      main: false,
      conditional: true,
      ...(protocol && { protocol }),
      ...(from && { from }),
      ...(oif && { oif }),
    };
    const at = this.rules.findIndex((rule) => JSON.stringify(rule) === JSON.stringify(made));
    if (verb === 'add') {
      if (at >= 0) throw new Error('File exists');
      this.rules.push(made);
    } else if (verb === 'del') {
      if (at < 0) throw new Error('No such file or directory');
      this.rules.splice(at, 1);
    } else throw new Error(`rule ${verb}`);
  }

  private changeClient(words: string[]): void {
    const device = words.at(-1) ?? '';
    const own = this.clients.find((client) => client.ours && client.device === device);
    if (!words.includes('-4')) throw new Error('that is the client of the system');
    if (words.includes('-x')) this.clients = this.clients.filter((client) => client !== own);
    else if (own?.running) throw new Error('already running');
    else if (!words.includes('--noconfigure')) throw new Error('it would change table main');
    else {
      if (this.linkOf(device).state === 'down') throw new Error('Network is down');
      if (own) own.running = true;
      else this.clients.push({ device, ours: true, running: true });
    }
  }
}

/** Values by the word before them. */
function reader(words: string[]) {
  let used = 1;
  const value = (name: string) => {
    const at = words.indexOf(name);
    if (at < 0) return undefined;
    used += 2;
    return words[at + 1];
  };
  return { value, rest: () => words.length - used };
}
