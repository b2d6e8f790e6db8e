import type { Kind } from './actuators/actuator.js';
import type { Change, Verb } from './model.js';

/**
 * What must change so that our things are the wanted ones. Additions come first and removals last, so that at no moment less is
 * there than before and after; by rising and by falling rank, so that nothing is there before what it stands on, and traffic
 * moves once. Things that are not ours are never in it; a key that one of them holds must not be wanted.
 *
 * @param wanted one of each key
 * @param present all that is there, of anybody
 */
export function diff<T>(kind: Kind<T>, wanted: T[], present: T[]): Change<T>[] {
  const ours = present.filter((thing) => kind.ours(thing));
  const kept = new Set<T>();
  const put: [Verb, T][] = [];
  for (const thing of wanted) {
    const rivals = ours.filter((candidate) => kind.key(candidate) === kind.key(thing));
    const existing = rivals.find((candidate) => kind.same(candidate, thing));
    const verb = rivals.length === 0 ? 'add' : kind.renewal(thing);
    if (!existing) put.push([verb, thing]);
    if (existing) kept.add(existing);
    else if (verb === 'replace') for (const rival of rivals) kept.add(rival);
  }
  const gone = ours.filter((thing) => !kept.has(thing)).map((thing): [Verb, T] => ['del', thing]);
  const byRank = ([, a]: [Verb, T], [, b]: [Verb, T]) => kind.rank(a) - kind.rank(b);
  return [...put.sort(byRank), ...gone.sort(byRank).reverse()].map(([verb, thing]) => change(kind, verb, thing));
}

/** One change, in words, too. */
export function change<T>(kind: Kind<T>, verb: Verb, thing: T): Change<T> {
  return { verb, thing, sentence: kind.sentence(verb, thing), command: kind.command(verb, thing) };
}
