import type { Config, Path } from '../model.js';

/** s after which there is another round anyway, by cron: within them nobody compares. */
const MINUTE = 60;
/** FNV-1a of 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * A short word for the configuration and for what the lines are beside their answers: another one as soon as any of it differs.
 *
 * @returns undefined where rounds are so near that nobody asks for it
 */
export function fingerprint(config: Config, paths: Path[]): string | undefined {
  if (config.checkInterval <= MINUTE) return undefined;
  const lines = paths.map(({ wan, device, link, gateway, pointToPoint, onlink }) => {
    return [wan.enabled, device, link?.state, link?.addresses, gateway, pointToPoint, onlink];
  });
  let hash = OFFSET;
  for (const char of JSON.stringify([config, lines])) hash = Math.imul(hash ^ (char.codePointAt(0) as number), PRIME);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
