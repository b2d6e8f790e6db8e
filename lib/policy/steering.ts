import { wordFor } from '../health/transition.js';
import type { Config, Congestion, Now, State, Steer, Steering, WanState } from '../model.js';
import { isRecent } from '../state/recent.js';
import { formatSteered, parseSteered, type Steered } from '../state/steering.js';
import { type Certainty, congestionOf } from './congestion.js';

/** More changes than this within so many s are too many; for so many s, so much more certainty is asked for then. */
const MOST = 4;
const WINDOW = 300;
const PENALTY = 60;
const MORE = 15;

/** What a round has found out for a section. */
export interface Finding extends Certainty {
  /** Why nothing can be led away, in words. */
  obstacle?: string;
  /** The alternate is congested, too: nothing begins to be led there. */
  full?: boolean;
}

/**
 * What is remembered of all sections after a round, as lines of the state file.
 *
 * @param known of lines that are shaped
 * @param now when it has judged
 */
export function steerAll(
  { steering = [] }: Config,
  known: Congestion[] | undefined,
  wans: WanState[],
  previous: State | undefined,
  now: Now,
): string[] {
  const last = previous && previous.bootId === now.bootId && previous.uptime <= now.uptime ? previous : undefined;
  const remembered = parseSteered(last?.steering);
  // What was true before nobody looked for a while need not have been true all the time.
  const isWatched = last !== undefined && isRecent(last, now);
  return steering.map((section) => {
    const before = remembered.find((one) => isSame(one, section));
    const finding = find(section, known, wans, before?.base, now, last?.uptime);
    return formatSteered(decide(section, before, finding, now.uptime, isWatched));
  });
}

/**
 * One section, after a look. Only looks and the time between them count, never how many they were.
 *
 * @param at s since boot
 * @param isWatched there was a look not long ago
 */
export function decide(
  section: Steering,
  before: Steered | undefined,
  { score, signs, base, obstacle, full }: Finding,
  at: number,
  isWatched: boolean,
): Steered {
  const { name, primary, alternate, dryRun, confidence, sustain, holdDown } = section;
  const { on = false, since, wary, toggles = [] } = before ?? {};
  const limit = confidence + (wary !== undefined && at < wary ? MORE : 0);
  const wanted = obstacle !== undefined ? false : on ? score > 0 : score >= limit && !full;
  const differs = wanted === on ? undefined : ((isWatched ? before?.differs : undefined) ?? at);
  const lasts = differs !== undefined && at - differs >= sustain;
  const held = on && since !== undefined && at - since < holdDown;
  const changes = (on && obstacle !== undefined) || (lasts && !held);
  const recent = toggles.filter((time) => at - time < WINDOW);
  const next = changes ? [...recent, at] : recent;
  const penalty = changes && next.length > MOST ? at + PENALTY : wary;
  const words = obstacle ?? (signs.length > 0 ? `${primary}: ${signs.join(', ')}` : '');
  return {
    ...{ name, primary, alternate, dryRun, score },
    on: changes ? !on : on,
    ...(changes ? { since: at } : since === undefined ? {} : { since }),
    ...(changes || differs === undefined ? {} : { differs }),
    ...(penalty === undefined || penalty <= at ? {} : { wary: penalty }),
    ...(base === undefined ? {} : { base }),
    toggles: next.slice(-MOST - 1),
    reason: !on && full && score >= limit && obstacle === undefined ? `${words}; ${alternate} is, too` : words,
  };
}

/** The new flows that are led by another line, as it is remembered. */
export function steersOf({ steering = [], mode, wans }: Config, lines: string[] | undefined): Steer[] {
  const remembered = parseSteered(lines);
  return steering.flatMap((section): Steer[] => {
    const { name, match, primary, alternate, dryRun } = section;
    if (dryRun || !remembered.some((one) => one.on && isSame(one, section))) return [];
    // Of several that share nobody can say before which one a flow would take.
    const from = mode === 'failover' ? [primary] : wans.filter(({ enabled }) => enabled).map((wan) => wan.name);
    return [{ name, match, from, by: alternate }];
  });
}

function find(
  { primary, alternate, confidence }: Steering,
  known: Congestion[] | undefined,
  wans: WanState[],
  base: number | undefined,
  now: Now,
  since: number | undefined,
): Finding {
  const [line, other] = [primary, alternate].map((name) => wans.find((wan) => wan.name === name));
  const certainty = line ? congestionOf(line, known, base, now, since) : { score: 0, signs: [] };
  const bad = [line?.verdict.status !== 'up' && [primary, line], other?.verdict.status !== 'up' && [alternate, other]];
  for (const entry of bad) {
    if (!entry) continue;
    const [name, wan] = entry as [string, WanState | undefined];
    return { ...certainty, obstacle: `${name} is ${wan?.verdict.status ?? 'no WAN'}` };
  }
  if (other && wordFor(other) === 'degraded') return { ...certainty, obstacle: `${alternate} is degraded` };
  const full = other !== undefined && congestionOf(other, known, undefined, now, since).score >= confidence;
  return { ...certainty, ...(full ? { full } : {}) };
}

/** It was for the same lines. */
function isSame(one: Steered, { name, primary, alternate }: Steering): boolean {
  return one.name === name && one.primary === primary && one.alternate === alternate;
}
