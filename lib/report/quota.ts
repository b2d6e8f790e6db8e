import type { Use } from '../quota/meter.js';
import { dayName } from '../quota/period.js';
import { family, type Labels, type Metric } from './exposition.js';
import { safe } from './words.js';

const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** An amount for people: `38.1 GB`. */
export function amount(bytes: number): string {
  const power = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${UNITS[power - 1]}`;
}

/** `38.1 GB of 50.0 GB used since 2026-11-01 (76 %)` */
export function usedWords({ used, quota, since }: Use): string {
  return `${amount(used)} of ${amount(quota)} used since ${dayName(since)} (${share(used, quota)} %)`;
}

/** Of whoever is at 99.9 %, not that all is used. */
function share(used: number, quota: number): number {
  return Math.floor((100 * used) / quota);
}

/** `lte: 38.1 GB of 50.0 GB used since 2026-11-01 (76 %), 11.9 GB left until 2026-12-01`, a line for each. */
export function quotaLines(uses: Use[]): string[] {
  return uses.map((use) => {
    const left = use.used >= use.quota ? 'nothing left' : `${amount(use.quota - use.used)} left`;
    const until = use.until === undefined ? '' : ` until ${dayName(use.until)}`;
    return `${safe(use.wan)}: ${usedWords(use)}, ${left}${until}`;
  });
}

/** The same as values. */
export function quotaJson(uses: Use[]) {
  return uses.map(({ wan, used, quota, since, until }) => ({
    wan,
    used_bytes: used,
    quota_bytes: quota,
    left_bytes: Math.max(0, quota - used),
    since: dayName(since),
    until: until === undefined ? null : dayName(until),
  }));
}

const METRICS: Metric<Use>[] = [
  ['mini_mwan_wan_quota_bytes', 'gauge', 'Bytes that it may carry in a period.', ({ quota }) => quota],
  ['mini_mwan_wan_quota_used_bytes', 'gauge', 'Bytes of them that it has carried.', ({ used }) => used],
  [
    'mini_mwan_wan_quota_left_bytes',
    'gauge',
    'Bytes of them that are left.',
    ({ used, quota }) => Math.max(0, quota - used),
  ],
];

/** The same for Prometheus. */
export function quotaMetrics(uses: Use[]): string {
  const all = uses.map((use): [Labels, Use] => [{ wan: use.wan }, use]);
  return METRICS.map((metric) => family(metric, all)).join('');
}

/** % of which its use is told. */
const BOUNDS = [75, 95];

/** The troubles that are there, for plugins: `wan-quota-75:lte`. */
export function quotaTroubles(uses: Use[]): { key: string; wan: string; reason: string }[] {
  return BOUNDS.flatMap((bound) =>
    uses
      .filter(({ used, quota }) => used >= (bound / 100) * quota)
      .map((use) => ({ key: `wan-quota-${bound}:${use.wan}`, wan: use.wan, reason: usedWords(use) })),
  );
}
