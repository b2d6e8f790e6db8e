/** s; one clock for all that is compared. */
export const now = () => Date.now() / 1000;

/** Whether packets pass: all, none, or some. What lies in between is nobody's fault, and not judged. */
export type Health = 'good' | 'bad' | 'murky';

/** What netifd says of a WAN. */
interface Told {
  up: boolean;
  gateway: string;
}

/** A WAN as the soak has made it: the truth that verdicts are held against. */
export class Line {
  /** Some fault has it. */
  busy = false;
  health: Health = 'good';
  /** Since when, in s. */
  since = now();
  /** Good for long enough, and undisturbed, that rounds have seen it as it is. */
  settled = true;
  /** s that it must answer for longer than others before it is trusted again, as docs/flapping.md promises for one that fell often. */
  heldDown = 0;
  present = true;
  /** Metric of the system's default; undefined if it has none. */
  systemMetric: number | undefined;
  gateway: string;
  address: string;
  told: Told;

  constructor(
    readonly i: number,
    readonly tunnel: boolean,
  ) {
    this.gateway = `100.64.${i}.1`;
    this.address = `100.64.${i}.2`;
    this.systemMetric = 1000 + i;
    this.told = { up: true, gateway: this.gateway };
  }

  get device(): string {
    return `eth${this.i}`;
  }

  /** Also said anew of one that is so already: whatever was done to it, its time begins again. */
  become(health: Health): void {
    this.health = health;
    this.since = now();
    this.settled = false;
  }

  /** netifd knows the truth. */
  get isTold(): boolean {
    return this.told.up === this.present && (!this.present || this.tunnel || this.told.gateway === this.gateway);
  }

  /** The routes that the system has for it, as `ip route` prints them. */
  get routes(): string[] {
    if (!this.present) return [];
    const connected = this.tunnel
      ? `${this.gateway} dev ${this.device} proto kernel scope link src ${this.address}`
      : `100.64.${this.i}.0/24 dev ${this.device} proto kernel scope link src ${this.address}`;
    return [connected, ...(this.systemMetric === undefined ? [] : [this.defaultWords(true)])];
  }

  /** The system's default, in the order in which `ip route` prints it. */
  defaultWords(printed = false): string {
    const via = this.tunnel ? '' : `via ${this.gateway} `;
    const metric = this.systemMetric ? ` metric ${this.systemMetric}` : '';
    const scope = printed && this.tunnel ? ' scope link' : '';
    return `default ${via}dev ${this.device} proto static${scope}${metric}`;
  }
}
