import type { Config, Problem, Quota, Wan } from '../model.js';
import { MOST_DAYS } from '../quota/period.js';
import { placeOf, readOption } from './options.js';
import type { UciOption } from './uci.js';
import { integer, type Reader } from './values.js';

/** Where what was used outlives a restart of the router. */
const USUAL = '/etc/mini-mwan.quota';
const POWERS: Record<string, number> = { K: 1, M: 2, G: 3, T: 4 };
/** Bytes. */
const [LEAST, MOST] = [1e6, 1e15];

const AMOUNT: Reader<number | undefined> = {
  read: (text) => {
    const [, number, power = '', binary] = /^(\d{1,6}(?:\.\d{1,3})?) ?([KMGT])(i)?B?$/i.exec(text) ?? [];
    const bytes = Math.round(Number(number) * (binary ? 1024 : 1000) ** (POWERS[power.toUpperCase()] ?? Number.NaN));
    return bytes >= LEAST && bytes <= MOST ? bytes : undefined;
  },
  legal: 'an amount from 1M to 1000T, as 50G, 1.5T or 500GiB',
  fallback: undefined,
};

const days = integer(1, MOST_DAYS, MOST_DAYS);
const PERIOD: Reader<number | 'month'> = {
  ...days,
  read: (text) => (text === 'month' ? text : days.read(text)),
  legal: `month or a number of days from 1 to ${MOST_DAYS}`,
  fallback: 'month',
};

const PATH: Reader<string> = {
  read: (text) => (/^\/[\x20-\x7e]{1,200}$/.test(text) && !text.endsWith('/') ? text : undefined),
  legal: 'the whole path of a file',
  fallback: USUAL,
};

/** How much a WAN may carry, and in which time; nothing where nobody asks. */
export function readQuota(options: Map<string, UciOption>, problems: Problem[]): Pick<Wan, 'quota'> {
  const bytes = readOption(options, 'quota', AMOUNT, problems);
  const period = readOption(options, 'quota_period', PERIOD, problems);
  const day = readOption(options, 'quota_day', integer(1, 31, 1), problems);
  for (const name of ['quota_period', 'quota_day']) {
    const idle = options.get(name);
    const why = bytes === undefined ? 'there is no option quota' : 'the days of option quota_period are counted back';
    if (idle && (bytes === undefined || (name === 'quota_day' && period !== 'month')))
      problems.push({ ...placeOf(idle), text: `without effect: ${why}` });
  }
  if (bytes === undefined) return {};
  const quota: Quota = period === 'month' ? { bytes, day } : { bytes, days: period };
  return { quota };
}

/** Where it is kept what WANs have used; nothing where none has a quota. */
export function readQuotaPath(
  options: Map<string, UciOption>,
  wans: Wan[],
  problems: Problem[],
): Pick<Config, 'quotaPath'> {
  const quotaPath = readOption(options, 'quota_path', PATH, problems);
  return wans.some(({ enabled, quota }) => enabled && quota) ? { quotaPath } : {};
}
