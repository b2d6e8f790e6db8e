/** A clock that nobody waits for: whoever lets time pass goes on to what is due next as soon as all that can go on has stopped. */
export class Clock {
  /** ms since the simulated world began. */
  now = 0;
  private coming: { time: number; work: () => void }[] = [];

  /** Does something in `ms`. Returns what takes it back. */
  after(ms: number, work: () => void): () => void {
    const event = { time: this.now + ms, work };
    // Behind those of the same time: the first that was asked for is the first.
    let at = this.coming.length;
    while (at > 0 && (this.coming[at - 1] as { time: number }).time > event.time) at -= 1;
    this.coming.splice(at, 0, event);
    return () => {
      const found = this.coming.indexOf(event);
      if (found >= 0) this.coming.splice(found, 1);
    };
  }

  /** Lets time pass until the promise is settled. @throws if nothing is left that could settle it, or after `limit` ms */
  async run<T>(promise: Promise<T>, limit: number): Promise<T> {
    const end = this.now + limit;
    let over = false;
    const settle = () => {
      over = true;
    };
    promise.then(settle, settle);
    for (await quiet(); !over; await quiet()) {
      const next = this.coming.shift();
      if (!next) throw new Error('a round waits for nothing');
      this.now = next.time;
      if (this.now > end) throw new Error(`a round takes more than ${limit / 1000} s`);
      next.work();
    }
    return promise;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.run(new Promise<void>((resolve) => void this.after(ms, resolve)), ms);
  }
}

/** Resolves when every promise has told all that it can. */
function quiet(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
