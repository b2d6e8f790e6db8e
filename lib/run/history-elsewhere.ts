import type { Thing } from '../actuators/routeros/thing.js';
import type { Change } from '../model.js';
import { readClock } from '../system/clock.js';
import type { Context } from './context.js';
import { leaveSample } from './history-files.js';

/** Keeps a change of another machine, as soon as it is made: it comes about behind rounds. The next round writes it. */
export function keepElsewhere({ engine, options }: Context, { sentence, thing }: Change<Thing>): void {
  const { bootId, uptime, wall } = readClock(engine);
  const kind = thing.kind === 'rates' ? 'rates' : 'change';
  const events = [{ kind, words: sentence } as const];
  leaveSample(engine, options.state, { bootId, uptime, wall, lines: [], shaped: [], events });
}
