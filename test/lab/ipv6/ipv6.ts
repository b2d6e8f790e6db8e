import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, TARGETS } from '../lab.js';
import type { Host } from '../namespaces.js';
import {
  delegation,
  internetLines,
  ispCore,
  ispLines,
  ispRules,
  lanLines,
  onLan,
  own,
  routerCable,
  wayBack,
} from './beginnings.js';
import {
  clientOn,
  defaultsOf,
  type Lan6,
  type Line,
  type Line6,
  prefixOf,
  routerOn,
  TARGETS6,
  ULA,
} from './topology.js';

export { TARGETS6 };

/** Sources, and how many packets came of each. */
export type Counts = Record<string, number>;

/**
 * IPv6 of a lab: ISP i delegates 2001:db8:i00::/56, drops what has another source (BCP 38), and reaches an Internet that answers for
 * TARGETS6. The router has defaults as netifd makes them, the LAN client an address of each prefix.
 */
export class Ipv6 {
  private constructor(
    private readonly lab: Lab,
    /** By position of the ISP; undefined for one without IPv6. */
    private readonly lines: (Line | undefined)[],
    readonly lan: Required<Lan6>,
  ) {}

  /** Brings IPv6 to a lab. @param setup what each ISP gives, nothing for one that has only IPv4 */
  static async add(
    lab: Lab,
    setup: (Line6 | undefined)[] = [{}, {}],
    { prefixes, ula = false }: Lan6 = {},
  ): Promise<Ipv6> {
    const lines = setup.map((line, n) => line && { ...USUAL, ...line, i: n + 1, change: 0 });
    const able = lines.filter((line) => line !== undefined);
    const delegating = able.filter(({ delegated }) => delegated !== 'none').map(({ i }) => i);
    const six = new Ipv6(lab, lines, { prefixes: prefixes ?? delegating, ula });
    const forwarding = 'net.ipv6.conf.all.forwarding=1';
    await lab.internet.sysctl(forwarding);
    await ipAll(lab.internet, internetLines(able));
    for (const line of able) {
      const isp = lab.isp(line.i);
      await isp.sysctl(forwarding);
      await ipAll(isp, [...ispCore, ...ispLines(line)]);
      await isp.nft(ispRules(line));
    }
    const { router, client } = lanLines(
      six.lan.prefixes.map((i) => six.line(i)),
      ula,
    );
    await lab.router.sysctl(forwarding);
    await ipAll(lab.router, [...router, ...able.flatMap(routerCable)]);
    await ipAll(lab.client, client);
    return six;
  }

  line(i: number): Line {
    const line = this.lines[i - 1];
    if (!line) throw new Error(`ISP ${i} of the lab has no IPv6`);
    return line;
  }

  /** Of all ISPs. */
  get numbers(): number[] {
    return this.lines.map((_, n) => n + 1);
  }

  has(i: number): boolean {
    return this.lines[i - 1] !== undefined;
  }

  /** The client's address of the prefix of ISP i; of the LAN's own, for 0. */
  source(i: number): string {
    return i === 0 ? `${ULA}2` : clientOn(this.line(i));
  }

  /** IPv6 of a line is lost without a word beyond its gateway; its IPv4 is not. */
  async silence(i: number): Promise<void> {
    await this.lab.isp(i).nft('flush chain ip6 lab cut\nadd rule ip6 lab cut drop');
  }

  /** Both families. */
  async silenceAll(i: number): Promise<void> {
    await this.silence(i);
    await this.lab.silence(i);
  }

  /** Both families. */
  async heal(i: number): Promise<void> {
    await this.lab.heal(i);
    if (this.has(i)) await this.lab.isp(i).nft('flush chain ip6 lab cut');
  }

  /** The cable is in again after `unplug` of the lab, which took the addresses of the ISP's device. */
  async plug(i: number): Promise<void> {
    await this.lab.plug(i);
    await ipAll(this.lab.isp(i), ispLines(this.line(i)));
  }

  /** The ISP delegates another prefix: the router and its client have lost the old one and learned the new. */
  async changePrefix(i: number): Promise<void> {
    const line = this.line(i);
    await this.take(line);
    line.change++;
    await this.lab.isp(i).nft(own(line));
    await ipAll(this.lab.isp(i), delegation(line));
    await ipAll(this.lab.internet, wayBack(line));
    await ipAll(this.lab.router, [...onLan(line).router, `route replace ${defaultsOf(line)[0]}`]);
    await ipAll(this.lab.client, onLan(line).client);
  }

  /** The ISP delegates nothing any more, and the router and its client have lost what they had. */
  async withdraw(i: number): Promise<void> {
    const line = this.line(i);
    await this.take(line);
    line.delegated = 'none';
    await this.lab.isp(i).nft(own(line));
    await ipAll(this.lab.internet, wayBack(line));
  }

  private async take(line: Line): Promise<void> {
    const source = line.defaults === 'by source' ? [`route del ${defaultsOf(line)[0]}`] : [];
    await ipAll(this.lab.router, [...source, `addr del ${routerOn(line)}/64 dev eth0`]);
    await ipAll(this.lab.client, [`addr del ${clientOn(line)}/64 dev eth0`]);
    await ipAll(this.lab.isp(line.i), [`route del ${prefixOf(line)} dev wan`]);
    await ipAll(this.lab.internet, [`route del ${prefixOf(line)} dev isp${line.i}`]);
  }

  /** Does the LAN client reach the Internet from its address of this ISP's prefix, within so many s? 0 for the LAN's own. */
  async reaches(i: number, target = TARGETS6[0] as string, patience = 1): Promise<boolean> {
    const words = ['-6', '-n', '-c', '1', '-W', String(patience), '-I', this.source(i), target];
    return (await this.lab.client.run('ping', words, { reject: false })).exitCode === 0;
  }

  /** Pings all the time from such an address, until asked how many were sent and lost. */
  traffic(
    i: number,
    interval = 0.01,
    target = TARGETS6[0] as string,
  ): { stop(): Promise<{ sent: number; lost: number }> } {
    const words = ['-6', '-n', '-q', '-i', String(interval), '-W', '1', '-I', this.source(i), target];
    const ping = this.lab.client.start('ping', words);
    return {
      stop: async () => {
        // What is under way may arrive.
        await sleep(100);
        ping.kill('SIGINT');
        const { stdout } = await ping;
        const [, sent = '', received = ''] = /(\d+) packets transmitted, (\d+) received/.exec(String(stdout)) ?? [];
        return { sent: Number(sent), lost: Number(sent) - Number(received) };
      },
    };
  }

  /** What came to ISP i from the router since `forget`, by source, whatever became of it. */
  async seen(i: number): Promise<Counts> {
    return this.counts(i, 'seen');
  }

  /** What ISP i dropped of it, because its source was not of its prefixes. */
  async foreign(i: number): Promise<Counts> {
    return this.counts(i, 'foreign');
  }

  private async counts(i: number, set: string): Promise<Counts> {
    const { stdout } = await this.lab.isp(i).run('nft', ['list', 'set', 'ip6', 'lab', set]);
    const found = stdout.matchAll(/([0-9a-f:]+) counter packets (\d+)/g);
    return Object.fromEntries([...found].map(([, source, packets]) => [source, Number(packets)]));
  }

  async forget(): Promise<void> {
    for (const { i } of this.lines.filter((line) => line !== undefined))
      await this.lab.isp(i).nft('flush set ip6 lab seen\nflush set ip6 lab foreign');
  }

  /** Table main as `ip -6 route` prints it, a line for each. */
  async routes(filter = ''): Promise<string[]> {
    const text = await this.lab.router.ip(`-o -6 route show${filter === '' ? '' : ` ${filter}`}`);
    return text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter(Boolean);
  }

  /** Our own. */
  async ours(): Promise<string[]> {
    return this.routes('proto 77');
  }

  /** Our nft table for IPv6 as nft prints it; nothing if there is none. */
  async table(): Promise<string> {
    const words = ['list', 'table', 'ip6', 'mini_mwan'];
    return (await this.lab.router.run('nft', words, { reject: false })).stdout;
  }

  /** All of IPv6 that somebody could have changed: routes and rules of all tables, addresses, nft. */
  async everything(): Promise<string[]> {
    const ip = await Promise.all(
      ['-o -6 route show table all', '-6 rule show', '-o -6 addr show'].map((line) => this.lab.router.ip(line)),
    );
    const { stdout } = await this.lab.router.run('nft', ['list', 'ruleset']);
    // The kernel gives a device without IPv6 an address of its link, a second or two later.
    return [...ip, stdout]
      .join('\n')
      .split('\n')
      .filter((line) => !/\bfe80::(?!aa\b|\d\b)/.test(line));
  }

  /** The usual configuration, with IPv6: WAN i is `wanI` on ethI. */
  async configure(
    more: Record<string, string | number | string[]> = {},
    settings: Record<string, string | number> = {},
  ): Promise<void> {
    const wan = (i: number) => ({
      device: `eth${i}`,
      metric: 10 * i,
      ping_target: TARGETS,
      ping_target6: TARGETS6,
      ...more,
    });
    await this.lab.configure(Object.fromEntries(this.numbers.map((i) => [`wan${i}`, wan(i)])), {
      ipv6: 1,
      ...settings,
    });
  }
}

const USUAL = { delegated: 56, address: '/64', defaults: 'by source', metric: 512 } as const;

/** Batches of `ip` are of one family. */
async function ipAll(host: Host, lines: string[]): Promise<void> {
  await host.run('ip', ['-6', '-batch', '-'], { input: `${lines.join('\n')}\n` });
}
