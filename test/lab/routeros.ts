import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { Effect, Fields } from '../routeros/standin.js';
import { type Lab, until } from './lab.js';

const PORT = 8443;
const SSH_PORT = 2222;
export const PASSWORD = 'pass "word\\';

export interface Seen {
  effects: Effect[];
  menus: Record<string, Fields[]>;
  /** Faults that nobody has met yet. */
  left: number;
}

/** A RouterOS machine of our own on the router's loopback: REST over TLS, and SSH by OpenSSH's sshd with a forced command. */
export class Edge {
  private constructor(readonly folder: string) {}

  static async create(lab: Lab): Promise<Edge> {
    const folder = join(lab.folder, 'edge');
    mkdirSync(folder);
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const edge = new Edge(folder);
    edge.makeKeys();
    const bundle = join(folder, 'server.mjs');
    await build({
      entryPoints: ['test/routeros/server.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
    });
    const server = lab.router.start(process.execPath, [bundle, `${PORT}`, edge.socket, folder, PASSWORD]);
    server.catch(() => {});
    // A user whose shell has nothing of this machine's in its way.
    writeFileSync(join(folder, 'passwd'), `root:x:0:0::${folder}:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n`);
    const script = `mount --bind ${folder}/passwd /etc/passwd && exec /usr/sbin/sshd -D -e -f ${folder}/sshd_config`;
    lab.router.start('sh', ['-c', script]).catch(() => {});
    await until(async () => (await edge.seen()).left === 0);
    await until(async () => (await lab.router.run('ss', ['-Hltn', `sport = :${SSH_PORT}`])).stdout !== '');
    return edge;
  }

  get socket(): string {
    return join(this.folder, 'socket');
  }

  /** Certificates, and keys for ssh. */
  private makeKeys(): void {
    const path = (name: string) => join(this.folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    for (const name of ['server', 'other']) {
      const names = ['-subj', '/CN=edge', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
      openssl(
        'req',
        '-x509',
        '-nodes',
        '-days',
        '2',
        ...curve,
        ...names,
        '-keyout',
        path(`${name}.key`),
        '-out',
        path(`${name}.pem`),
      );
    }
    for (const name of ['host', 'client'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(name)], { stdio: 'ignore' });
    const open = (name: string) => readFileSync(path(name), 'utf8').trim();
    writeFileSync(path('known_hosts'), `[127.0.0.1]:${SSH_PORT} ${open('host.pub')}\n`);
    writeFileSync(path('authorized_keys'), `${open('client.pub')}\n`);
    writeFileSync(path('secret'), `${PASSWORD}\n`, { mode: 0o600 });
    // What dies is dead for ssh, too.
    const script = `#!/bin/sh\nprintf %s "$SSH_ORIGINAL_COMMAND" | curl -sS --unix-socket ${this.socket} --data-binary @- http://edge/ssh || kill -9 $PPID\n`;
    writeFileSync(path('command'), script, { mode: 0o755 });
    const lines = [
      `Port ${SSH_PORT}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('authorized_keys')}`,
      `PidFile ${path('sshd.pid')}`,
      `ForceCommand ${path('command')}`,
      ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password'],
    ];
    writeFileSync(path('sshd_config'), `${lines.join('\n')}\n`);
  }

  /** The section that steers it. */
  section(more: Record<string, string> = {}): string {
    const path = (name: string) => join(this.folder, name);
    const options = {
      ...{
        host: '127.0.0.1',
        user: 'root',
        port: `${PORT}`,
        ssh_port: `${SSH_PORT}`,
        timeout: '1',
        write_interval: '1',
      },
      ...{
        secret: path('secret'),
        ca: path('server.pem'),
        ssh_key: path('client'),
        ssh_known_hosts: path('known_hosts'),
      },
      ...more,
    };
    const lines = Object.entries(options).map(([name, value]) => `\toption ${name} '${value}'\n`);
    return `\nconfig routeros 'edge'\n${lines.join('')}\tlist route 'wan1 WAN1 default'\n\tlist route 'wan2 WAN2 default'\n`;
  }

  /** The hash of the public key, as `option pin` has it. */
  get pin(): string {
    const key = execFileSync('openssl', ['x509', '-in', join(this.folder, 'server.pem'), '-pubkey', '-noout']);
    const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: key });
    return `sha256//${execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der }).toString('base64')}`;
  }

  /** What befalls the next requests, by whichever way; then each, until it is told otherwise. */
  async befall(next: string[], standing = ''): Promise<Seen> {
    return this.call('/faults', JSON.stringify({ next, standing }));
  }

  async seen(): Promise<Seen> {
    return this.call('/effects', '');
  }

  /** Is the route on? */
  async isOn(comment: string): Promise<boolean> {
    const { menus } = await this.seen();
    return menus['ip route']?.find((route) => route.comment === comment)?.disabled === 'false';
  }

  private call(path: string, body: string): Promise<Seen> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.socket, path, method: 'POST' }, async (response) =>
        resolve(JSON.parse(await text(response)) as Seen),
      );
      asked.on('error', reject).end(body);
    });
  }
}
