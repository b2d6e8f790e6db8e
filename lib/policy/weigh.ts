import type { Bandwidth, Sharing } from '../model.js';

/** So many parts there are of the traffic: coarse, as each that moves is felt. */
export const PARTS = 20;
/** The most that a nexthop can weigh: beside it, another one gets next to nothing. */
export const ALL = 256;
/** Another line must be faster by a fifth: two that are alike would take turns. */
const CLEARLY = 0.8;
/** ms by which it must be faster at least: nobody feels less. */
const NOTICEABLE = 2;

/** What is known of a line that shares. */
export interface Candidate {
  /** As configured. */
  weight: number;
  bandwidth?: Bandwidth;
  /** ms, and % of loss. Absent: not measured, or not enough. */
  measured?: { rtt: number; loss: number };
  /** 0 to 1: how much of its bandwidth is taken, of the direction that is busier. */
  used?: number;
  /** What it weighs now. Absent: it has not shared yet, or nothing was known of it. */
  held?: number;
}

/**
 * What each of them should weigh, against the others: parts of PARTS, one at least, or next to all for the fastest. A line of which
 * nothing is known counts as an average one, but never as the fastest. What `adaptive` leaves to be shared is shared by quality.
 */
export function weigh(by: Sharing, candidates: Candidate[]): number[] {
  if (by === 'latency') return onFastest(candidates);
  const others = othersOn(candidates);
  const scores = candidates.map((candidate, i) =>
    by === 'load' ? freeOf(candidate, others[i] ?? 0) : qualityOf(candidate, others[i] ?? 0),
  );
  const usual = mean(scores.filter((score) => score !== undefined)) ?? 1;
  const filled = candidates.map(({ weight }, i) => (by === 'load' ? 1 : weight) * (scores[i] ?? usual));
  if (filled.some((score) => score > 0)) return inParts(filled);
  // Nobody has room: as if all had.
  const full = candidates.map((candidate) => ({ ...candidate, used: 0 }));
  return by === 'load' ? weigh(by, full) : inParts(candidates.map(({ weight }) => weight));
}

/** As parts of PARTS. Each gets at least one of them: who gets nothing is never seen to work. */
export function inParts(scores: number[]): number[] {
  const sum = scores.reduce((total, score) => total + score, 0);
  return scores.map((score) => Math.max(1, Math.round((PARTS * score) / sum)));
}

/**
 * kbit/s on each line that the shares have not led there: a large flow, or what has no choice. What they have led there must not
 * count against a line, or they would swing. It is on all lines, each by its share: so of no line there can be more than fits.
 */
function othersOn(candidates: Candidate[]): number[] {
  const all = candidates.reduce((sum, { held = 0 }) => sum + held, 0);
  const parts = candidates.map(({ held = 0 }) => held / all);
  const rates = candidates.map((candidate) => (candidate.used ?? 0) * (rateOf(candidate) ?? 0));
  const known = candidates.flatMap((candidate, i) =>
    candidate.used === undefined || !candidate.held ? [] : [(rates[i] as number) / (parts[i] as number)],
  );
  if (known.length === 0) return rates.map(() => 0);
  const shared = Math.min(...known);
  return rates.map((rate, i) => Math.max(0, rate - shared * (parts[i] as number)));
}

/** kbit/s that nobody uses, but for whom the shares have led there. */
function freeOf(candidate: Candidate, others: number): number | undefined {
  const rate = rateOf(candidate);
  return rate === undefined ? undefined : Math.max(0, rate - others);
}

/** MultiWANBond's formula for the quality of a line. */
function qualityOf(candidate: Candidate, others: number): number | undefined {
  const { measured } = candidate;
  const rate = rateOf(candidate);
  const use = rate === undefined ? 0 : Math.min(1, others / rate);
  return measured && (100 / (measured.rtt + 1)) * (1 - measured.loss / 100) * (1 - use);
}

function rateOf({ bandwidth }: Candidate): number | undefined {
  return bandwidth?.down ?? bandwidth?.up;
}

function onFastest(candidates: Candidate[]): number[] {
  const delays = candidates.map(delayOf);
  const fastest = delays.indexOf(Math.min(...delays));
  const last = candidates.findIndex(({ held }) => held === ALL);
  const [least, now] = [delays[fastest] as number, delays[last] ?? Number.POSITIVE_INFINITY];
  const isClear = last < 0 || isClearlyFaster(least, now);
  return delays.map((_, i) => (i === (isClear ? fastest : last) ? ALL : 1));
}

/** Is a line that takes so many ms faster than the one that takes `now`, so that it is felt? */
export function isClearlyFaster(delay: number, now: number): boolean {
  return delay < Math.min(CLEARLY * now, now - NOTICEABLE);
}

/** Has a line more kbit/s to spare than the one with `now`, by as much? */
export function isClearlyFreer(unused: number, now: number): boolean {
  return now < CLEARLY * unused;
}

/** kbit/s of a line that nobody uses; -Infinity where they are not known. */
export function unusedOf(candidate: Candidate): number {
  const rate = rateOf(candidate);
  return rate === undefined ? Number.NEGATIVE_INFINITY : rate * (1 - (candidate.used ?? 0));
}

/** ms until there is an answer, where what was lost is asked again; Infinity where they are not known. */
export function delayOf({ measured }: Candidate): number {
  return measured ? measured.rtt / (1 - measured.loss / 100) : Number.POSITIVE_INFINITY;
}

function mean(values: number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
