// By which way a packet of IPv6 leaves, as the models of the kernel say it in test/actuators/, and as a real kernel does.
// By hand, from another seed and for longer: SEED=100 SEEDS=50 npx tap --timeout 3000 test/lab/ways.test.ts
import { execa } from 'execa';
import tap, { type Test } from 'tap';
import { routeWords6 } from '../../lib/actuators/six/kind.js';
import { ruleWords } from '../../lib/actuators/tables/words.js';
import type { Rule } from '../../lib/model.js';
import { Kernel6 } from '../actuators/six/kernel.js';
import { type Packet, wayOf } from '../actuators/ways.js';
import { createRandom, type Random } from '../random.js';
import { createHosts, type Host } from './namespaces.js';

const SEED = Number(process.env.SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? 12);
/** Packets that are asked for after each of some upheavals. */
const [PACKETS, UPHEAVALS] = [150, 3];

const LAN = 'eth0';
const LINES = ['eth1', 'eth2', 'eth3'];
/** Main, those of two lines, and that of a VPN. */
const TABLES = ['254', '254', '254', '7700', '7701', '51820'];
const MAIN: Rule = { priority: 32766, table: '254', main: true, conditional: false };
const TYPES = ['unreachable', 'blackhole', 'prohibit', 'throw'];
const MARKS = [0, 0x1000000, 0x2000000, 0xca6c];
const HALVES = ['::/1', '8000::/1'];
const DESTINATIONS = ['default', 'default', 'default', ...HALVES, '2000::/3', '2606:4700::/32', '2606:4700::1'];
const INTERNET = ['2606:4700::1', '2606:4700::2', '2606:4701::1', '3000::1', '4000::1', '9000::1'];
const SOURCES = [...HALVES, '2001:db8:100::/48', '2001:db8:100::/56', '2001:db8:100:1::/64', '2001:db8:200::/56'];
const HOSTS = ['100:1::7', '100:2::7', '100:f00::7', '200::7', '900::7'].map((end) => `2001:db8:${end}`);

/**
 * A route, as it follows `ip -6 route add`.
 *
 * @param isNear what is for sources is for every destination
 */
function drawRoute(random: Random, isNear: boolean): string {
  const devices = random.shuffle(LINES).slice(0, random.pick([1, 1, 1, 2, 3]));
  const ways = devices.map((device) => ['via', `fe80::${device.at(-1)}`, 'dev', device]);
  const many = ways.flatMap((way) => ['nexthop', ...way, 'weight', `${1 + random.below(3)}`]);
  const [type, hops] = random.below(4) > 0 ? [[], ways.length > 1 ? many : ways.flat()] : [[random.pick(TYPES)], []];
  const from = random.below(2) > 0 ? ['from', random.pick(SOURCES)] : [];
  const more = ['metric', `${1 + random.below(3)}`, 'proto', '77', 'table', random.pick(TABLES)];
  const destination = isNear && from.length > 0 ? 'default' : random.pick(DESTINATIONS);
  return [...type, destination, ...from, ...more, ...hops].join(' ');
}

function drawRule(random: Random, priority: number): Rule {
  const [table, mark] = [random.pick(TABLES), random.pick(MARKS)];
  return {
    ...{ priority, table, main: table === '254', conditional: true },
    ...random.pick([{ from: random.pick([...SOURCES, ...HOSTS]) }, { oif: random.pick(LINES) }, {}]),
    ...random.pick([{ mark, mask: 0xff000000 }, { mark, mask: 0xffffffff }, {}, {}]),
    ...random.pick([{ suppress: random.pick([0, 1, 3]) }, {}]),
  };
}

function drawPacket(random: Random): Packet {
  return {
    to: random.pick(INTERNET),
    ...random.pick([{ from: random.pick([...HOSTS, 'fd00:1::7']) }, {}]),
    ...random.pick([{ mark: random.pick(MARKS) }, {}]),
    ...random.pick([{ oif: random.pick(LINES) }, {}, {}]),
  };
}

/** What follows `ip -6`. What has a source, and is bound to nothing, comes from the LAN. */
function question({ from, to, mark = 0, oif }: Packet): string {
  const bound = from === undefined ? [] : ['iif', LAN];
  const words = [...(from === undefined ? [] : ['from', from]), ...(oif === undefined ? bound : ['oif', oif])];
  return ['route', 'get', to, ...words, 'mark', mark].join(' ');
}

/** A kernel, and the model of it, which hear the same. */
class Twins {
  /** What they have heard, for whoever looks for a fault. */
  readonly told: string[] = [];
  readonly model = new Kernel6([]);
  asked = 0;
  private rules: Rule[] = [];

  constructor(
    private readonly t: Test,
    private readonly seed: number,
    private readonly host: Host,
  ) {}

  /** Lines for one `ip -6`. Returns what it printed for each; undefined where that failed. */
  private async ip(lines: string[]): Promise<(string | undefined)[]> {
    const args = ['-n', this.host.namespace, '-6', '-N', '-j', '-force', '-batch', '-'];
    const { stdout, stderr } = await execa('ip', args, { input: `${lines.join('\n')}\n`, reject: false });
    const failed = new Set([...stderr.matchAll(/Command failed -:(\d+)/g)].map(([, number]) => Number(number)));
    const answers = stdout.split('\n').filter((line) => line.startsWith('['));
    return lines.map((line, i) =>
      failed.has(i + 1) ? undefined : line.startsWith('route get') ? answers.shift() : '',
    );
  }

  /** Routes come and go, and devices. */
  async happen(lines: string[]): Promise<void> {
    const told: { line: string; refused: boolean }[] = [];
    for (const line of lines) {
      const words = line.split(' ');
      const [object, , device = '', state] = words;
      let refused = false;
      try {
        if (object === 'route') this.model.execute(words);
        else if (object === 'link') this.model.set(device, state as 'up' | 'down');
      } catch {
        refused = true;
      }
      // After a refused `add` this kernel forgets the routes for sources to that destination, but for the default, until the next one.
      const isForgotten = words.includes('from') && !words.includes('default');
      if (!refused || words[1] === 'del' || !isForgotten) told.push({ line, refused });
    }
    const answers = await this.ip(told.map(({ line }) => line));
    for (const [i, { line, refused }] of told.entries()) {
      this.told.push(refused ? `${line} (refused)` : line);
      // An address is there already, or not any more: whatever it is, it moves no route.
      if (!line.startsWith('addr') && refused !== (answers[i] === undefined))
        this.fail(line, `${refused ? 'not ' : ''}refused`);
    }
  }

  /** These rules come in place of those that there are. */
  async rule(rules: Rule[]): Promise<void> {
    const words = (rule: Rule) => [...ruleWords({ ...rule, kind: 'rule' }), 'protocol', '77'].join(' ');
    const lines = [
      ...this.rules.map((rule) => `rule del ${words(rule)}`),
      ...rules.map((rule) => `rule add ${words(rule)}`),
    ];
    this.rules = rules;
    this.told.push(...lines);
    if (lines.length > 0) this.t.notOk((await this.ip(lines)).includes(undefined), lines.join('\n'));
  }

  async compare(packets: Packet[]): Promise<void> {
    const answers = await this.ip(packets.map(question));
    const { routes, down } = this.model;
    this.asked += packets.length;
    for (const [i, packet] of packets.entries()) {
      const meant = wayOf(routes, [...this.rules, MAIN], packet, down);
      const [is] = JSON.parse(answers[i] ?? '[]') as { dev: string }[];
      if (is ? !meant?.nexthops.some(({ device }) => device === is.dev) : meant)
        this.fail(question(packet), `by ${is?.dev}, and not by ${JSON.stringify(meant)}`);
    }
  }

  private fail(line: string, words: string): void {
    if (this.t.passing()) for (const [i, heard] of this.told.entries()) this.t.comment(`${i} ${heard}`);
    this.t.fail(`seed ${this.seed}, after ${this.told.length}: ${line}: ${words}`);
  }
}

/** What follows `ip -6`: something that is there, or new, comes or goes. */
function drawChange(random: Random, { routes, down }: Kernel6): string {
  const [device, fresh, old] = [random.pick(LINES), drawRoute(random, true), random.pick([...routes])];
  const there = old === undefined ? fresh : wordsOf(old);
  return random.pick([
    ...[`route add ${fresh}`, `route add ${fresh}`, `route replace ${fresh}`, `route replace ${there}`],
    ...[`route del ${there}`, `route del ${there}`, `link set ${device} ${down.includes(device) ? 'up' : 'down'}`],
    `addr ${random.pick(['add', 'del'])} 2001:db8:${device.at(-1)}00:ff00::2/64 dev ${device} nodad`,
  ]);
}

function wordsOf(route: Kernel6['routes'][number]): string {
  const { type, protocol, table = '254' } = route;
  return [...(type === 'unicast' ? [] : [type]), ...routeWords6(route, ['proto', protocol, 'table', table])].join(' ');
}

/** Holds it for a kernel in a namespace of its own. */
async function hold(t: Test, seed: number, act: (twins: Twins, random: Random) => Promise<void>): Promise<number> {
  const link = (name: string) => [`link add ${name} type veth peer name far-${name}`, `link set far-${name} up`];
  const ip = [LAN, ...LINES].flatMap((name) => [...link(name), `link set ${name} up`]);
  const { hosts, remove } = await createHosts([{ name: `mwan-ways-${process.pid}-${seed}`, ip }]);
  t.teardown(remove);
  const [host] = hosts as [Host];
  await host.sysctl('net.ipv6.conf.all.forwarding=1');
  const twins = new Twins(t, seed, host);
  await act(twins, createRandom(seed));
  remove();
  return twins.asked;
}

/** Random packets, under random rules. */
async function compare(twins: Twins, random: Random): Promise<void> {
  await twins.rule(Array.from({ length: random.below(8) }, (_, i) => drawRule(random, 100 + i)));
  await twins.compare(Array.from({ length: PACKETS }, () => drawPacket(random)));
}

tap.test('random tables and rules, while routes, devices and addresses come and go', async (t) => {
  let asked = 0;
  for (let seed = SEED; seed < SEED + SEEDS && t.passing(); seed++)
    asked += await hold(t, seed, async (twins, random) => {
      await twins.happen(Array.from({ length: 20 }, () => `route add ${drawRoute(random, true)}`));
      for (let upheaval = 0; upheaval < UPHEAVALS && t.passing(); upheaval++) {
        for (let changes = random.below(8); changes > 0; changes--)
          await twins.happen([drawChange(random, twins.model)]);
        await compare(twins, random);
      }
    });
  t.equal(asked, SEEDS * UPHEAVALS * PACKETS, `packets, from seed ${SEED}`);
});

// Not if some are deleted: then the kernel may forget others. So ours are none of these (lib/actuators/six/want.ts).
tap.test('routes for sources to parts of the Internet', async (t) => {
  for (let seed = SEED; seed < SEED + SEEDS && t.passing(); seed++)
    await hold(t, seed, async (twins, random) => {
      await twins.happen(Array.from({ length: 30 }, () => `route add ${drawRoute(random, false)}`));
      await compare(twins, random);
    });
});
