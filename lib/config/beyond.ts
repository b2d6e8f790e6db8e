import { OPTIONS6, readIpv6, SETTINGS6 } from './ipv6.js';
import { needsMore } from './settings.js';
import type { UciSection } from './uci.js';
import type { More } from './wans.js';

/** What reads sections that are not plain. IPv6 alone, and shapers alone, need a part of what all of it does. */
export async function readersOf(sections: UciSection[]): Promise<More> {
  const others = sections.filter(({ type }) => type !== 'shaper');
  if (needsMore(others, SETTINGS6, OPTIONS6)) return import('./more.js');
  if (others.length === sections.length) return { readIpv6 };
  const { readShapers } = await import('./shaper.js');
  return {
    readIpv6,
    // As that of further.ts, of a file in which there is nothing else of that.
    readFurther: (_, all, wans, enabled, problems) => {
      const shapers = readShapers(all, wans, problems);
      return enabled && shapers.length > 0 ? { shapers } : {};
    },
  };
}
