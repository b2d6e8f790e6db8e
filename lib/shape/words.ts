/** A delay for people. */
export function ms(delay: number): string {
  return `${Math.round(delay)} ms`;
}

/** A rate for people. @param rate kbit/s */
export function mbit(rate: number): string {
  return rate < 1000 ? `${Math.round(rate)} kbit/s` : `${(rate / 1000).toFixed(rate < 100_000 ? 1 : 0)} Mbit/s`;
}
