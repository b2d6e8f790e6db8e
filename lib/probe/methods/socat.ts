/** Its notices (-d -d), with the time in microseconds (-lu). */
export const NOTICES = ['-lu', '-d', '-d'];
/** Characters that socat may print of one question: ten times what it does. */
export const MAX_OUTPUT = 10_000;

/** ms of a day. */
const DAY = 86_400_000;
/** ms. What is said to have taken longer shows that the clock was set. */
const LONGEST = 60_000;

/** Says of a socat that has failed whether the line or the other end did not let it, as the kernel puts it. */
export function isSilence(text: string): boolean {
  return /^.* E .*(?:refused|timed out|unreachable|No route to host|reset by peer)/m.test(text);
}

/**
 * ms from one notice to another; undefined if one of them is not there, or the clock was set in between.
 *
 * @param text what socat printed
 * @param first how the notice begins, as a regular expression
 */
export function span(text: string, first: string, last: string): number | undefined {
  const [from, to] = [first, last].map((words) => {
    const [, ...time] = new RegExp(`^\\S+ (\\d\\d):(\\d\\d):(\\d\\d\\.\\d+) \\S+ N ${words}`, 'm').exec(text) ?? [];
    const [hours = Number.NaN, minutes = 0, seconds = 0] = time.map(Number);
    return (hours * 3600 + minutes * 60 + seconds) * 1000;
  }) as [number, number];
  const took = from <= to ? to - from : to - from + DAY;
  return took < LONGEST ? Math.round(took * 1000) / 1000 : undefined;
}
