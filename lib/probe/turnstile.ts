/** Lets no more than so many through at a time, in the order in which they come. */
export class Turnstile {
  #free: number;
  #waiting: (() => void)[] = [];

  /** @param places at least 1 */
  constructor(places: number) {
    this.#free = places;
  }

  /**
   * @param go called when there is a place, now or later, with what is returned
   * @returns gives the place back, or waits for none any more
   */
  enter(go: (leave: () => void) => void): () => void {
    let state: 'waiting' | 'inside' | 'gone' = 'waiting';
    const leave = () => {
      if (state === 'inside') this.#free += 1;
      state = 'gone';
      this.#admit();
    };
    this.#waiting.push(() => {
      if (state === 'gone') return;
      state = 'inside';
      this.#free -= 1;
      go(leave);
    });
    this.#admit();
    return leave;
  }

  #admit(): void {
    while (this.#free > 0 && this.#waiting.length > 0) this.#waiting.shift()?.();
  }
}
