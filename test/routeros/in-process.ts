import type { Finished, StartOptions } from '../../lib/system/exec.js';
import type { Machine } from '../machine.js';
import type { Random } from '../random.js';
import type { Standin } from './standin.js';

export const SECRET = '/etc/mini-mwan.routeros';
export const KEY = '/etc/mini-mwan.key';

/** What befalls a request. */
export type Fault =
  | 'well'
  | 'refused'
  | 'hangs'
  | 'answer is lost'
  | 'half an answer'
  | 'wrong certificate'
  | 'wrong password'
  | '404'
  | '408'
  | '500'
  | 'other ids'
  | 'deaf'
  | 'nonsense';

const FAULTS: Fault[] = [
  ...(['refused', 'hangs', 'answer is lost', 'half an answer', 'wrong certificate', 'wrong password'] as const),
  ...(['404', '408', '500', 'other ids', 'deaf', 'nonsense'] as const),
];

/** curl and ssh as programs of a machine in memory, and faults between them and the stand-in. */
export class InProcess {
  /** Decides what befalls the next request, to this place. */
  fault: (place: string) => Fault = () => 'well';
  requests = 0;
  /** Faults that befell a request. */
  befallen = 0;
  /** All arguments of all programs. */
  readonly words: string[] = [];

  constructor(
    readonly machine: Machine,
    readonly standin: Standin,
  ) {
    machine.put(SECRET, `${standin.password}\n`, { mode: 0o600 });
    machine.put(KEY, 'a key\n', { mode: 0o600 });
    machine.programs.curl = (args, options) => this.curl(args, options);
    machine.programs.ssh = (args) => this.ssh(args);
  }

  /** A part of all requests goes wrong. */
  troubled(random: Random, part: number): void {
    this.fault = () => (random.fraction() < part ? random.pick(FAULTS) : 'well');
  }

  private draw(place: string): Fault {
    this.requests += 1;
    const fault = this.fault(place);
    if (fault !== 'well') this.befallen += 1;
    // Each takes its time.
    this.machine.pass(fault === 'hangs' || fault === 'answer is lost' ? 5 : 0.1);
    if (fault === 'other ids') this.standin.renumber();
    return fault;
  }

  private curl(args: string[], { input = '' }: StartOptions): Partial<Finished> {
    this.words.push('curl', ...args);
    let stdout = '';
    for (const part of input.split('\nnext\n')) {
      const value = (name: string) =>
        unquoted(new RegExp(`^${name} = "((?:[^"\\\\]|\\\\.)*)"$`, 'm').exec(part)?.[1] ?? '');
      const fault = this.draw(value('url'));
      const broken = BROKEN[fault];
      const act = () => {
        const path = /^https:\/\/[^/]+\/rest\/(.*)$/.exec(value('url'))?.[1] ?? '';
        return this.standin.rest(value('request'), path, value('data-raw'), value('user'));
      };
      if (fault === 'answer is lost' || fault === 'half an answer') act();
      if (broken)
        return {
          stdout: `${stdout}${fault === 'half an answer' ? '[{"na' : ''}\n000\n`,
          stderr: broken[1],
          exitCode: broken[0],
        };
      const status = { 'wrong password': 401, '404': 404, '408': 408, '500': 500 }[fault as string];
      this.standin.deaf = fault === 'deaf';
      const answer = status === undefined ? act() : { status, body: '{"error":1,"message":"no"}' };
      this.standin.deaf = false;
      stdout += `${fault === 'nonsense' ? '<html>\n200\n' : answer.body}\n${answer.status}\n`;
      if (answer.body.length > Number(value('max-filesize')))
        return { stdout, stderr: 'curl: (63) Maximum file size exceeded\n', exitCode: 63 };
      if (answer.status >= 400 && part.includes('\nfail-with-body'))
        return { stdout, stderr: 'curl: (22) The requested URL returned error\n', exitCode: 22 };
    }
    return { stdout, exitCode: 0 };
  }

  private ssh(args: string[]): Partial<Finished> {
    this.words.push('ssh', ...args);
    const command = args.at(-1) ?? '';
    const fault = this.draw(command);
    if (fault === 'answer is lost' || fault === 'half an answer') this.standin.ssh(command);
    if (fault === 'hangs' || fault === 'answer is lost') return { failure: 'no end after 11 s' };
    const said = {
      refused: 'ssh: connect to host 10.0.0.1 port 22: Connection refused',
      'half an answer': 'Connection to 10.0.0.1 closed by remote host.',
      'wrong certificate': 'Host key verification failed.',
      'wrong password': 'mini-mwan@10.0.0.1: Permission denied (publickey).',
    }[fault as string];
    if (said !== undefined) return { exitCode: 255, stderr: `${said}\r\n` };
    if (['404', '408', '500', 'nonsense'].includes(fault))
      return { exitCode: 0, stdout: `${fault === '404' ? 'no such item' : 'failure: timeout'}\r\n` };
    this.standin.deaf = fault === 'deaf';
    const stdout = this.standin.ssh(command);
    this.standin.deaf = false;
    return { exitCode: 0, stdout };
  }
}

const BROKEN: Partial<Record<Fault, [number, string]>> = {
  refused: [7, 'curl: (7) Failed to connect to 10.0.0.1 port 443: Connection refused\n'],
  hangs: [28, 'curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received\n'],
  'answer is lost': [28, 'curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received\n'],
  'half an answer': [18, 'curl: (18) transfer closed with 10 bytes remaining to read\n'],
  'wrong certificate': [60, 'curl: (60) SSL certificate problem: self-signed certificate\n'],
};

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, (_, sign) => ({ n: '\n', r: '\r', t: '\t' })[sign as string] ?? sign);
}
