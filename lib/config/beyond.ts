import { OPTIONS6, readIpv6, SETTINGS6 } from './ipv6.js';
import { needsMore } from './settings.js';
import type { UciSection } from './uci.js';
import type { More } from './wans.js';

/** What reads sections that are not plain. IPv6 alone, and shapers alone, need a part of what all of it does. */
export async function readersOf(sections: UciSection[]): Promise<More> {
  const others = sections.filter(({ type }) => type !== 'shaper');
  if (needsMore(others, SETTINGS6, OPTIONS6)) return import('./more.js');
  if (others.length === sections.length) return { readIpv6 };
  return { readIpv6, readFurther: (await import('./shaper.js')).readOnlyShapers };
}
