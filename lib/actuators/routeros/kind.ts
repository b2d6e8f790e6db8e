import type { Kind } from '../actuator.js';
import type { Thing } from './thing.js';
import { toCommand, toSentence } from './words.js';

export const KIND: Kind<Thing> = {
  key: keyOf,
  same: (a, b) => keyOf(a) === keyOf(b) && contentOf(a) === contentOf(b),
  // Nothing is made or removed there: what we are to steer was found by its name.
  ours: () => true,
  // What leads to the Internet comes before what is turned off.
  rank: (thing) => (thing.kind === 'rates' ? 1 : thing.on ? 0 : 2),
  renewal: () => 'replace',
  sentence: toSentence,
  command: toCommand,
};

export function keyOf(thing: Thing): string {
  const name = thing.kind === 'rates' ? `${thing.queues.up.name} and ${thing.queues.down.name}` : thing.name;
  return `${thing.kind} ${thing.machine} ${name}`;
}

function contentOf(thing: Thing): string {
  if (thing.kind !== 'rates') return `${thing.on}`;
  return `${thing.queues.up.rate} ${thing.queues.down.rate}`;
}
