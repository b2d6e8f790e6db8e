import type { Memory, Reflector } from './memory.js';
import { bendOf, median, type Point } from './trend.js';

/** ms after which who has not answered is dropped until it does. */
const FRESH = 600;
/** Answers of each reflector that must agree, at the most. */
const MOST = 16;

/** What all samples say, by when they were sent. */
export function pointsOf({ reflectors, samples }: Pick<Memory, 'reflectors' | 'samples'>): Point[] {
  const bases = new Map(reflectors.map(({ name, base }) => [name, base]));
  return samples
    .map(({ reflector, sent, rtt }) => ({ reflector, sent, delay: Math.max(0, rtt - (bases.get(reflector) ?? rtt)) }))
    .sort((a, b) => a.sent - b.sent);
}

/** Who has answered of late. */
export function live(reflectors: Reflector[], now: number): Reflector[] {
  return reflectors.filter(({ heard, base }) => base !== undefined && now - heard <= FRESH);
}

/** What each reflector says that is believed: not what is far noisier than the others are; and how noisy that is, ms. */
export function believed(
  points: Point[],
  names: string[],
): { name: string; own: Point[]; noise: number | undefined }[] {
  const owns = new Map<string, Point[]>(names.map((name) => [name, []]));
  for (const point of points) owns.get(point.reflector)?.push(point);
  const each = [...owns].map(([name, own]) => ({ name, own, noise: bendOf(own) }));
  const usual = median(each.map(({ noise = 0 }) => noise)) ?? 0;
  return each.filter(({ noise = 0 }) => noise <= 3 + 3 * usual);
}

/** How much of the delay is noise, ms: of all in a row, or of each by itself if that is less. */
export function noiseOf(points: Point[], each: ReturnType<typeof believed>): number {
  const noises = each.map(({ noise }) => noise).filter((noise) => noise !== undefined);
  const both = [bendOf(points), median(noises)].filter((noise) => noise !== undefined);
  return both.length === 0 ? 0 : Math.min(...both);
}

/**
 * The delay that a majority of the reflectors has seen at least, ms: each says its lowest of late, of more answers where there is
 * more noise.
 *
 * @param from ms since boot: only answers to questions that were sent then or later
 * @returns undefined where too few answers are there
 */
export function vote(each: { own: Point[] }[], noise: number, from = 0): number | undefined {
  const count = Math.min(MOST, 1 + Math.round(2 * noise));
  const lows = each.flatMap(({ own }) => {
    const last = own.slice(-count).filter(({ sent }) => sent >= from);
    return last.length < count / 2 ? [] : [Math.min(...last.map(({ delay }) => delay))];
  });
  return lows.length < Math.min(2, each.length) ? undefined : median(lows);
}
