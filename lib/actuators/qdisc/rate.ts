import type { Qdisc, Rates } from '../../model.js';

/**
 * The rate that CAKE should have, kbit/s; undefined: no limit, where nothing at all is known of the line.
 *
 * A rate within its bounds stays, whatever it is: control has put it there. One beyond them is brought to the next bound. Where
 * there is none yet, or no limit, it begins with the last one that was good.
 *
 * @param present absent: there is no CAKE yet
 * @param last what was good when the line was last looked after
 */
export function rateFor(
  { min, base, max }: Rates,
  present?: Pick<Qdisc, 'rate'>,
  last: number | undefined = undefined,
): number | undefined {
  const rate = present?.rate ?? last ?? base ?? max;
  if (rate === undefined) return undefined;
  return Math.max(Math.min(rate, max ?? rate), min ?? 0);
}
