import { isIPv4 } from '../address.js';
import type { Bounds, Limits, Problem } from '../model.js';
import { placeOf, readOption } from './options.js';
import type { UciOption } from './uci.js';
import { flag, integer, optional, type Reader } from './values.js';

/** ms and %, with mwan3's names and defaults. Jitter is judged only where it is asked for. */
export const LIMITS = {
  failure_latency: integer(1, 60_000, 1000),
  recovery_latency: integer(1, 60_000, 500),
  failure_loss: integer(1, 100, 40),
  recovery_loss: integer(0, 100, 10),
  failure_jitter: optional(integer(1, 60_000, 0)),
  recovery_jitter: optional(integer(1, 60_000, 0)),
};
type Name = keyof typeof LIMITS;

/** What a line's figures are judged by; undefined where nobody asks. @param targets of the line */
export function readLimits(
  options: Map<string, UciOption>,
  problems: Problem[],
  targets: string[],
): Limits | undefined {
  const isAsked = readOption(options, 'check_quality', flag(false), problems);
  const read = (name: Name) => readOption(options, name, LIMITS[name] as Reader<number | undefined>, problems);
  /** What is good may not be worse than what is bad. */
  const pair = (what: 'latency' | 'loss' | 'jitter'): [failure?: number, recovery?: number] => {
    const [failure, recovery] = [read(`failure_${what}`), read(`recovery_${what}`)];
    if (failure === undefined) return [];
    if (recovery === undefined) return [failure, failure];
    if (recovery <= failure || !isAsked) return [failure, recovery];
    // The default of one may cross what was given for the other.
    const isGiven = options.has(`recovery_${what}`);
    const place = placeOf(options.get(isGiven ? `recovery_${what}` : `failure_${what}`));
    const text = isGiven
      ? `above failure_${what}, ${failure}; using ${failure}`
      : `below recovery_${what}, ${recovery} by default; using ${failure} for both`;
    problems.push({ ...place, text });
    return [failure, failure];
  };
  const [latency, loss, jitter] = [pair('latency'), pair('loss'), pair('jitter')];
  const why = whyNoJitter(options, targets);
  if (isAsked && jitter[0] !== undefined && why !== undefined) {
    problems.push({ ...placeOf(options.get('failure_jitter')), text: `never judged: ${why}` });
  }
  const bounds = (i: 0 | 1): Bounds => ({
    latency: latency[i] as number,
    loss: loss[i] as number,
    ...(jitter[i] === undefined ? {} : { jitter: jitter[i] }),
  });
  return isAsked ? { failure: bounds(0), recovery: bounds(1) } : undefined;
}

function whyNoJitter(options: Map<string, UciOption>, targets: string[]): string | undefined {
  if (options.get('ping_count')?.values.at(-1) === '1') {
    return "with option ping_count '1' there are no two answers in a round";
  }
  // Any other target answers once.
  const isPinged = targets.length === 0 || targets.some(isIPv4);
  return isPinged ? undefined : 'no target is pinged, so there are no two answers in a round';
}
