import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lab, TARGETS } from '../lab.js';
import { Machine } from '../machine.js';
import { Line, now } from './line.js';

/** Stand-ins come first. */
const PATH = '/usr/local/sbin:/usr/sbin:/usr/bin:/usr/local/bin';
const HOOK = '/etc/hotplug.d/iface/25-mini-mwan';
/** Routes of nobody's WAN; the first is the LAN's. */
const OTHERS = [
  '192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1',
  'blackhole 10.66.0.0/16 proto static',
];

export interface Settings {
  mode: 'failover' | 'multiuplink';
  sticky: number;
  /** s. */
  check_interval: number;
  metrics: number[];
}

/** A router with four WANs and mini-mwan installed on it, and what was done to them. */
export class Router {
  settings: Settings = { mode: 'failover', sticky: 0, check_interval: 5, metrics: [10, 20, 30, 40] };
  /** s; until then, what keeps rounds from doing their work is ours. */
  disturbed = 0;
  /** Something of ours is changing routes right now. */
  acting = 0;
  /** When we last did, s. */
  acted = now();
  /**
   * When routes last went by what we did, s: with a device or an address the kernel removes some, and a shared one as a whole;
   * a new default of the system, or `restore`, may lead to a dead line until the next round.
   */
  rerouted = 0;
  readonly history: string[] = [];
  /** Complaints that say that they are bugs. */
  readonly bugs: string[] = [];

  private constructor(
    readonly lab: Lab,
    readonly machine: Machine,
    readonly lines: Line[],
  ) {}

  static async create(): Promise<Router> {
    const lab = await Lab.create([{}, {}, { tunnel: true }, {}]);
    const machine = await Machine.create(lab);
    await machine.makeOpenwrt();
    await mkdir(join(lab.folder, 'soak'));
    const router = new Router(
      lab,
      machine,
      lab.isps.map((_, i) => new Line(i + 1, i === 2)),
    );
    await machine.run('mkdir -p /usr/local/sbin');
    for (const program of ['ip', 'ping', 'ubus']) await router.standIn(program);
    await lab.router.ip('route add blackhole 10.66.0.0/16 proto static');
    await router.tell();
    return router;
  }

  /** The program itself, unless there is a file that says what is wrong with it. */
  private async standIn(program: string): Promise<void> {
    const fault = join(this.lab.folder, 'soak', program);
    const real =
      program === 'ubus'
        ? `cat ${this.lab.folder}/soak/netifd`
        : `$(PATH=/usr/sbin:/usr/bin command -v ${program}) "$@"`;
    await this.machine.write(
      `/usr/local/sbin/${program}`,
      `#!/bin/sh\n[ ! -e ${fault} ] || . ${fault}\nexec ${real}\n`,
      '755',
    );
  }

  /** Spoils a program by some lines of shell before it; mends it without any. */
  async spoil(program: string, script?: string): Promise<void> {
    const file = join(this.lab.folder, 'soak', program);
    if (script === undefined) await rm(file, { force: true });
    else await this.put(file, `${script}\n`);
  }

  private async put(file: string, text: string): Promise<void> {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }

  /** Runs a shell script on the router. */
  async run(script: string, env: Record<string, string> = {}) {
    const result = await this.machine.run(script, { env: { PATH, ...env } });
    if (/this is a bug|syntax error/.test(result.stderr)) this.bugs.push(result.stderr.slice(0, 2000));
    return result;
  }

  note(text: string): void {
    this.history.push(`${new Date().toISOString().slice(11, 21)} ${text}`);
  }

  /** Does what changes routes. */
  async act<T>(work: () => Promise<T>): Promise<T> {
    this.acting += 1;
    try {
      return await work();
    } finally {
      this.acting -= 1;
      this.acted = now();
    }
  }

  /** netifd answers by what it has been told. */
  async tell(line?: Line): Promise<void> {
    if (line) line.told = { up: line.present, gateway: line.gateway };
    const list = this.lines.map(({ i, tunnel, told }) => ({
      interface: `net${i}`,
      up: told.up,
      metric: 0,
      ...(told.up
        ? { l3_device: `eth${i}`, route: [{ target: '0.0.0.0', mask: 0, nexthop: tunnel ? '0.0.0.0' : told.gateway }] }
        : {}),
    }));
    await this.put(join(this.lab.folder, 'soak/netifd'), JSON.stringify({ interface: list }));
  }

  async event(line: Line, ACTION: string): Promise<void> {
    const more: Record<string, string> = ACTION === 'ifdown' ? {} : { DEVICE: line.device, IFUPDATE_ROUTES: '1' };
    await this.run(`. ${HOOK}`, { ACTION, INTERFACE: `net${line.i}`, ...more });
  }

  async configure(settings: Settings): Promise<void> {
    this.settings = settings;
    const { metrics, ...rest } = settings;
    const wans = this.lines.map(({ i, device }): [string, Record<string, string | number | string[]>] => [
      `wan${i}`,
      {
        ...(i === 2 ? { interface: 'net2' } : { device }),
        metric: metrics[i - 1] as number,
        ping_target: TARGETS,
        weight: i,
      },
    ]);
    await this.lab.configure(Object.fromEntries(wans), { ...rest, notify: '/bin/true' });
    await this.put(join(this.lab.folder, 'etc/config/mini-mwan'), await readFile(this.lab.config, 'utf8'));
  }

  /** The system's own routes as they should be, sorted. */
  get foreign(): string[] {
    return [...OTHERS, ...this.lines.flatMap(({ routes }) => routes)].sort();
  }

  /** Processes on the router, without those of the lab: pid, and command line. */
  async processes(): Promise<{ pid: number; command: string }[]> {
    // Not one that is on the router itself.
    const { stdout } = await this.lab.internet.run('ip', ['netns', 'pids', this.lab.router.namespace]);
    const all = stdout
      .split('\n')
      .filter(Boolean)
      .map(async (pid) => {
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
        return { pid: Number(pid), command };
      });
    return (await Promise.all(all)).filter(({ command }) => command !== '' && !/^(socat|sleep infinity)/.test(command));
  }
}
