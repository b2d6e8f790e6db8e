import { FIRST_TABLE } from '../actuators/tables/thing.js';
import type { Inbound, Problem, Steering, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import type { UciOption, UciSection } from './uci.js';
import { flag, optional, type Reader } from './values.js';

export const INBOUND = flag(false);
/** By default, bits that neither mwan3 (0x3f00) nor pbr and Tailscale (0xff0000) take. */
export const MARK_MASK: Reader<string> = {
  read: (text) => (widthOf(text) === undefined ? undefined : text),
  legal: 'a row of 2 to 16 bits, as 0xff000000',
  fallback: '0xff000000',
};

/**
 * The WANs with what leads answers by those for which that is asked. A WAN's own option overrules that of the settings.
 *
 * @param isLed new flows are to be led by any WAN, too
 * @param steering and by some, as these sections say
 */
export function withInbound(
  settings: Map<string, UciOption>,
  sections: UciSection[],
  wans: Wan[],
  { isLed: isWanted, steering }: { isLed: boolean; steering: Steering[] },
  problems: Problem[],
): Wan[] {
  const everywhere = readOption(settings, 'inbound', INBOUND, problems);
  const mask = readOption(settings, 'mark_mask', MARK_MASK, problems);
  const { unit, width } = widthOf(mask) as Bits;
  const interfaces = sections.filter(({ type }) => type === 'interface');
  // From both ends: a WAN that comes behind the others changes none of theirs.
  const isSteered = ({ name }: Wan) => steering.some(({ dryRun, alternate }) => !dryRun && alternate === name);
  const led = isWanted || wans.some(isSteered);
  const isRoom = 2 * wans.length < 2 ** width;
  if (led && !isRoom) {
    const loss = isWanted ? 'no class of flows is led, all are shared by quality' : 'no flow is steered';
    const text = `${mask} has no two values for each of ${wans.length} WANs: ${loss}`;
    problems.push({ option: 'mark_mask', ...placeOf(settings.get('mark_mask')), text });
  }
  return wans.map((wan, i) => {
    const options = interfaces[i]?.options ?? new Map<string, UciOption>();
    const isAnswered = readOption(options, 'inbound', optional(INBOUND), problems) ?? everywhere;
    const isLed = isRoom && (isWanted || isSteered(wan));
    if (!isAnswered && !isLed) return wan;
    const inbound: Inbound = {
      table: FIRST_TABLE + i,
      mask: Number(mask),
      ...(isLed && { led: (2 ** width - 1 - i) * unit }),
      ...(isLed && isSteered(wan) && { steered: true }),
    };
    if (!isAnswered) return { ...wan, inbound: { ...inbound, unanswered: true } };
    if (i + 1 < 2 ** width) return { ...wan, inbound: { ...inbound, mark: (i + 1) * unit } };
    const text = `mark_mask has values for ${2 ** width - 1} WANs only: what it forwards is answered by the best WAN`;
    problems.push({ option: `interface '${wan.name}': inbound`, text });
    return { ...wan, inbound };
  });
}

interface Bits {
  /** The lowest of them. */
  unit: number;
  /** How many there are. */
  width: number;
}

/** Undefined if it is not a row of so many bits. */
function widthOf(text: string): Bits | undefined {
  if (!/^0x[0-9a-fA-F]{1,8}$/.test(text)) return undefined;
  const row = /^0*(1{2,16})(0*)$/.exec(Number(text).toString(2));
  return row ? { unit: 2 ** (row[2] as string).length, width: (row[1] as string).length } : undefined;
}
