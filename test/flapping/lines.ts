/** The share of packets that a line loses, 0 to 1, at a time in s; `target` is who is asked, or nobody in particular. */
export type Line = (at: number, target?: string) => number;

export const GOOD: Line = () => 0;

/** Loses each packet by itself. */
export function lossy(percent: number): Line {
  return () => percent / 100;
}

/**
 * Works for so many seconds, and is dead for as many: a little longer, so that it does not keep step with the rounds.
 *
 * @param turn 1: dead at first
 */
export function alternating(seconds: number, turn = 0): Line {
  return (at) => (Math.floor(at / (seconds * 1.003)) + turn) % 2;
}

/** Loses this share for so many seconds, and none for as many. */
export function swinging(percent: number, seconds: number): Line {
  return (at) => (Math.floor(at / (seconds * 1.003)) % 2 === 1 ? percent / 100 : 0);
}

/** Only that target is ever heard of; for everybody else it works. */
export function answersOnly(only: string): Line {
  return (_, target) => (target === undefined || target === only ? 0 : 1);
}
