/** Rounds that a window holds at most. Sixty seconds at an interval of 5 s, so that a line that turned bad fills it within a minute. */
export const ROUNDS = 12;
