import fc from 'fast-check';
import tap from 'tap';
import type { Cure } from '../../lib/model.js';
import { INSTALL_IP, linuxWords, openwrtWords } from '../../lib/platform/words.js';
import { Kernel } from '../actuators/routes/kernel.js';

type Sections = Map<string, Record<string, string>>;

/** A router at whose prompt lines are pasted. It knows `uci` as far as cures need it, and fails on all else. */
class Prompt {
  /** Sections of a file by their names; those without one by their type and number. */
  readonly files: Record<string, Sections> = {
    network: new Map([
      ['wan', { proto: 'dhcp', metric: '5' }],
      ['@route[0]', { target: '10.0.0.0/8' }],
    ]),
    'mini-mwan': new Map([
      ['settings', { enabled: '0' }],
      ['@interface[0]', { metric: '10' }],
      ['@interface[1]', { metric: '10', device: 'eth1' }],
    ]),
    firewall: new Map([['@defaults[0]', { flow_offloading_hw: '1' }]]),
  };
  /** Files with changes that nobody counts yet. */
  readonly staged = new Set<string>();
  readonly installed: string[] = [];
  /** Files whose programs have taken them in, as they are. */
  readonly live = new Set<string>();

  paste(lines: string[]): this {
    for (const command of lines.flatMap((line) => line.split(/; | && /))) this.run(command.split(' '));
    return this;
  }

  option(file: string, section: string, name: string): string | undefined {
    return this.files[file]?.get(section)?.[name];
  }

  private run([program = '', ...args]: string[]): void {
    const line = [program, ...args].join(' ');
    if (program === 'uci') this.uci(args);
    else if (line === 'ubus call network reload' || line === '/etc/init.d/network reload') this.reload('network');
    else if (line === '/etc/init.d/firewall restart') this.reload('firewall');
    else throw new Error(`${line}: not found`);
  }

  private uci([verb, ...args]: string[]): void {
    const [, path = '', value] = /^'?([^=']*)'?(?:='?([^']*)'?)?$/.exec(args[0] ?? '') ?? [];
    const [file = '', name = '', option = ''] = path.split(/\.(?![^[]*\])/);
    const sections = this.files[file];
    if (!sections) throw new Error(`uci: ${file}: Entry not found`);
    if (verb === 'commit') {
      this.staged.delete(file);
      return;
    }
    this.staged.add(file);
    this.live.delete(file);
    if (verb === 'add') {
      sections.set(`@${args[1]}[${[...sections.keys()].filter((key) => key.startsWith(`@${args[1]}[`)).length}]`, {});
      return;
    }
    const last = [...sections.keys()].filter((key) => key.startsWith(name.replace(/\[.*/, '['))).at(-1) ?? '';
    const section = sections.get(name.endsWith('[-1]') ? last : name);
    if (!section || option === '') throw new Error(`uci: ${path}: Invalid argument`);
    if (verb === 'set' && value !== undefined) section[option] = value;
    else if (verb === 'delete' && option in section) delete section[option];
    else throw new Error(`uci ${verb} ${args.join(' ')}: Entry not found`);
  }

  private reload(file: string): void {
    if (!this.staged.has(file)) this.live.add(file);
  }
}

const WAN = { gateway: '10.0.1.1', device: 'eth1' };

const CURES: [what: string, cure: Cure, file: string, section: string, option: string, value: string | undefined][] = [
  ['a metric', { network: [['wan.metric', 20]] }, 'network', 'wan', 'metric', '20'],
  ['without one', { network: [['wan.metric', undefined]] }, 'network', 'wan', 'metric', undefined],
  [
    'two options',
    {
      network: [
        ['wan.metric', 20],
        ['wan.proto', 'static'],
      ],
    },
    'network',
    'wan',
    'proto',
    'static',
  ],
  ['our switch', { section: 'settings', set: [['enabled', 1]] }, 'mini-mwan', 'settings', 'enabled', '1'],
  ['of the second WAN', { section: 1, set: [['metric', 20]] }, 'mini-mwan', '@interface[1]', 'metric', '20'],
  [
    'without its device',
    { section: 1, set: [['device', undefined]] },
    'mini-mwan',
    '@interface[1]',
    'device',
    undefined,
  ],
  ['offloading in hardware', { offload: 'hardware' }, 'firewall', '@defaults[0]', 'flow_offloading_hw', '0'],
  ['any offloading', { offload: 'all' }, 'firewall', '@defaults[0]', 'flow_offloading', '0'],
  [
    'a route',
    { routeTo: '198.51.100.7', by: { ...WAN, interface: 'wan' } },
    ...(['network', '@route[1]', 'target', '198.51.100.7'] as const),
  ],
];

tap.test('what is pasted on OpenWrt is in the file, committed and in force', async (t) => {
  for (const [what, cure, file, section, option, value] of CURES) {
    const prompt = new Prompt().paste(openwrtWords(cure));
    t.equal(prompt.option(file, section, option), value, what);
    t.strictSame([...prompt.staged], [], `${what}: committed`);
    // Ours is read anew by every round.
    t.equal(prompt.live.has(file), file !== 'mini-mwan', `${what}: in force`);
  }
  const { files } = new Prompt().paste(openwrtWords({ routeTo: '198.51.100.7', by: { ...WAN, interface: 'wan' } }));
  const route = { interface: 'wan', target: '198.51.100.7', gateway: '10.0.1.1' };
  t.strictSame(files.network?.get('@route[1]'), route, 'all of the route, and the one before it as it was');
  t.strictSame(files.network?.get('@route[0]'), { target: '10.0.0.0/8' });
  const by = { interface: 'wan6', device: 'eth1', gateway: 'fe80::1' };
  const six = new Prompt().paste(openwrtWords({ routeTo: '2606:4700::9', by })).files.network;
  t.strictSame(six?.get('@route6[0]'), { interface: 'wan6', target: '2606:4700::9', gateway: 'fe80::1' }, 'of IPv6');
});

tap.test('a route to a tunnel’s server, by ip where no interface of netifd has the line', async (t) => {
  for (const words of [openwrtWords, linuxWords]) {
    const kernel = new Kernel([]);
    for (const line of words({ routeTo: '198.51.100.7', by: WAN })) kernel.execute(line.split(' ').slice(1));
    t.match(kernel.routes, [{ destination: '198.51.100.7', nexthops: [{ device: 'eth1', gateway: '10.0.1.1' }] }]);
  }
});

tap.test('elsewhere, what is to be written and where', async (t) => {
  t.strictSame(linuxWords({ section: 'settings', set: [['enabled', 1]] }), [
    "in the section settings: option enabled '1'",
  ]);
  const cure: Cure = {
    section: 1,
    set: [
      ['device', undefined],
      ['interface', 'wan'],
    ],
  };
  const [without, instead, ...more] = linuxWords(cure);
  t.match(without, /interface section number 2: without option device$/);
  t.match(instead, /interface section number 2: option interface 'wan'$/);
  t.strictSame(more, []);
  for (const [, other] of CURES) {
    if (!('network' in other || 'offload' in other)) continue;
    t.strictSame(linuxWords(other), [], 'nobody but OpenWrt has that file');
  }
});

tap.test('a missing program comes from a package, or is in BusyBox', async (t) => {
  const CASES: [Extract<Cure, { install: string }>['install'], openwrt: RegExp, linux: RegExp][] = [
    ['ip', /opkg install ip-full; .*apk add ip-full$/, /apt-get install iproute2$/],
    ['ping', /BusyBox; see: busybox ping$/, /apt-get install iputils-ping$/],
    ['flock', /BusyBox; see: busybox flock$/, /apt-get install util-linux$/],
    ['nft', /opkg install nftables-json; .*apk add nftables-json$/, /apt-get install nftables$/],
    ['tc', /opkg install tc-tiny; .*apk add tc-tiny$/, /apt-get install iproute2$/],
    ['fping', /opkg install fping; .*apk add fping$/, /apt-get install fping$/],
    ['cake', /opkg install kmod-sched-cake; .*apk add kmod-sched-cake$/, /modprobe sch_cake$/],
    ['ifb', /opkg install kmod-ifb; .*apk add kmod-ifb$/, /modprobe ifb$/],
  ];
  for (const [install, openwrt, linux] of CASES) {
    t.match(openwrtWords({ install }), [openwrt]);
    t.match(linuxWords({ install }), [linux]);
  }
  t.strictSame(INSTALL_IP, [...openwrtWords({ install: 'ip' }), ...linuxWords({ install: 'ip' })]);
});

// As far as the readers of `ubus`, `ip` and the configuration let them through.
const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/);
const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));
const value = fc.oneof(name, address, fc.nat(1000), fc.constant(undefined));
const cures: fc.Arbitrary<Cure> = fc.oneof(
  fc.record({ install: fc.constantFrom('ip' as const, 'ping' as const, 'flock' as const) }),
  fc.record({
    network: fc.array(
      fc.tuple(
        name.map((section) => `${section}.metric`),
        value,
      ),
      { minLength: 1 },
    ),
  }),
  fc.record({
    section: fc.oneof(fc.constant('settings' as const), fc.nat(200)),
    set: fc.array(fc.tuple(fc.constantFrom('device', 'interface', 'metric'), value), { minLength: 1 }),
  }),
  fc.record({
    routeTo: address,
    by: fc.oneof(
      fc.record({ gateway: address, device: name, interface: name }),
      fc.record({ gateway: address, device: name }),
    ),
  }),
  fc.constantFrom<Cure>({ offload: 'hardware' }, { offload: 'all' }),
);

tap.test('every cure has a line on OpenWrt, and a shell takes no name for more than a word', async (t) => {
  const COMMANDS =
    /^(uci (set|delete|add|commit)|ubus call|\/etc\/init\.d\/\w+|ip route add|opkg|apk|apt-get|on |it belongs|see: )/;
  const property = fc.property(cures, (cure) => {
    const lines = openwrtWords(cure);
    if (lines.length === 0) throw new Error('nothing is said');
    for (const line of lines) {
      if (/[$`|<>()\\"#*?!~{}\n]/.test(line)) throw new Error(`a shell would act: ${line}`);
      for (const part of line.split(/; | && /))
        if (!COMMANDS.test(part)) throw new Error(`a command of nobody: ${part}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
