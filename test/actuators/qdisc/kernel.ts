import type { Finished } from '../../../lib/system/exec.js';

/** What stands at the root of a device. */
interface Root {
  kind: string;
  handle: string;
  /** Of CAKE: as tc prints it. */
  options: Record<string, unknown>;
}

interface Filter {
  pref: number;
  to?: string;
}

interface Device {
  group: number;
  root: Root;
  arrivals?: { kind: string; filters: Filter[] };
}

const NONE: Root = { kind: 'noqueue', handle: '0:', options: {} };
const CAKE = { bandwidth: 'unlimited', diffserv: 'diffserv3', nat: false, wash: false, ingress: false, raw: true };

/** Values of CAKE's words that need no argument: what tc prints then. */
const WORDS: Record<string, Record<string, unknown>> = {
  unlimited: { bandwidth: 'unlimited' },
  nat: { nat: true },
  nonat: { nat: false },
  wash: { wash: true },
  nowash: { wash: false },
  ingress: { ingress: true },
  egress: { ingress: false },
  'ack-filter': { 'ack-filter': 'enabled' },
  'no-ack-filter': { 'ack-filter': 'disabled' },
  raw: { raw: true, overhead: 0, atm: undefined },
  noatm: { atm: 'noatm' },
  atm: { atm: 'atm' },
  ptm: { atm: 'ptm' },
};
for (const word of ['besteffort', 'precedence', 'diffserv3', 'diffserv4', 'diffserv8'])
  WORDS[word] = { diffserv: word };

/** A machine that behaves as Linux does with queues. Fails on what is there already, on what is not there, and on unknown words. */
export class Kernel {
  devices = new Map<string, Device>();
  /** What it refuses, of what is to be done. */
  refuses: (words: string) => boolean = () => false;

  constructor(names: string[]) {
    for (const name of names) this.add(name);
  }

  add(name: string, group = 0): void {
    if (this.devices.has(name)) throw new Error('RTNETLINK answers: File exists');
    this.devices.set(name, { group, root: NONE });
  }

  remove(name: string): void {
    this.devices.delete(name);
  }

  cake(name: string): Record<string, unknown> | undefined {
    const { root } = this.device(name);
    return root.kind.startsWith('cake') ? root.options : undefined;
  }

  private device(name: string | undefined): Device {
    const found = this.devices.get(name ?? '');
    if (!found) throw new Error(`Cannot find device "${name}"`);
    return found;
  }

  /** All that there is, to be compared. */
  get text(): string {
    return JSON.stringify([...this.devices].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Does what a command says. Throws in the words of the program. */
  execute([program, ...words]: string[]): void {
    const [object, verb, ...rest] = words;
    if (this.refuses(words.join(' '))) throw new Error('Error: Specified qdisc kind is unknown.');
    if (program === 'ip' && object === 'link') this.changeLink(`${verb}`, rest);
    else if (program === 'tc' && object === 'qdisc') this.changeQdisc(`${verb}`, rest);
    else if (program === 'tc' && object === 'filter') this.changeFilter(`${verb}`, rest);
    else throw new Error(`${program} ${words}: unknown`);
  }

  private changeLink(verb: string, words: string[]): void {
    const text = words.join(' ');
    const [, name, group] = /^name (\S+) group (\d+) up type ifb$/.exec(text) ?? [];
    if (verb === 'add' && name !== undefined) {
      this.add(name, Number(group));
      return;
    }
    const [, gone] = /^dev (\S+)$/.exec(text) ?? [];
    if (verb !== 'del') throw new Error(`ip link ${verb} ${text}`);
    this.device(gone);
    this.remove(`${gone}`);
    for (const { arrivals } of this.devices.values())
      if (arrivals) arrivals.filters = arrivals.filters.filter(({ to }) => to !== gone);
  }

  private changeQdisc(verb: string, [, name, place, ...words]: string[]): void {
    const device = this.device(name);
    if (place === 'ingress') {
      if (verb === 'add' ? device.arrivals : !device.arrivals) throw new Error('Error: Invalid handle or exclusive.');
      if (verb === 'add') device.arrivals = { kind: 'ingress', filters: [] };
      else delete device.arrivals;
      return;
    }
    const [, handle = '', kind = '', ...options] = words;
    const has = device.root.handle === handle && (verb === 'del' || device.root.kind === kind);
    const isTaken = device.root.handle !== '0:';
    if (verb === 'add' ? isTaken : !has) throw new Error('Error: NLM_F_REPLACE needed to override.');
    if (verb === 'del') device.root = NONE;
    else device.root = { kind, handle, options: cakeOf(options, verb === 'add' ? CAKE : device.root.options) };
  }

  private changeFilter(verb: string, [, name, , , preference, ...words]: string[]): void {
    const { arrivals } = this.device(name);
    if (!arrivals) throw new Error('Error: Parent Qdisc doesn’t exists.');
    const pref = Number(preference);
    const has = arrivals.filters.some((filter) => filter.pref === pref);
    if (verb === 'add' ? has : !has) throw new Error('Error: Cannot find specified filter chain.');
    if (verb === 'del') {
      arrivals.filters = arrivals.filters.filter((filter) => filter.pref !== pref);
      return;
    }
    const [, to] = /^protocol all matchall action mirred egress redirect dev (\S+)$/.exec(words.join(' ')) ?? [];
    this.device(to);
    arrivals.filters.push({ pref, ...(to === undefined ? {} : { to }) });
  }

  /** What `tc -j -force -batch -` prints. */
  print(input: string): Finished {
    let [stdout, stderr] = ['', ''];
    for (const [i, line] of input.trim().split('\n').entries()) {
      const [, name] = /^filter show dev (\S+) ingress$/.exec(line) ?? [];
      const device = this.devices.get(name ?? '');
      if (line === 'qdisc show') stdout += `${JSON.stringify(this.qdiscs())}\n`;
      else if (device) stdout += `${JSON.stringify(filtersOf(device))}\n`;
      else stderr += `Cannot find device "${name}"\nCommand failed -:${i + 1}\n`;
    }
    return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 };
  }

  private qdiscs(): unknown[] {
    return [...this.devices].flatMap(([dev, { root, arrivals }]) => [
      { ...root, dev, root: true, refcnt: 2 },
      ...(arrivals ? [{ kind: arrivals.kind, handle: 'ffff:', dev, parent: 'ffff:fff1', options: {} }] : []),
    ]);
  }
}

function filtersOf({ arrivals }: Device): unknown[] {
  return (arrivals?.filters ?? []).flatMap(({ pref, to }) => {
    const head = { protocol: 'all', pref, kind: 'matchall', chain: 0 };
    const action = to === undefined ? { order: 1, kind: 'gact' } : { order: 1, kind: 'mirred', to_dev: to };
    return [head, { ...head, options: { handle: 1, actions: [action] } }];
  });
}

/** What CAKE becomes by words: what they do not say stays. */
function cakeOf(words: string[], before: Record<string, unknown>): Record<string, unknown> {
  const options = { ...before };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (WORDS[word]) Object.assign(options, WORDS[word]);
    else {
      const value = words[++i] ?? '';
      const [, number, unit] = /^(\d+)(kbit|bit)?$/.exec(value) ?? [];
      if (number === undefined) throw new Error(`What is "${word}"?`);
      if (word === 'bandwidth') options.bandwidth = Math.floor((Number(number) * (unit === 'kbit' ? 1000 : 1)) / 8);
      else if (word === 'overhead') Object.assign(options, { overhead: Number(number), raw: false });
      // A minimum of 0 is taken for none, and changes nothing.
      else if (word === 'mpu') options.mpu = Number(number) || options.mpu;
      else throw new Error(`What is "${word}"?`);
    }
  }
  return options;
}
