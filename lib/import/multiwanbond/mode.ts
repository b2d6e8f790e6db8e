import { asRecord, type Json } from '../../json.js';
import type { Entry, Say } from '../draft.js';
import { shown } from './values.js';

/** A way to carry traffic over several WANs. */
interface Mode {
  failover?: true;
  hashPolicy?: 'l4';
  /** Weights count. */
  weighed?: true;
  /** What is to be said of it. */
  text?: string;
}

const BY_WEIGHT =
  'flows are shared by the weights here, not by scores; a line that is slow or lossy gives way by check_quality';
/** What they always do, whatever its documents say. */
const WEIGHTED: Mode = { weighed: true, text: BY_WEIGHT };
/** By MultiWANBond's names. */
const MODES: Record<string, Mode> = {
  round_robin: { text: 'equal weights here: whole flows are shared, not packets' },
  weighted: WEIGHTED,
  adaptive: { ...WEIGHTED, text: `it does what weighted does; ${BY_WEIGHT}` },
  least_used: { text: `no counterpart: ${BY_WEIGHT}` },
  least_latency: { text: `no counterpart: ${BY_WEIGHT}` },
  per_flow: { hashPolicy: 'l4' },
  failover: { failover: true, text: 'metrics are by the order of the file' },
};

/** The mode of a file, which is adaptive if it is none that is known. */
export function readMode(file: Record<string, Json>, say: Say): Mode {
  const value = asRecord(file.routing)?.mode ?? 'adaptive';
  const known = typeof value === 'string' && Object.hasOwn(MODES, value) ? MODES[value] : undefined;
  const mode = known ?? WEIGHTED;
  const text = known ? known.text : `not a mode, and adaptive for MultiWANBond; ${BY_WEIGHT}`;
  if (text !== undefined) say(undefined, shown('routing.mode', value), text);
  return mode;
}

/** The same as options of ours. */
export function modeEntries({ failover, hashPolicy }: Mode): Entry[] {
  return [
    ['mode', failover ? 'failover' : 'multiuplink'],
    ...(hashPolicy === undefined ? [] : [['hash_policy', hashPolicy] satisfies Entry]),
  ];
}
