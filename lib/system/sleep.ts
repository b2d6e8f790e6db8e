import type { Engine } from '../engine/engine.js';

/** Resolves after `ms`. */
export function sleep(engine: Engine, ms: number): Promise<void> {
  return new Promise((resolve) => {
    engine.after(ms, resolve);
  });
}
