import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { execa } from 'execa';

/** Programs that a lab is built with, and the Debian package of each. */
const TOOLS = { ip: 'iproute2', ping: 'iputils-ping', nft: 'nftables', socat: 'socat', sysctl: 'procps' };
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

let missing: string | undefined;
let asked = false;

/** Says what is missing on this machine to build a lab; undefined if nothing is. It is looked for once. */
export function whatIsMissing(): string | undefined {
  if (!asked) missing = findMissing();
  asked = true;
  return missing;
}

function findMissing(): string | undefined {
  if (process.geteuid?.() !== 0) return 'a lab of network namespaces needs root';
  const packages = Object.entries(TOOLS).filter(([tool]) => spawnSync(tool, ['-V'], { env: { PATH } }).error);
  if (packages.length > 0)
    return `the lab needs these packages: apt-get install ${packages.map(([, name]) => name).join(' ')}`;
  const trial = `mwan-trial-${process.pid}`;
  const { status, stderr } = spawnSync('ip', ['netns', 'add', trial], { env: { PATH }, encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', trial], { env: { PATH } });
  return status === 0 ? undefined : `network namespaces cannot be made here: ${stderr.trim()}`;
}

interface RunOptions {
  env?: Record<string, string>;
  /** What it reads. */
  input?: string;
  /** Throw if it fails; so it is unless said. */
  reject?: boolean;
}

/** How a program ended, and what it printed, without the last newline. */
interface Ended {
  stdout: string;
  stderr: string;
  /** Undefined if a signal ended it. */
  exitCode: number | undefined;
}

/** Runs a program, in half the time of this process that execa takes: a lab starts thousands. */
function run(program: string, args: string[], { env, input, reject = true }: RunOptions): Promise<Ended> {
  return new Promise((resolve, abandon) => {
    const options = { env: { PATH, LC_ALL: 'C', ...env }, maxBuffer: Number.POSITIVE_INFINITY };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      // What cannot be started at all has a word for a code.
      if (error && (reject || typeof code === 'string')) abandon(error);
      else resolve({ stdout: chomp(stdout), stderr: chomp(stderr), exitCode: code as number | undefined });
    });
    if (input === undefined) return;
    // It may end before it has read everything.
    child.stdin?.on('error', () => {}).end(input);
  });
}

const chomp = (text: string) => text.replace(/\r?\n$/, '');

/** A host of the lab: a network namespace. */
export class Host {
  constructor(readonly namespace: string) {}

  /** Runs a program in it; throws if it fails, unless `reject` is false. */
  async run(program: string, args: string[], options: RunOptions = {}): Promise<Ended> {
    return run('ip', ['netns', 'exec', this.namespace, program, ...args], options);
  }

  /** Starts a program that goes on until it is killed. */
  start(program: string, args: string[]) {
    return execa('ip', ['netns', 'exec', this.namespace, program, ...args], {
      env: { PATH, LC_ALL: 'C' },
      reject: false,
    });
  }

  /** `ip` with the words of one line. */
  async ip(line: string, options: RunOptions = {}): Promise<string> {
    return (await run('ip', ['-n', this.namespace, ...line.split(' ')], options)).stdout;
  }

  /** Several lines for `ip`, in one process. */
  async ipAll(lines: string[]): Promise<void> {
    await run('ip', ['-n', this.namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  async nft(rules: string): Promise<void> {
    await this.run('nft', ['-f', '-'], { input: rules });
  }

  async sysctl(...settings: string[]): Promise<void> {
    await this.run('sysctl', ['-q', '-w', ...settings]);
  }
}

/** Whatever devices there are, and those to come. */
const FORWARD =
  'echo 1 >/proc/sys/net/ipv4/ip_forward; for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >$file; done';

/** What a host of a lab begins with. */
export interface Beginning {
  name: string;
  /** Lines for `ip`. */
  ip: string[];
  /** It hands packets on, whatever their source. */
  forwards?: boolean;
  /** Rules for `nft`. */
  nft?: string;
}

/** Makes hosts, one after the other, by one shell: to start programs is most of what a lab costs. Returns what removes them. */
export async function createHosts(beginnings: Beginning[]): Promise<{ hosts: Host[]; remove(): void }> {
  const names = beginnings.map(({ name }) => name);
  const remove = () => {
    const spaces = names.map((name) => `net:[${statSync(`/run/netns/${name}`, { throwIfNoEntry: false })?.ino}]`);
    for (let patience = 500; patience > 0 && killAll(spaces) > 0; patience--) wait(5);
    const input = names.map((name) => `netns del ${name}\n`).join('');
    spawnSync('ip', ['-force', '-batch', '-'], { env: { PATH }, input });
  };
  const script = beginnings.map(({ name, ip, forwards, nft }) => {
    const lines = [`ip -batch - <<'LINES'`, 'link set lo up', ...ip, 'LINES', ...(forwards ? [FORWARD] : [])];
    if (nft !== undefined) lines.push(`nft '${nft}'`);
    return `nsenter --net=/run/netns/${name} sh -e <<'HOST'\n${lines.join('\n')}\nHOST\n`;
  });
  const input = `ip -batch - <<'NAMES'\n${names.map((name) => `netns add ${name}\n`).join('')}NAMES\n${script.join('')}`;
  try {
    await run('sh', ['-e'], { input });
  } catch (error) {
    remove();
    throw error;
  }
  return { hosts: names.map((name) => new Host(name)), remove };
}

/** Kills the processes in network namespaces. Returns how many there were. */
function killAll(spaces: string[]): number {
  const found = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && spaces.includes(spaceOf(entry)));
  for (const pid of found) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  return found.length;
}

/** The network namespace of a process; nothing for one that has ended. */
function spaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}

/** @param ms in which nothing else of this process happens: it may be about to exit */
function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
