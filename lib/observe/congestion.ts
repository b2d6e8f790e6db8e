import { asRecord, asText, parseJson } from '../json.js';
import type { Congestion } from '../model.js';
import type { Decision } from '../shape/signals.js';
import { parseShape } from '../state/shape.js';

const ORDER: Congestion['colour'][] = ['GREEN', 'YELLOW', 'SOFT_RED', 'RED'];

/** How lines are that are shaped, out of what their control leaves; none where it says nothing. */
export function parseCongestion(text: string): Congestion[] {
  const bootId = asText(asRecord(parseJson(text))?.bootId);
  const lines = bootId === undefined ? [] : (parseShape(text, bootId)?.lines ?? []);
  return lines.flatMap(({ wan, at, quiet, decisions }): Congestion[] => {
    const worst = Object.values(decisions).sort((a, b) => gravity(b) - gravity(a) || b.delay - a.delay)[0];
    if (!worst || bootId === undefined) return [];
    return [{ wan, bootId, at: at / 1000, quiet, colour: worst.colour, delay: worst.delay }];
  });
}

function gravity({ colour }: Decision): number {
  return ORDER.indexOf(colour);
}
