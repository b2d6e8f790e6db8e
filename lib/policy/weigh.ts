import type { Bandwidth, Sharing } from '../model.js';

/** So many parts there are of the traffic: coarse, as each that moves is felt. */
export const PARTS = 20;
/** The most that a nexthop can weigh: beside it, another one gets next to nothing. */
const ALL = 256;
/** Another line must be faster by a fifth: two that are alike would take turns. */
const CLEARLY = 0.8;

/** What is known of a line that shares. */
export interface Candidate {
  /** As configured. */
  weight: number;
  bandwidth?: Bandwidth;
  /** ms, and % of loss. Absent: not measured, or not enough. */
  measured?: { rtt: number; loss: number };
  /** 0 to 1: how much of its bandwidth is taken, of the direction that is busier. */
  used?: number;
}

/**
 * What each of them should weigh, against the others: from 1 to PARTS, or next to all for the fastest. A line of which nothing is
 * known counts as an average one.
 *
 * @param before what they weigh now
 */
export function weigh(by: Sharing, candidates: Candidate[], before?: number[]): number[] {
  if (by === 'latency') return onFastest(candidates.map(delayOf), before);
  const known = candidates.map(by === 'quality' ? qualityOf : freeOf);
  const usual = mean(known.filter((score) => score !== undefined)) ?? 1;
  return inParts(candidates.map(({ weight }, i) => (by === 'quality' ? weight : 1) * Math.max(0, known[i] ?? usual)));
}

/** kbit/s that nobody uses. */
function freeOf({ bandwidth, used = 0 }: Candidate): number | undefined {
  const rate = bandwidth?.down ?? bandwidth?.up;
  return rate === undefined ? undefined : rate * (1 - used);
}

/** MultiWANBond's formula for the quality of a line. */
function qualityOf({ measured, used = 0 }: Candidate): number | undefined {
  return measured && (100 / (measured.rtt + 1)) * (1 - measured.loss / 100) * (1 - used);
}

/** ms until there is an answer, where what was lost is asked again. */
function delayOf({ measured }: Candidate): number {
  return measured ? measured.rtt / (1 - measured.loss / 100) : Number.POSITIVE_INFINITY;
}

function onFastest(delays: number[], before: number[] = []): number[] {
  const fastest = delays.indexOf(Math.min(...delays));
  const last = before.indexOf(ALL);
  const isClear = last < 0 || (delays[fastest] as number) < CLEARLY * (delays[last] as number);
  return delays.map((_, i) => (i === (isClear ? fastest : last) ? ALL : 1));
}

/** Each gets at least one of them: who gets nothing is never seen to work. */
function inParts(scores: number[]): number[] {
  const sum = scores.reduce((total, score) => total + score, 0);
  return scores.map((score) => (sum > 0 ? Math.max(1, Math.round((PARTS * score) / sum)) : 1));
}

function mean(values: number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
