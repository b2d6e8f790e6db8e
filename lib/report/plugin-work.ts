import { inCharge, usesDevice } from '../actuators/routes/route.js';
import type { Config, Plugin, RoundResult } from '../model.js';
import type { Use } from '../quota/meter.js';
import { dueAlerts, type Notice } from './alerts.js';
import { lastingTroubles } from './lasting.js';
import type { RoundMetrics } from './metric-formats.js';
import { formatMemory, parseMemory } from './plugin-memory.js';
import { quotaTroubles } from './quota.js';
import { wanJson } from './wan-json.js';

/** What the plugins have to do behind a round. */
export interface PluginWork {
  plugins: Plugin[];
  notices: Notice[];
  /** For those of type metrics among the plugins. */
  metrics?: RoundMetrics;
  /** s since the epoch. */
  time: number;
  logLevel: Config['logLevel'];
}

/** s by which a round may come too early: it is then the one that was meant. */
const EARLY = 2;

/**
 * What there is to do for the plugins of a configuration, and what is remembered once it is done; nothing where it is not.
 *
 * @param failure why the round could not do its work, if it could not
 * @param uses of quotas
 */
export function pluginWork(
  { plugins = [], logLevel }: Pick<Config, 'plugins' | 'logLevel'>,
  { state, transitions, seen }: Pick<RoundResult, 'state' | 'transitions' | 'seen'>,
  failure: string | undefined,
  uses: Use[] = [],
): { work?: PluginWork; memory: string[]; isNews: boolean } | undefined {
  const { told, sent, ...before } = parseMemory(state);
  const isAsked = plugins.some(({ type }) => type === 'alert');
  const { standing, memory } = isAsked
    ? lastingTroubles(before, state, seen.congestion)
    : { standing: [], memory: { lasting: [], usual: [] } };
  const { notices, told: heard } = dueAlerts(plugins, state, transitions, failure, told, [
    ...standing,
    ...quotaTroubles(uses),
  ]);
  const isSuspected = JSON.stringify(memory) !== JSON.stringify(before);
  const due = plugins.filter(
    (plugin) => plugin.type === 'metrics' && isDue(plugin, sent.get(plugin.name), state.uptime),
  );
  if (notices.length + due.length === 0 && !isSuspected) return undefined;
  const concerned = plugins.filter(
    (plugin) => due.includes(plugin) || notices.some((one) => one.plugin === plugin.name),
  );
  const used = inCharge(seen.routes);
  const metrics = () => ({
    time: state.timestamp,
    wans: state.wans.map((wan) => ({
      ...wanJson(wan, state.uptime),
      in_use: used.some((route) => usesDevice(route, wan.seen.device)),
    })),
  });
  const spaced = plugins.filter(({ type, interval }) => type === 'metrics' && interval > 0);
  const times = spaced.flatMap((plugin): [string, number][] => {
    const at = due.includes(plugin) ? state.uptime : sent.get(plugin.name);
    return at === undefined ? [] : [[plugin.name, at]];
  });
  const work = {
    ...{ plugins: concerned, notices, time: state.timestamp, logLevel },
    ...(due.length > 0 ? { metrics: metrics() } : {}),
  };
  return {
    ...(concerned.length > 0 ? { work } : {}),
    memory: formatMemory({ told: heard, sent: new Map(times), ...memory }, state.bootId),
    isNews: notices.length > 0 || isSuspected || due.some((plugin) => spaced.includes(plugin)),
  };
}

function isDue({ interval }: Plugin, last: number | undefined, now: number): boolean {
  return interval === 0 || last === undefined || now - last >= interval - EARLY;
}
