import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHosts, type Host, whatIsMissing } from './namespaces.js';
import { commandText, layScripts, QUICKJS, type Scripts } from './program.js';
import { cable, hostsOf, systemDefault, TARGETS, type WanSetup } from './topology.js';

export { TARGETS, type WanSetup };

/** For sed: the state is as if no line had ever been judged. One that falls again and again is not trusted so soon. */
export const FORGET = 's/^falls=.*/falls=0/; s/^judged=.*/judged=0/; s/^status=down/status=unknown/';

/**
 * A program for the LAN client: two UDP packets to each of so many addresses of the benchmark network (RFC 2544), from the
 * port that it is given. The masquerading router drops the packet with which a flow changes its WAN: so the second one tells.
 */
const SENDER = `
const socket = require('node:dgram').createSocket('udp4');
const [count, port] = process.argv.slice(1).map(Number);
const send = () => {
  for (let i = 0; i < count; i++) socket.send('x', 9, \`198.18.\${i >> 8}.\${i & 255}\`);
};
socket.bind(port, () => {
  send();
  setTimeout(send, 100);
  setTimeout(() => socket.close(), 200);
});
`;

function flowAddress(i: number): string {
  return `198.18.${i >> 8}.${i & 255}`;
}

/**
 * A router with a LAN client behind it and several ISPs before it, all reaching one Internet:
 *
 *     client --- eth0 router eth1 --- ISP 1 ---+
 *                            eth2 --- ISP 2 ---+--- 1.1.1.1, 8.8.8.8
 */
export class Lab {
  readonly folder: string;
  readonly config: string;
  readonly state: string;
  /** Folder that comes first in PATH, for programs that stand in for real ones. */
  readonly bin: string;
  /** The words that start the program. */
  readonly program: string[];

  private constructor(
    readonly router: Host,
    readonly client: Host,
    readonly internet: Host,
    readonly isps: Host[],
    private readonly setup: WanSetup[],
    program: string[],
    private readonly removeHosts: () => void,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'mini-mwan-lab-'));
    this.config = join(this.folder, 'mini-mwan');
    this.state = join(this.folder, 'mini-mwan.status');
    this.bin = join(this.folder, 'bin');
    this.program = program;
  }

  /**
   * Builds a lab. Whatever is built goes with `remove`, or with this process.
   *
   * @param filters false: for a kernel without nftables; the LAN does not reach the Internet, and no line falls silent
   * @param program the words that start the program: on which engine
   */
  static async create(
    setup: WanSetup[] = [{}, {}],
    { filters = true, program = QUICKJS }: { filters?: boolean; program?: string[] } = {},
  ): Promise<Lab> {
    const missing = whatIsMissing();
    if (missing !== undefined) throw new Error(missing);
    const id = randomBytes(3).toString('hex');
    const { hosts, remove } = await createHosts(hostsOf(`mwan-${id}`, setup, filters));
    const [client, ...isps] = hosts as [Host, ...Host[]];
    const [internet, router] = isps.splice(-2) as [Host, Host];
    const lab = new Lab(router, client, internet, isps, setup, program, remove);
    process.once('exit', lab.remove);
    try {
      for (const [i, { tunnel }] of setup.entries()) {
        if (!tunnel) continue;
        await lab.attach(i + 1);
        await lab.addSystemDefault(i + 1);
      }
    } catch (error) {
      lab.remove();
      throw error;
    }
    return lab;
  }

  remove = (): void => {
    process.off('exit', this.remove);
    this.removeHosts();
    rmSync(this.folder, { recursive: true, force: true });
  };

  /** Makes the router's device of WAN i and the other end of it at the ISP, with their addresses. */
  async attach(i: number): Promise<void> {
    if (this.setup[i - 1]?.tunnel) await this.connectTunnel(i);
    else {
      const lines = cable(i, this.router.namespace);
      await this.isp(i).ipAll(lines.isp);
      await this.router.ipAll(lines.router);
    }
  }

  /** Takes that device away, as when somebody pulls out a modem, and all routes through it with it. */
  async detach(i: number): Promise<void> {
    if (this.setup[i - 1]?.tunnel) {
      const { stdout } = await this.router.run('ip', ['netns', 'pids', this.isp(i).namespace]);
      for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid));
    } else await this.isp(i).ip('link del wan');
    await until(async () => !(await this.router.ip('-br link')).includes(`eth${i}`));
  }

  /** A tun device at either end, and a process in between that carries the packets. */
  private async connectTunnel(i: number): Promise<void> {
    const tun = (name: string) => `TUN,tun-name=${name},tun-type=tun,iff-no-pi,iff-up`;
    // SOCK_SEQPACKET (type 5) keeps packets apart.
    const wire = `${join(this.folder, `tunnel${i}`)},type=5`;
    this.isp(i).start('socat', [`UNIX-LISTEN:${wire}`, tun('wan')]);
    this.router.start('socat', [`UNIX-CONNECT:${wire},retry=100,interval=0.02`, tun(`eth${i}`)]);
    await until(async () => {
      await this.isp(i).ip('link show dev wan');
      await this.router.ip(`link show dev eth${i}`);
      return true;
    });
    await this.isp(i).ip(`addr add 100.64.${i}.1 peer 100.64.${i}.2 dev wan`);
    await this.router.ip(`addr add 100.64.${i}.2 peer 100.64.${i}.1 dev eth${i}`);
  }

  isp(i: number): Host {
    const isp = this.isps[i - 1];
    if (!isp) throw new Error(`the lab has no ISP ${i}`);
    return isp;
  }

  /** The default route that the system has for a WAN, as netifd would install it. */
  async addSystemDefault(i: number, gateway?: string): Promise<void> {
    await this.router.ipAll(systemDefault(i, this.setup[i - 1] ?? {}, gateway));
  }

  /** Beyond the gateway of ISP i everything is lost without a word; `share` of 1 for all of it. */
  async silence(i: number, share = 1): Promise<void> {
    // One direction only, or the shares of both would add up.
    const which = share === 1 ? '' : `iifname "wan" numgen random mod 100 < ${Math.round(share * 100)} `;
    await this.isp(i).nft(`flush chain ip lab cut\nadd rule ip lab cut ${which}drop`);
  }

  /** It loses three of five packets in turn, so that no chance has a part in what is judged by shares. */
  async loseSome(i: number): Promise<void> {
    await this.isp(i).nft('flush chain ip lab cut\nadd rule ip lab cut iifname "wan" numgen inc mod 5 < 3 drop');
  }

  async heal(i: number): Promise<void> {
    await this.isp(i).nft('flush chain ip lab cut');
  }

  /** Pulls the cable at the ISP's end: the router's device loses its carrier and keeps its routes. */
  async unplug(i: number): Promise<void> {
    await this.isp(i).ip('link set wan down');
  }

  /** Plugs it in again. It is back when packets leave at both ends: for a second, the kernel may not have seen its carrier. */
  async plug(i: number): Promise<void> {
    await this.isp(i).ip('link set wan up');
    for (const host of [this.isp(i), this.router])
      await until(async () => !/LOWER_UP.* state DOWN/.test(await host.ip('-o link')));
  }

  /** The ISP has another gateway from now on, and the system has learned it. */
  async changeGateway(i: number): Promise<void> {
    await this.isp(i).ipAll([`addr del 100.64.${i}.1/24 dev wan`, `addr add 100.64.${i}.254/24 dev wan`]);
    await this.router.ip(`neigh flush dev eth${i}`);
    await this.addSystemDefault(i, `100.64.${i}.254`);
  }

  /** Writes the configuration: settings, then options by section name. */
  async configure(
    wans: Record<string, Record<string, string | number | string[]>>,
    settings: Record<string, string | number> = {},
  ): Promise<void> {
    const section = (head: string, options: Record<string, string | number | string[]>) => [
      head,
      ...Object.entries(options).flatMap(([name, value]) =>
        Array.isArray(value) ? value.map((v) => `\tlist ${name} '${v}'`) : [`\toption ${name} '${value}'`],
      ),
      '',
    ];
    const lines = [
      ...section("config settings 'settings'", { enabled: 1, mode: 'failover', ...settings }),
      ...Object.entries(wans).flatMap(([name, options]) => section(`config interface '${name}'`, options)),
    ];
    await writeFile(this.config, lines.join('\n'));
  }

  /** The usual: WAN i is called `wanI`, on ethI, with metric 10 times i and both targets. */
  async configureAll(
    more: Record<string, string | number | string[]> = {},
    settings: Record<string, string | number> = {},
  ): Promise<void> {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS, ...more });
    await this.configure(Object.fromEntries(this.isps.map((_, i) => [`wan${i + 1}`, wan(i + 1)])), settings);
  }

  /** As if `check_interval` had gone by since the last round: only then does a good one count. */
  async later(): Promise<void> {
    const text = await readFile(this.state, 'utf8');
    await writeFile(this.state, text.replaceAll(/^last_good=\d.*$/gm, 'last_good=0.00'));
  }

  /** Runs mini-mwan on the router, by a program that is named by words in `by`; programs in `hide` are not there for it. */
  async mwan(
    command: string,
    { env = {}, hide = [], by = [] }: { env?: Record<string, string>; hide?: string[]; by?: string[] } = {},
  ) {
    const args = [...by, ...this.program, ...command.split(' '), '--config', this.config, '--state', this.state];
    const covers = hide.map((program) => `mount --bind /dev/null "$(readlink -f "$(command -v ${program})")" && `);
    const begun = performance.now();
    // `ip netns exec` gives it mounts of its own.
    const result = await this.router.run('sh', ['-c', `${covers.join('')}PATH=$0; exec "$@"`, this.path, ...args], {
      env,
      reject: false,
    });
    return { ...result, ms: performance.now() - begun };
  }

  /**
   * Runs a shell script on the router as on a system of its own: /etc, /run and the crontabs are this lab's, the
   * configuration is in its place, and `mini-mwan` is a command.
   */
  async system(script: string, { shell = 'sh', env = {} }: { shell?: string; env?: Record<string, string> } = {}) {
    await mkdir(this.bin, { recursive: true });
    // A script of the test's own stays.
    const command = { flag: 'wx', mode: 0o755 };
    await writeFile(join(this.bin, 'mini-mwan'), commandText(this.program), command).catch(() => {});
    // Others that run here never see half of it.
    const [there, part] = [`${this.folder}/etc/config`, `${this.folder}/etc/mini-mwan.$$`];
    const etc = `mkdir -p ${there} ${this.folder}/run; cp -p ${this.config} ${part}; mv ${part} ${there}/mini-mwan`;
    const mounts = ['etc', 'run'].map((name) => `mount --bind ${this.folder}/${name} /${name}`).join('; ');
    const begun = performance.now();
    const result = await this.router.run(
      'sh',
      ['-c', `set -e; ${etc}; ${mounts}; PATH=$0; exec ${shell} -c "$1"`, this.path, script],
      {
        env,
        reject: false,
      },
    );
    return { ...result, ms: performance.now() - begun };
  }

  /** The scripts that cron and netifd run, for `system`. @param program how they start the program */
  async scripts(program = this.program): Promise<Scripts> {
    return layScripts(join(this.folder, 'lib'), program);
  }

  /** PATH on the router. */
  get path(): string {
    return `${this.bin}:${process.env.PATH}:/usr/sbin:/sbin`;
  }

  /** Puts a shell script in place of a program. */
  async replace(program: string, script: string): Promise<void> {
    await mkdir(this.bin, { recursive: true });
    await writeFile(join(this.bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** netifd, as far as `ubus call network.interface dump` goes: gateway by interface name, WAN i on ethI. */
  async netifd(gateways: Record<string, string | undefined>): Promise<void> {
    const interfaces = Object.entries(gateways).map(([name, nexthop], i) => ({
      interface: name,
      up: nexthop !== undefined,
      metric: 0,
      ...(nexthop === undefined ? {} : { l3_device: `eth${i + 1}`, route: [{ target: '0.0.0.0', mask: 0, nexthop }] }),
    }));
    await this.replace('ubus', `cat <<'END'\n${JSON.stringify({ interface: interfaces })}\nEND`);
  }

  /** The device by which a packet of the LAN client leaves the router. */
  async exit(target = '1.1.1.1'): Promise<string> {
    const way = await this.router.ip(`route get ${target} from 192.168.1.2 iif eth0`, { reject: false });
    return / dev (\S+)/.exec(way)?.[1] ?? 'nowhere';
  }

  /** Does the LAN client reach the Internet? */
  async reaches(target = '1.1.1.1'): Promise<boolean> {
    const { exitCode } = await this.client.run('ping', ['-n', '-c', '1', '-W', '1', target], { reject: false });
    return exitCode === 0;
  }

  /** Pings from the LAN client all the time, every `interval` s, until asked how many were sent and lost. */
  traffic(interval = 0.01, target = '1.1.1.1'): { stop(): Promise<{ sent: number; lost: number }> } {
    const ping = this.client.start('ping', ['-n', '-q', '-i', String(interval), '-W', '1', target]);
    return {
      stop: async () => {
        // What is under way may arrive.
        await sleep(100);
        const { stdout: pids } = await this.client.run('ip', ['netns', 'pids', this.client.namespace]);
        for (const pid of pids.split('\n').filter(Boolean)) if (await isPing(pid)) process.kill(Number(pid), 'SIGINT');
        const { stdout } = await ping;
        const [, sent = '', received = ''] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
        return { sent: Number(sent), lost: Number(sent) - Number(received) };
      },
    };
  }

  /**
   * Sends a packet of each of `count` flows from the LAN client, to as many addresses, and tells by which ISP each went: its
   * number, or 0 for those that nobody saw.
   *
   * @param port from which they come: the same flows each time
   */
  async paths(count: number, port = 4242): Promise<number[]> {
    const seen =
      'add set ip lab seen { type ipv4_addr; flags dynamic; size 10000; }; flush set ip lab seen; ' +
      'add rule ip lab flows ip daddr 198.18.0.0/15 add @seen { ip daddr }';
    for (const isp of this.isps) {
      await isp.nft(
        `add chain ip lab flows { type filter hook forward priority 1; }; flush chain ip lab flows; ${seen}`,
      );
    }
    await this.client.run(process.execPath, ['-e', SENDER, String(count), String(port)]);
    const list = this.isps.map(async (isp) => (await isp.run('nft', ['list', 'set', 'ip', 'lab', 'seen'])).stdout);
    const found = (await Promise.all(list)).map((text) => new Set(text.match(/198\.18\.\d+\.\d+/g)));
    return Array.from({ length: count }, (_, i) => 1 + found.findIndex((set) => set.has(flowAddress(i))));
  }

  /** How many of `count` flows each ISP saw. */
  async flows(count: number, port?: number): Promise<number[]> {
    const paths = await this.paths(count, port);
    return this.isps.map((_, i) => paths.filter((isp) => isp === i + 1).length);
  }

  /** Table main as `ip route` prints it, a line for each. */
  async routes(filter = ''): Promise<string[]> {
    const text = await this.router.ip(`route show${filter === '' ? '' : ` ${filter}`}`);
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  }

  /** Our own routes. */
  async ours(): Promise<string[]> {
    return this.routes('proto 77');
  }

  /** What happens to the routes while something runs, as `ip monitor` tells it. */
  async monitor(work: () => Promise<unknown>): Promise<string[]> {
    const monitor = this.router.start('ip', ['monitor', 'route', 'nexthop']);
    await sleep(100);
    await work();
    await sleep(100);
    monitor.kill('SIGKILL');
    const { stdout } = await monitor;
    // Neighbours and IPv6 come along; the table in question is IPv4.
    return String(stdout)
      .split('\n')
      .filter((line) => line !== '' && !line.includes('fe80') && !line.includes('ff00'));
  }
}

async function isPing(pid: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'ping';
}

/** Waits until something is true; `patience` in ms: without a promise of how soon, long enough for a machine that is busy. */
export async function until(what: () => Promise<boolean>, patience = 20_000): Promise<void> {
  for (const end = Date.now() + patience; ; await sleep(20)) {
    const done = await what().catch((error: unknown) => error);
    if (done === true) return;
    if (Date.now() > end) throw new Error('it did not happen in time', { cause: done });
  }
}
