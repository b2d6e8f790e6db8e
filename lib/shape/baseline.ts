import type { Reflector, Sample } from './memory.js';
import type { Echo } from './signals.js';

/** ms by which two answers of one reflector may be nearer than their questions were: it is the same answer again if nearer. */
const TWICE = 5;
/** ms of idle line after which its lowest delay is the new base, even if it is higher: as long as a queue lasts at the most. */
const SETTLED = 8000;
/** Answers that this needs. */
const ENOUGH = 20;
/** ms after which a base that nobody has confirmed is forgotten: in a day a way may have changed twice. */
const FORGOTTEN = 24 * 3_600_000;

/**
 * What is known of a reflector after an answer. The base falls at once, but by two answers, as one may be a lie; it rises only
 * while the line is idle, so that no queue that stands is taken for the way.
 *
 * @returns the sample; undefined if the answer is lost, old, or came twice
 */
export function hear(
  known: Reflector | undefined,
  echo: Echo,
  idle: boolean,
): { reflector: Reflector; sample?: Sample } {
  const { reflector: name, at, rtt } = echo;
  const before = known && at - known.heard < FORGOTTEN ? known : { name, sent: 0, heard: 0 };
  if (rtt === undefined) return { reflector: before };
  const sent = at - rtt;
  if (sent <= before.sent + TWICE) return { reflector: before };
  const { lower, idle: window, ...rest } = before;
  const base = before.base ?? rtt;
  const isLower = rtt < base;
  const seen = idle
    ? {
        since: window?.since ?? at,
        lowest: Math.min(window?.lowest ?? rtt, rtt),
        answers: (window?.answers ?? 0) + 1,
      }
    : undefined;
  const settled = seen && at - seen.since >= SETTLED && seen.answers >= ENOUGH;
  const lowered = isLower && lower !== undefined ? Math.max(lower, rtt) : base;
  return {
    sample: { reflector: name, sent, rtt },
    reflector: {
      ...rest,
      sent,
      heard: at,
      base: settled ? seen.lowest : lowered,
      ...(isLower ? { lower: rtt } : {}),
      ...(seen && !settled ? { idle: seen } : {}),
    },
  };
}

/**
 * Whether nobody who answers now did so before, within the time for which a base is kept: what their first answers took may be a
 * queue that stands.
 */
export function isAnew(before: Reflector[], answering: Reflector[], now: number): boolean {
  const known = before.filter(({ base, heard }) => base !== undefined && now - heard < FORGOTTEN);
  const isKnown = ({ name }: Reflector) => known.some((reflector) => reflector.name === name);
  return known.length === 0 || (answering.length > 0 && !answering.some(isKnown));
}

/** The reflectors with what is the way now: nothing that was done lowered the delay since a time (ms since boot). */
export function rebase(reflectors: Reflector[], samples: Sample[], from: number): Reflector[] {
  return reflectors.map((reflector) => {
    const rtts = samples.filter(({ reflector: name, sent }) => name === reflector.name && sent >= from);
    return rtts.length === 0 ? reflector : { ...reflector, base: Math.min(...rtts.map(({ rtt }) => rtt)) };
  });
}
