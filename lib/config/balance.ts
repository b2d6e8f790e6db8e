import type { Bandwidth, Config, Problem, Sharing, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import type { UciOption } from './uci.js';
import { choice, integer, optional } from './values.js';

/** What weighs the WANs that share. */
export const BALANCE = choice(['static', 'quality', 'latency', 'load', 'adaptive'] as const, 'static');
/** kbit/s, as sqm-scripts have it: up to 100 Gbit/s. */
export const RATE = optional(integer(1, 100_000_000, 0));

/** What becomes of a WAN of which it is not known what it can carry. */
const UNKNOWN: Partial<Record<Sharing, string>> = {
  load: 'knows nothing of it without bandwidth_down or bandwidth_up: it counts as an average WAN',
  adaptive: 'knows nothing of it without bandwidth_down or bandwidth_up: it never counts as the freest WAN',
};

/** What traffic is shared by; undefined: by the weights as configured. */
export function readBalance(
  options: Map<string, UciOption>,
  mode: Config['mode'],
  problems: Problem[],
): Sharing | undefined {
  const balance = readOption(options, 'balance', BALANCE, problems);
  if (balance === 'static' || mode === 'multiuplink') return balance === 'static' ? undefined : balance;
  const text = "without effect: nothing is shared in mode failover; to share: option mode 'multiuplink'";
  problems.push({ ...placeOf(options.get('balance')), text });
  return undefined;
}

/** What a line can carry; undefined where nobody says. */
export function readBandwidth(options: Map<string, UciOption>, problems: Problem[]): Bandwidth | undefined {
  const [down, up] = ['bandwidth_down', 'bandwidth_up'].map((name) => readOption(options, name, RATE, problems));
  if (down === undefined && up === undefined) return undefined;
  return { ...(down === undefined ? {} : { down }), ...(up === undefined ? {} : { up }) };
}

/** The WANs as they must be to be weighed, and what is said of those that cannot be. */
export function weighable(balance: Sharing | undefined, wans: Wan[], problems: Problem[]): Wan[] {
  if (balance === undefined) return wans;
  for (const { name } of wans.filter(({ enabled, bandwidth }) => enabled && !bandwidth)) {
    const text = UNKNOWN[balance];
    if (text !== undefined)
      problems.push({ option: `interface '${name}'`, text: `option balance '${balance}' ${text}` });
  }
  return balance === 'load' ? wans : wans.map((wan) => ({ ...wan, measured: true }));
}
