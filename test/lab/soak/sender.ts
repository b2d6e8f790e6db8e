import type { Lab } from '../lab.js';
import { now } from './line.js';

/** s between two packets. */
const INTERVAL = 0.05;

/** Pings from the LAN all the time, and knows when which packets were lost. */
export class Sender {
  sent = 0;
  /** When the lost ones were sent that nobody has asked for yet. */
  private lost: number[] = [];
  private last: { sequence: number; at: number } | undefined;
  private readonly ping;

  constructor(lab: Lab) {
    this.ping = lab.client.start('ping', ['-n', '-i', String(INTERVAL), '-W', '1', '1.1.1.1']);
    let rest = '';
    this.ping.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.hear(/bytes from .* icmp_seq=(\d+)/.exec(line)?.[1]);
    });
  }

  private hear(text: string | undefined): void {
    if (text === undefined) return;
    const [sequence, at] = [Number(text), now()];
    const { last } = this;
    // Numbers of 16 bits. One that was overtaken has been counted as lost.
    const steps = last ? (sequence - last.sequence) & 0xffff : 1;
    if (steps === 0 || steps > 0x8000) return;
    this.sent += steps;
    for (let i = 1; last && i < steps; i++) this.lost.push(last.at + ((at - last.at) * i) / steps);
    this.last = { sequence, at };
  }

  /** When packets were lost, up to `until`; each is told once. */
  takeLost(until: number): number[] {
    const taken = this.lost.filter((at) => at <= until);
    this.lost = this.lost.filter((at) => at > until);
    return taken;
  }

  stop(): void {
    this.ping.kill('SIGINT');
  }
}
