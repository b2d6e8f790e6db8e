import { setImmediate as settle } from 'node:timers/promises';
import type { Engine } from '../lib/engine/engine.js';
import { createEngine } from '../lib/engine/node/engine.js';

/** A clock that nobody waits for: it goes on to what is to happen next as soon as all that goes on has come to a stop. */
export class FakeClock {
  /** ms. */
  now = 0;
  private readonly coming = new Set<{ time: number; work: () => void }>();

  readonly after = (ms: number, work: () => void) => {
    const event = { time: this.now + ms, work };
    this.coming.add(event);
    return () => void this.coming.delete(event);
  };

  readonly sleep = (ms: number) => new Promise<void>((resolve) => void this.after(ms, resolve));

  /** This machine's engine, by this clock. */
  readonly engine: Engine = { ...createEngine(), ticks: () => this.now, after: this.after };

  /** Lets time pass until the promise is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const end = () => {
      over = true;
    };
    promise.then(end, end);
    for (await settle(); !over; await settle()) this.step();
    return promise;
  }

  private step(): void {
    // Of those at the same time, the first that was asked for.
    const [next, ...others] = this.coming;
    if (!next) throw new Error('nothing is left to wait for');
    const first = others.reduce((best, event) => (event.time < best.time ? event : best), next);
    this.coming.delete(first);
    this.now = first.time;
    first.work();
  }
}
