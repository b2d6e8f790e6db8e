import type { Observation, Verb } from '../../model.js';
import type { Kind } from '../actuator.js';
import { findWays } from '../tables/find.js';
import { KIND as WAYS } from '../tables/kind.js';
import { TABLE } from './marks.js';
import { isMarks, type MarksThing, type Thing } from './thing.js';

/** Behind all others, and gone before them: where nothing is marked, the rest says little. */
const MARKS_RANK = 9;

/** All that leads answers. What is found of it is ours. */
export const KIND: Kind<Thing> = {
  key: (thing) => (isMarks(thing) ? thing.kind : WAYS.key(thing)),
  same: (a, b) => (isMarks(a) || isMarks(b) ? isMarks(a) && isMarks(b) && sameMarks(a, b) : WAYS.same(a, b)),
  ours: () => true,
  rank: (thing) => (isMarks(thing) ? MARKS_RANK : WAYS.rank(thing)),
  renewal: (thing) => (isMarks(thing) ? 'replace' : WAYS.renewal(thing)),
  sentence: (verb, thing) => (isMarks(thing) ? marksSentence(verb, thing) : WAYS.sentence(verb, thing)),
  command: (verb, thing) => (isMarks(thing) ? marksCommand(verb, thing) : WAYS.command(verb, thing)),
};

/** All that there is of ours; nothing where it cannot be seen. */
export function find(seen: Observation): Thing[] {
  if (!seen.tables) return [];
  const { comments } = seen.marks ?? {};
  return [...findWays(seen), ...(comments ? [{ kind: 'marks' as const, comments }] : [])];
}

function sameMarks(a: MarksThing, b: MarksThing): boolean {
  return [...a.comments].sort().join('\n') === [...b.comments].sort().join('\n');
}

function marksSentence(verb: Verb, { wans = [], leads }: MarksThing): string {
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[verb];
  const purposes = [
    ...(wans.length > 0 ? [`what comes in by ${wans.join(', ')}`] : []),
    ...(leads ? [['new flows', ...leads].join(', ')] : []),
  ];
  return `${sign} nft table ${TABLE}${purposes.length > 0 ? ` for ${purposes.join(', and for ')}` : ''}`;
}

/** One argument: nft takes it as it would take a file. */
function marksCommand(verb: Verb, { text = '' }: MarksThing): string[] {
  return ['nft', verb === 'del' ? `delete table ${TABLE}` : text];
}
