import type { Kind } from '../actuator.js';
import { isOurs, type Thing } from './thing.js';
import { toCommand, toSentence } from './words.js';

/** The limit is raised before there are endpoints; what is dead is ended before anything else. */
const RANKS: Record<Thing['kind'], number> = { severed: 0, limit: 1, endpoint: 2 };

export const KIND: Kind<Thing> = {
  key: keyOf,
  same: (a, b) => {
    if (a.kind === 'endpoint' && b.kind === 'endpoint') return keyOf(a) === keyOf(b) && a.backup === b.backup;
    if (a.kind === 'limit' && b.kind === 'limit') return a.subflows === b.subflows;
    return keyOf(a) === keyOf(b);
  },
  ours: (thing) => (thing.kind === 'endpoint' ? isOurs(thing) : thing.kind === 'limit' && thing.former !== undefined),
  rank: ({ kind }) => RANKS[kind],
  renewal: () => 'replace',
  sentence: toSentence,
  command: toCommand,
};

function keyOf(thing: Thing): string {
  if (thing.kind === 'endpoint') return `endpoint ${thing.id} ${thing.address} ${thing.device}`;
  return thing.kind === 'severed' ? `severed ${thing.address}` : 'limit';
}
