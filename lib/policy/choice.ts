import type { Choice, FlowClass } from '../model.js';
import { LASTING, lastingFor, movesOf } from './lasting.js';
import { type Candidate, delayOf, isClearlyFaster, isClearlyFreer, unusedOf } from './weigh.js';

/** A line that shares, and what is known of it. */
export interface Line {
  name: string;
  candidate: Candidate;
}

/**
 * The lines by which new flows of each class are to go: the fastest, and the freest. Another one is taken only when it has clearly been
 * better for a while; where the one that was taken has gone, at once. Where nothing is known of any line, none is taken.
 *
 * @param at s since boot
 */
export function chooseAll(lines: Line[], before: Choice[] | undefined, at: number): Choice[] {
  const by = (
    of: FlowClass,
    scoreOf: (candidate: Candidate) => number,
    isClear: (score: number, now: number) => boolean,
  ) =>
    choose(
      lines,
      of,
      scoreOf,
      isClear,
      before?.find((choice) => choice.of === of),
      at,
    );
  const fast = by(
    'fast',
    (line) => -delayOf(line),
    (a, b) => isClearlyFaster(-a, -b),
  );
  const bulk = by('bulk', unusedOf, isClearlyFreer);
  return [fast, bulk].flatMap((choice) => choice ?? []);
}

/** s for which another one must be better. Bulk may take turns: only new flows follow, and each turn fills what is free. */
export function waitOf(choice: Choice, at: number): number {
  return choice.of === 'bulk' ? LASTING : lastingFor(choice, at);
}

/** @param scoreOf what is higher is better; -Infinity: not known */
function choose(
  lines: Line[],
  of: FlowClass,
  scoreOf: (candidate: Candidate) => number,
  isClear: (score: number, now: number) => boolean,
  before: Choice | undefined,
  at: number,
): Choice | undefined {
  const scores = lines.map(({ candidate }) => scoreOf(candidate));
  const best = Math.max(...scores);
  const now = lines.findIndex(({ name }) => name === before?.name);
  const { moved, moves = 0, differs = at } = before ?? {};
  const memory = { ...(moved === undefined ? {} : { moved }), moves };
  const name = best > Number.NEGATIVE_INFINITY ? lines[scores.indexOf(best)]?.name : undefined;
  if (!before || now < 0) return name === undefined ? undefined : { of, name, ...memory };
  if (name === undefined || !isClear(best, scores[now] as number)) return { of, name: before.name, ...memory };
  if (at - differs < waitOf(before, at)) return { of, name: before.name, ...memory, differs };
  return { of, name, moved: at, moves: movesOf(before, at) + 1 };
}
