import type { Path, Probe } from '../model.js';
import { linkWords, targetWords } from './check.js';
import { safe } from './words.js';

/** What a test of one line showed, and what follows from it. @param obstacle why nothing was sent */
export function testLines(
  name: string,
  path: Path | undefined,
  probe: Probe | undefined,
  obstacle: string | undefined,
): string[] {
  const { type = '', device = '' } = path?.wan.uplink ?? {};
  const head = safe(`${name}  ${type} ${path?.device ?? device}  ${linkWords(path)}`, 200);
  if (!probe) return [head, safe(`it does not work: ${obstacle ?? 'nothing could be sent'}`, 400)];
  const seen = probe.seen ?? probe.broken ?? probe.targets.map(targetWords).join(', ');
  // Without a packet, no more is known than what was seen.
  const verdict = !probe.answered ? 'it does not work' : probe.sent > 0 ? 'it works' : 'nothing speaks against it';
  return [head, `  ${safe(seen, 400)}`, verdict];
}
