import { wordFor } from '../health/transition.js';
import type { Direction, RoundResult, State, WanState } from '../model.js';
import type { ShapedLine } from '../state/shape.js';
import type { Event, LineSample, Sample, ShapedSample } from './sample.js';
import { STATES } from './schema.js';

/** Bytes between two samples that nobody can have carried. */
const MOST_BYTES = 1e13;

/** What a round leaves for history. @param before the state that it began with */
export function gather(
  before: State | undefined,
  { state, transitions, changes, probes }: Pick<RoundResult, 'state' | 'transitions' | 'changes' | 'probes'>,
): Sample {
  const { bootId, uptime, timestamp, wans } = state;
  const ms = before?.bootId === bootId ? Math.round((uptime - before.uptime) * 1000) : 0;
  return {
    bootId,
    uptime,
    wall: timestamp,
    lines: wans.flatMap((wan) => {
      const word = STATES.find((known) => known === wordFor(wan));
      // Of one that is disabled there is nothing to tell.
      if (word === undefined) return [];
      const then = before?.wans.find(({ name }) => name === wan.name);
      const probe = probes.get(wan.name);
      return [{ wan: wan.name, state: word, ...measuredOf(wan, probe?.answered), ...carriedOf(then, wan, ms) }];
    }),
    shaped: [],
    events: [
      ...transitions.map(({ name, from, to, reason }): Event => {
        const targets = probes.get(name)?.targets;
        return {
          kind: 'transition',
          wan: name,
          old: from,
          new: to,
          words: reason,
          ...(targets ? { evidence: targets } : {}),
        };
      }),
      ...changes.map(({ sentence }): Event => ({ kind: 'change', words: sentence })),
    ],
  };
}

/** @param answered absent: it was not asked */
function measuredOf({ counted }: WanState, answered: boolean | undefined): Partial<LineSample> {
  if (answered === undefined) return {};
  const { latency: rtt, jitter, loss } = counted;
  return {
    ...(answered && rtt !== undefined ? { rtt } : {}),
    ...(answered && jitter !== undefined ? { jitter } : {}),
    ...(loss === undefined ? {} : { loss }),
  };
}

/** What another device has carried, or the same one before it was made anew, is no difference. */
function carriedOf(then: WanState | undefined, { seen }: WanState, span: number): Pick<LineSample, 'carried'> {
  if (!then || span <= 0 || then.seen.device !== seen.device) return {};
  const [rx, tx] = [seen.rxBytes - then.seen.rxBytes, seen.txBytes - then.seen.txBytes];
  const isPossible = [rx, tx].every((bytes) => bytes >= 0 && bytes < MOST_BYTES);
  return isPossible ? { carried: { rx, tx, span } } : {};
}

/** What the control of lines leaves: each direction of those that it was at work on since `after`, ms since boot. */
export function gatherShaped(lines: ShapedLine[], after: number): ShapedSample[] {
  return lines
    .filter(({ at, quiet }) => at > after && !quiet)
    .flatMap(({ wan, decisions }) =>
      Object.entries(decisions).map(([way, { rate, delay, load, colour }]): ShapedSample => {
        const word = colour.toLowerCase() as ShapedSample['colour'];
        return { wan, way: way as Direction, colour: word, rate, delay, load: 100 * load };
      }),
    );
}
