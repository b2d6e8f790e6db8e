import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { Lab } from '../lab.js';
import { QUICKJS } from '../program.js';
import { Provider } from './provider.js';
import type { LineType, Values } from './settings.js';
import * as settings from './settings.js';

const PATH = '/usr/local/bin:/bin:/usr/bin:/sbin:/usr/sbin';
const FILES = resolve('test/lab/ipfire/files');
const INIT = resolve('test/lab/ipfire/init.sh');
const BOOT = resolve('test/lab/ipfire/boot.sh');
/** The web server's user and group on the machine. */
const NOBODY = 99;

export const ETHERNET = '/var/ipfire/ethernet/settings';
export const PPP = '/var/ipfire/ppp/settings';

interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string;
  /** s after which it is killed, and all that it started and that is not detached. */
  seconds?: number;
}

/**
 * A stand-in for an IPFire, with mounts and processes of its own: scripts that do what IPFire's do, traps included, in IPFire's
 * places. Line i is the device red<i>, at an ISP of its own; RED is red0 at first.
 *
 *     client --- green0 IPFire red0 --- ISP of line 0 ---+
 *                              red1 --- ISP of line 1 ---+--- 1.1.1.1, 8.8.8.8
 */
export class IpfireLab {
  private constructor(
    readonly lab: Lab,
    /** Its first process, as the outside knows it. */
    private readonly pid: string,
    private readonly providers: Provider[],
  ) {}

  /**
   * Builds it, with RED up. Whatever is built goes with `remove`, or with this process.
   *
   * @param primary what line 0 is
   * @param backups what lines 1, 2, … are; each has a profile, backup1, backup2, …
   * @param program the words that start mini-mwan: on which engine
   * @param boot false: it is not started, RED is down
   */
  static async create({
    primary = 'STATIC' as LineType,
    backups = ['STATIC'] as LineType[],
    program = QUICKJS,
    boot = true,
  } = {}): Promise<IpfireLab> {
    if (!['dhcpcd', 'dnsmasq'].every((program) => existsSync(join('/usr/sbin', program))))
      throw new Error('the lab needs these packages: apt-get install --no-install-recommends dhcpcd-base dnsmasq-base');
    const types = [primary, ...backups];
    const lab = await Lab.create(
      types.map(() => ({ systemMetric: 'none' as const })),
      { program },
    );
    try {
      await rewire(lab, types.length);
      const init = lab.router.start('unshare', [
        '-m',
        '-p',
        '-f',
        '--kill-child',
        INIT,
        FILES,
        join(lab.folder, 'ipfire'),
      ]);
      const pid = await firstLine(init);
      const machine = new IpfireLab(
        lab,
        pid,
        types.map((_, i) => new Provider(lab, i)),
      );
      await machine.furnish(types);
      if (boot) await machine.boot();
      return machine;
    } catch (error) {
      lab.remove();
      throw error;
    }
  }

  remove = (): void => this.lab.remove();

  /** Fills IPFire's files, and those of mini-mwan. */
  private async furnish(types: LineType[]): Promise<void> {
    const [primary = 'STATIC', ...backups] = types;
    await this.write(ETHERNET, settings.asText(settings.ethernet(primary, types.length)));
    await this.write(PPP, '');
    await this.write('/var/ipfire/ppp/secrets', '', 0o600);
    await this.setRed(0, primary);
    for (const [i, type] of types.entries()) {
      const { USERNAME, PASSWORD } = settings.credentials(i);
      const session = [
        `${settings.dialled(i)} ${settings.gateway(i)} ${settings.gateway(i)} 9.9.9.9`,
        USERNAME,
        PASSWORD,
      ];
      await this.write(`/etc/lab/ppp/${settings.device(i)}.session`, `${session.join('\n')}\n`);
      if (type === 'DHCP' || type === 'QMI') await this.dhcpServer(i, true);
      if (type === 'PPPOE' || type === 'QMI') await this.ppp(i, 'ok');
      if (type === 'QMI') await this.run('cp', ['-a', '/dev/null', settings.modem(i)]);
    }
    for (const [i, type] of backups.entries()) await this.profile(`backup${i + 1}`, settings.profile(i + 1, type));
    await this.mwanSettings({ BACKUP_PROFILES: backups.map((_, i) => `backup${i + 1}`).join(' ') });
    await this.write('/var/ipfire/mwan/enabled', '');
    await this.write('/usr/lib/mini-mwan/lease', await readFile(resolve('lib/ipfire/lease'), 'utf8'), 0o755);
    const command = `#!/bin/sh\nPATH=$PATH:/usr/local/bin\nexec ${this.lab.program.join(' ')} "$@"\n`;
    await this.write('/usr/local/bin/mini-mwan', command, 0o755);
  }

  private async enter(words: string[], { env = {}, input }: RunOptions = {}) {
    const begun = performance.now();
    const { stdout, stderr, exitCode } = await execa('nsenter', ['-t', this.pid, '-m', '-n', '-p', ...words], {
      env: { PATH, ...env },
      extendEnv: false,
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
    });
    // Killed by a signal, as a shell tells it.
    return { stdout, stderr, exitCode: exitCode ?? 137, ms: performance.now() - begun };
  }

  /** Runs a program on the machine; exit code 137 if it had to be killed. */
  async run(program: string, args: string[] = [], options: RunOptions = {}) {
    const { cwd, seconds = 60 } = options;
    const there = cwd === undefined ? [] : ['env', '-C', cwd];
    // It kills the whole group.
    return this.enter([...there, 'timeout', '-s', 'KILL', String(seconds), program, ...args], options);
  }

  /** Runs a shell script on the machine. */
  async sh(script: string, options: RunOptions = {}) {
    return this.run('sh', ['-c', script], options);
  }

  /**
   * Runs a shell script on the machine, at a terminal. Resolves to all that is shown.
   *
   * @param typing a shell script whose output is typed
   */
  async atTerminal(script: string, typing: string): Promise<string> {
    // Ctrl-C is for the program that asks, and not for those around it.
    const command = `trap '' INT; exec nsenter -t ${this.pid} -m -n -p sh -c "$SCRIPT"`;
    const env = { PATH, SHELL: '/bin/sh', SCRIPT: script, COMMAND: command };
    const pipe = `(${typing}) | script -qec "$COMMAND" /dev/null`;
    return (await execa('timeout', ['30', 'sh', '-c', pipe], { env, extendEnv: false, reject: false })).stdout;
  }

  /** Runs mini-mwan on the machine. */
  async mwan(...args: string[]) {
    const [program = '', ...words] = this.lab.program;
    return this.run(program, [...words, ...args]);
  }

  /** IPFire's own: `network start red`, … */
  async red(verb: 'start' | 'stop' | 'restart', options: RunOptions = {}) {
    return this.run('/etc/rc.d/init.d/network', [verb, 'red'], options);
  }

  /** What fcron does every minute. */
  async minute() {
    return this.sh('for job in /etc/fcron.minutely/*; do [ ! -x "$job" ] || "$job"; done', {
      env: { PATH: '/bin:/usr/bin:/sbin:/usr/sbin' },
    });
  }

  private async boot(): Promise<void> {
    await this.run('sh', [BOOT]);
  }

  /** Power off and on: all processes and all that is volatile are gone, then IPFire's own scripts start. */
  async reboot(): Promise<void> {
    await this.enter(['sh', '-c', 'kill -9 -1']);
    await this.boot();
  }

  private at(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  /** A file's text; undefined if there is none. */
  async read(path: string): Promise<string | undefined> {
    return readFile(this.at(path), 'utf8').catch(() => undefined);
  }

  /** The processes of this name on the machine, by their ids there. */
  async processes(name: string): Promise<number[]> {
    const pids = (await readdir(this.at('/proc'))).filter((entry) => /^\d+$/.test(entry));
    const names = await Promise.all(pids.map((pid) => this.read(`/proc/${pid}/comm`)));
    return pids.filter((_, i) => names[i]?.trim() === name).map(Number);
  }

  /** Writes into a file, in place. A new one in one of IPFire's folders is the web server's, as the folder is. */
  async write(path: string, text: string, mode?: number): Promise<void> {
    const file = this.at(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    const { uid } = await stat(dirname(file));
    if (uid === NOBODY) await chown(file, NOBODY, NOBODY);
    if (mode !== undefined) await chmod(file, mode);
  }

  /** Changes some keys of a file, as the web interface does: in place. */
  async edit(path: string, values: Values): Promise<void> {
    await this.write(path, settings.asText({ ...settings.asValues((await this.read(path)) ?? ''), ...values }));
  }

  /** Changes how long things take: names of /etc/sysconfig/lab. */
  async speed(values: Values): Promise<void> {
    const path = '/etc/sysconfig/lab';
    await this.write(path, `${await this.read(path)}\n${settings.asText(values)}`);
  }

  /** As the operator does with setup: line i is RED's from the next start on. */
  async setRed(i: number, type: LineType): Promise<void> {
    await this.edit(ETHERNET, settings.redBlock(i, type));
    if (type === 'PPPOE' || type === 'QMI') await this.dial(i, type);
  }

  /** As the operator does in the web interface: dial profile i + 1, for line i, is the one that is dialled. */
  private async dial(i: number, type: 'PPPOE' | 'QMI'): Promise<void> {
    const { USERNAME, PASSWORD } = settings.credentials(i);
    const profile = `${PPP}-${i + 1}`;
    await this.write(profile, settings.asText(settings.dialProfile(i, type, i + 1)));
    await this.run('ln', ['-f', profile, PPP]);
    await this.write('/var/ipfire/ppp/secrets', `'${USERNAME}' * '${PASSWORD}'\n`);
  }

  async profile(name: string, values: Values): Promise<void> {
    await this.write(`/var/ipfire/mwan/profiles/${name}`, settings.asText(values), 0o600);
  }

  async mwanSettings(values: Values): Promise<void> {
    await this.write('/var/ipfire/mwan/settings', settings.asText(values));
  }

  /** Does the LAN client reach the Internet? */
  async lanOnline(): Promise<boolean> {
    return this.lab.reaches();
  }

  /** By which line a packet of the LAN client leaves, whether or not it arrives; undefined: by none. */
  async whichIsp(): Promise<number | undefined> {
    // The second router on the way is the ISP, and says so.
    const { stdout } = await this.lab.client.run('ping', ['-n', '-c', '1', '-t', '2', '-W', '1', '1.1.1.1'], {
      reject: false,
    });
    const [, number] = /From 100\.64\.(\d+)\.1 /.exec(stdout) ?? [];
    return number === undefined ? undefined : Number(number) - 1;
  }

  /** Beyond the gateway of line i everything is lost without a word; `share` of 1 for all of it. */
  async silence(i: number, share = 1): Promise<void> {
    await this.lab.silence(i + 1, share);
  }

  async heal(i: number): Promise<void> {
    await this.lab.heal(i + 1);
  }

  /** Pulls the cable of line i: no carrier. */
  async unplug(i: number): Promise<void> {
    await this.lab.unplug(i + 1);
  }

  async plug(i: number): Promise<void> {
    await this.lab.plug(i + 1);
  }

  private provider(i: number): Provider {
    const provider = this.providers[i];
    if (!provider) throw new Error(`the lab has no line ${i}`);
    return provider;
  }

  /** @param first number of the first host that may get a lease */
  async dhcpServer(i: number, on: boolean, first = 100): Promise<void> {
    await this.provider(i).dhcpServer(on, first);
  }

  /**
   * What the ISP's concentrator does from now on with who dials: lets them in, refuses them, says nothing more after its offer, or
   * is not there (`off`: a session ends when its echoes are lost). `die`: it ends the session that there is. A modem's network too.
   */
  async ppp(i: number, what: 'ok' | 'refuse' | 'hang' | 'off' | 'die'): Promise<void> {
    if (what !== 'off') await this.provider(i).concentrator();
    const path = `/etc/lab/ppp/${settings.device(i)}`;
    await this.write(what === 'die' ? `${path}.die` : path, `${what}\n`);
  }
}

/** Makes IPFire's devices of the router's. */
async function rewire(lab: Lab, lines: number): Promise<void> {
  const { router } = lab;
  const rename = (from: string, to: string, address: string) => [
    `link set ${from} down`,
    `addr flush dev ${from}`,
    `link set ${from} name ${to} address ${address}`,
  ];
  const numbers = Array.from({ length: lines }, (_, i) => i);
  await router.nft('delete table ip nat');
  await router.ipAll([
    ...rename('eth0', 'green0', settings.GREEN_MAC),
    ...numbers.flatMap((i) => rename(`eth${i + 1}`, settings.device(i), settings.mac(i))),
  ]);
  const devices = ['all', 'default', 'green0', ...numbers.map(settings.device)];
  await router.sysctl(
    ...devices.flatMap((name) => [
      `net.ipv4.conf.${name}.rp_filter=1`,
      `net.ipv4.conf.${name}.arp_filter=1`,
      `net.ipv6.conf.${name}.accept_dad=0`,
    ]),
  );
  for (const i of numbers) {
    await lab
      .isp(i + 1)
      .sysctl('net.ipv4.icmp_ratelimit=0', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.wan.accept_dad=0');
  }
}

async function firstLine(process: ReturnType<Lab['router']['start']>): Promise<string> {
  const line = new Promise<string>((resolve) => process.stdout?.once('data', (data) => resolve(String(data).trim())));
  const ended = process.then(({ stderr }) => {
    throw new Error(`the machine did not start: ${stderr}`);
  });
  return Promise.race([line, ended]);
}
