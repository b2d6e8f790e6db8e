import type { Spare, WanState } from '../model.js';
import { safe } from './words.js';

const WHY: Record<Spare, string> = {
  metered: 'it is metered',
  loss: 'it loses 1 % or more',
  latency: 'its RTT is 8 times that of the fastest',
  rate: 'it has a tenth of the highest bandwidth',
};

/** `lte is a backup for MPTCP: it is metered`, a line for each. */
export function spareLines(wans: Pick<WanState, 'name' | 'spare' | 'verdict'>[]): string[] {
  return wans.flatMap(({ name, spare, verdict: { status } }) =>
    spare === undefined || status !== 'up' ? [] : [`${safe(name)} is a backup for MPTCP: ${WHY[spare]}`],
  );
}
