import { OPTIONS6, readIpv6, SETTINGS6 } from './ipv6.js';
import { needsMore } from './settings.js';
import type { UciSection } from './uci.js';
import type { More } from './wans.js';

/** What reads sections that are not plain. IPv6 alone needs a tenth of what all of it does. */
export async function readersOf(sections: UciSection[]): Promise<More> {
  return needsMore(sections, SETTINGS6, OPTIONS6) ? import('./more.js') : { readIpv6 };
}
