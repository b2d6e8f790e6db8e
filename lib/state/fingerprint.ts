import { hashOf } from '../hash.js';
import type { Config, Path } from '../model.js';

/** s after which there is another round anyway, by cron: within them nobody compares. */
const MINUTE = 60;

/**
 * A short word for the configuration and for what the lines are beside their answers: another one as soon as any of it differs.
 *
 * @returns undefined where rounds are so near that nobody asks for it
 */
export function fingerprint(config: Config, paths: Path[]): string | undefined {
  if (config.checkInterval <= MINUTE) return undefined;
  const lines = paths.map(({ wan, prefixes, device, link, gateway, pointToPoint, onlink }) => {
    return [wan.enabled, prefixes, device, link?.state, link?.addresses, gateway, pointToPoint, onlink];
  });
  return hashOf(JSON.stringify([config, lines]))
    .toString(16)
    .padStart(8, '0');
}
