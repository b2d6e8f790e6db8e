import type { Kind } from '../actuator.js';
import type { Thing } from './thing.js';
import { toCommand, toSentence } from './words.js';

/** What comes is led to a device once that is there with its CAKE. */
const RANKS: Record<Thing['kind'], number> = { ifb: 0, cake: 1, rate: 1, ingress: 2, redirect: 3 };

export const KIND: Kind<Thing> = {
  key: keyOf,
  same: (a, b) => {
    if (keyOf(a) !== keyOf(b)) return false;
    if (a.kind === 'cake' && b.kind === 'cake') return a.rate === b.rate && `${a.words}` === `${b.words}`;
    if (a.kind === 'rate' && b.kind === 'rate') return a.rate === b.rate;
    return true;
  },
  ours: () => true,
  rank: ({ kind }) => RANKS[kind],
  renewal: () => 'replace',
  sentence: toSentence,
  command: toCommand,
};

/** Of one thing there are no two at a place. */
export function keyOf(thing: Thing): string {
  switch (thing.kind) {
    case 'rate':
      return `rate ${thing.device} ${thing.qdisc.handle}`;
    case 'redirect':
      return `redirect ${thing.device} ${thing.preference} ${thing.to}`;
    default:
      return `${thing.kind} ${thing.device}`;
  }
}
