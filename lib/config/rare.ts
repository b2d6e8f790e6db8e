import type { Problem, Wan } from '../model.js';
import { readBandwidth } from './balance.js';
import { readMetered } from './mptcp.js';
import { readLimits } from './quality.js';
import { readQuota } from './quota.js';
import { readRestarting } from './restart.js';
import type { UciOption } from './uci.js';

/** What few WANs have. @param targets of the WAN */
export function readRare(
  options: Map<string, UciOption>,
  problems: Problem[],
  targets: string[],
): Pick<Wan, 'limits' | 'bandwidth' | 'metered' | 'restart' | 'quota'> {
  const limits = readLimits(options, problems, targets);
  const bandwidth = readBandwidth(options, problems);
  const metered = readMetered(options, problems);
  return {
    ...(limits ? { limits } : {}),
    ...(bandwidth ? { bandwidth } : {}),
    ...(metered ? { metered } : {}),
    ...readRestarting(options, problems),
    ...readQuota(options, problems),
  };
}
