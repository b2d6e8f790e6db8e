import { healthOf, ROUNDS } from '../health/health.js';
import type { Measurement, Quality, Sample, Spare, WanState } from '../model.js';
import { number, optional, type Section } from './values.js';

/** s since boot, then for each target how many packets were sent, and the ms of those that were answered: `5012.40 3:10.12,9.80 3:`. */
const ROUND = /^\d{1,10}\.\d{2}(?: \d{1,3}:(?:\d{1,8}\.\d{2}(?:,\d{1,8}\.\d{2}){0,9})?){1,10}$/;

const SPARES: Spare[] = ['metered', 'loss', 'latency', 'rate'];

/** The keys of a WAN that is measured. */
export function formatQuality(wan: WanState): Section {
  const { quality, spare } = wan;
  if (!quality) return {};
  return {
    ...(spare === undefined ? {} : { spare }),
    health: healthOf(wan),
    degraded: quality.degraded ? 1 : 0,
    degraded_changed: quality.since?.toFixed(2) ?? '',
    degraded_times: quality.times,
    good_since: quality.goodSince?.toFixed(2) ?? '',
    reliability: quality.reliability,
    window: quality.window.map(formatRound),
  };
}

function formatRound({ at, samples }: Measurement): string {
  const words = samples.map(({ sent, rtts }) => `${sent}:${rtts.map((rtt) => rtt.toFixed(2)).join(',')}`);
  return [at.toFixed(2), ...words].join(' ');
}

/** @returns nothing where the section has no such keys */
export function parseQuality(section: Section): { quality?: Quality; spare?: Spare } {
  const { window, degraded } = section;
  if (degraded === undefined) return {};
  const rounds = (Array.isArray(window) ? window : []).map(String).filter((text) => ROUND.test(text));
  return {
    ...optional(
      'spare',
      SPARES.find((word) => word === section.spare),
    ),
    quality: {
      window: rounds.slice(-ROUNDS).map(parseRound),
      reliability: number(section.reliability) ?? 1,
      degraded: degraded === '1',
      ...optional('since', number(section.degraded_changed)),
      ...optional('goodSince', number(section.good_since)),
      times: number(section.degraded_times) ?? 0,
    },
  };
}

function parseRound(text: string): Measurement {
  const [at, ...words] = text.split(' ');
  const samples = words.map((word): Sample => {
    const [sent, rtts = ''] = word.split(':');
    return { sent: Number(sent), rtts: rtts === '' ? [] : rtts.split(',').map(Number) };
  });
  return { at: Number(at), samples };
}
