import { spawnSync } from 'node:child_process';
import { execa, type Options } from 'execa';

/** Programs that a lab is built with, and the Debian package of each. */
const TOOLS = { ip: 'iproute2', ping: 'iputils-ping', nft: 'nftables', socat: 'socat', sysctl: 'procps' };
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Says what is missing on this machine to build a lab; undefined if nothing is. */
export function whatIsMissing(): string | undefined {
  if (process.geteuid?.() !== 0) return 'a lab of network namespaces needs root';
  const missing = Object.entries(TOOLS).filter(([tool]) => spawnSync(tool, ['-V'], { env: { PATH } }).error);
  if (missing.length > 0)
    return `the lab needs these packages: apt-get install ${missing.map(([, name]) => name).join(' ')}`;
  const trial = `mwan-trial-${process.pid}`;
  const { status, stderr } = spawnSync('ip', ['netns', 'add', trial], { env: { PATH }, encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', trial], { env: { PATH } });
  return status === 0 ? undefined : `network namespaces cannot be made here: ${stderr.trim()}`;
}

/** A host of the lab: a network namespace. */
export class Host {
  constructor(readonly namespace: string) {}

  /** Runs a program in it; throws if it fails, unless `reject` is false. */
  async run(program: string, args: string[], options: Options = {}) {
    const result = await execa('ip', ['netns', 'exec', this.namespace, program, ...args], {
      ...options,
      env: { PATH, LC_ALL: 'C', ...options.env },
      extendEnv: false,
    });
    return { stdout: String(result.stdout), stderr: String(result.stderr), exitCode: result.exitCode };
  }

  /** Starts a program that goes on until it is killed. */
  start(program: string, args: string[]) {
    return execa('ip', ['netns', 'exec', this.namespace, program, ...args], {
      env: { PATH, LC_ALL: 'C' },
      reject: false,
    });
  }

  /** `ip` with the words of one line. */
  async ip(line: string): Promise<string> {
    return (await execa('ip', ['-n', this.namespace, ...line.split(' ')], { env: { PATH } })).stdout;
  }

  /** Several lines for `ip`, in one process. */
  async ipAll(lines: string[]): Promise<void> {
    await execa('ip', ['-n', this.namespace, '-batch', '-'], { env: { PATH }, input: `${lines.join('\n')}\n` });
  }

  async nft(rules: string): Promise<void> {
    await this.run('nft', ['-f', '-'], { input: rules });
  }

  async sysctl(...settings: string[]): Promise<void> {
    await this.run('sysctl', ['-q', '-w', ...settings]);
  }
}

/** Makes namespaces of these names, and a function that removes them with all that is in them. */
export async function createHosts(names: string[]): Promise<{ hosts: Host[]; remove(): void }> {
  const remove = () => {
    for (const name of names) {
      const { stdout = '' } = spawnSync('ip', ['netns', 'pids', name], { env: { PATH }, encoding: 'utf8' });
      for (const pid of stdout.split('\n').filter(Boolean)) spawnSync('kill', ['-9', pid]);
      spawnSync('ip', ['netns', 'del', name], { env: { PATH } });
    }
  };
  for (const name of names) await execa('ip', ['netns', 'add', name], { env: { PATH } });
  const hosts = names.map((name) => new Host(name));
  for (const host of hosts) await host.ip('link set lo up');
  return { hosts, remove };
}
