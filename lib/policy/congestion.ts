import { figuresOf } from '../health/figures.js';
import { ENOUGH } from '../health/quality.js';
import type { Congestion, Now, WanState } from '../model.js';
import { FRESH } from '../state/fresh.js';

/** s in which a longer way becomes the usual one: a line that is slow for an hour is a slow line. */
const USUAL = 3600;

/** Points of a hundred. What a call breaks at is enough by itself, whoever says it: there may be no shaper, or nothing measured. */
const DEGRADED = 60;
const COLOURS = { GREEN: 0, YELLOW: 10, SOFT_RED: 25, RED: 30 };
/** ms that are added: what people feel in a call, and what a call breaks at (ITU-T G.114 allows 150 ms for a way, all in all). */
const DELAYS: [ms: number, points: number][] = [
  [120, 60],
  [60, 30],
];
/** % of packets: codecs conceal less. */
const LOSS = 5;
const LOST = 30;

/** How certain it is that a line is congested. */
export interface Certainty {
  /** 0-100 */
  score: number;
  /** What speaks for it, in words. */
  signs: string[];
  /** ms there and back while nothing waits. Absent: not known. */
  base?: number;
}

/**
 * What the shaper of a line, or else its probes, say of it.
 *
 * @param known of all lines that are shaped
 * @param base ms there and back while nothing waits, as it was known; undefined: it is not
 * @param since s since boot of the round before; undefined: there was none
 */
export function congestionOf(
  wan: WanState,
  known: Congestion[] = [],
  base: number | undefined,
  now: Now,
  since: number | undefined,
): Certainty {
  const shaped = known.find((line) => line.wan === wan.name && isFresh(line, now));
  const rtt = rttOf(wan, since ?? 0);
  const elapsed = since === undefined || (shaped && shaped.colour !== 'GREEN') ? 0 : now.uptime - since;
  const usual = usualOf(rtt, base, elapsed);
  const delay = shaped?.delay ?? (rtt === undefined ? 0 : rtt - (base ?? rtt));
  const lost = lossOf(wan);
  const signs: [points: number, sign: string][] = [
    [wan.quality?.degraded ? DEGRADED : 0, 'degraded'],
    [shaped ? COLOURS[shaped.colour] : 0, shaped?.colour ?? ''],
    [DELAYS.find(([ms]) => delay >= ms)?.[1] ?? 0, `${Math.round(delay)} ms added`],
    [lost >= LOSS ? LOST : 0, `${Math.round(lost)} % lost`],
  ];
  const counting = signs.filter(([points]) => points > 0);
  return {
    score: Math.min(
      100,
      counting.reduce((sum, [points]) => sum + points, 0),
    ),
    signs: counting.map(([, sign]) => sign),
    ...(usual === undefined ? {} : { base: usual }),
  };
}

/** A time to come, or of another boot, is none. What was quiet then has had nothing to control since. */
function isFresh({ at, bootId, quiet }: Congestion, now: Now): boolean {
  return !quiet && bootId === now.bootId && at <= now.uptime && now.uptime - at < FRESH;
}

/** ms there and back in this round, by the target that speaks for the line. */
function rttOf({ quality }: WanState, since: number): number | undefined {
  const last = quality?.window.at(-1);
  if (!quality || !last || last.at < since) return undefined;
  return figuresOf({ window: [last], reliability: quality.reliability })?.rtt?.median;
}

/** The lowest, which follows a longer way slowly. */
function usualOf(rtt: number | undefined, base: number | undefined, elapsed: number): number | undefined {
  if (rtt === undefined || base === undefined || rtt < base) return rtt ?? base;
  return base + (rtt - base) * (1 - Math.exp(-Math.max(0, elapsed) / USUAL));
}

function lossOf({ quality }: WanState): number {
  const { packets = 0, loss = 0 } = (quality && figuresOf(quality)) ?? {};
  return packets < ENOUGH ? 0 : loss;
}
