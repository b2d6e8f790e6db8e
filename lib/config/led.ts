import type { Problem, Steering, Wan } from '../model.js';
import { withInbound } from './inbound.js';
import { readSteering } from './steering.js';
import type { UciOption, UciSection } from './uci.js';

/**
 * The WANs as they must be, to be watched and to have flows led there, and what leads answers and flows.
 *
 * @param isLed new flows are to be led by any WAN, too
 */
export function led(
  settings: Map<string, UciOption>,
  sections: UciSection[],
  wans: Wan[],
  isLed: boolean,
  problems: Problem[],
): { wans: Wan[]; steering: Steering[] } {
  const steering = readSteering(sections, wans, problems);
  const watched = wans.map((wan) =>
    steering.some(({ primary }) => primary === wan.name) ? { ...wan, measured: true as const } : wan,
  );
  return { wans: withInbound(settings, sections, watched, { isLed, steering }, problems), steering };
}
