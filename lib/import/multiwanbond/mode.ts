import { asList, asNumber, asRecord, type Json } from '../../json.js';
import type { Sharing } from '../../model.js';
import type { Entry, Say } from '../draft.js';
import { shown } from './values.js';

/** A way to carry traffic over several WANs. */
interface Mode {
  failover?: true;
  hashPolicy?: 'l4';
  balance?: Sharing;
  /** Weights count. */
  weighed?: true;
  /** What is to be said of it. */
  text?: string;
}

const IN_PROPORTION = 'flows are shared in proportion to the scores here, not all to the best line';
/** What they always do, whatever its documents say. */
const WEIGHTED: Mode = { weighed: true, balance: 'quality', text: IN_PROPORTION };
const UNRATED: Mode = { text: 'equal weights here: not every WAN has a max_bandwidth' };
/** By MultiWANBond's names. */
const MODES: Record<string, Mode> = {
  round_robin: { text: 'equal weights here: whole flows are shared, not packets' },
  weighted: WEIGHTED,
  adaptive: { ...WEIGHTED, text: `it does what weighted does; ${IN_PROPORTION}` },
  least_used: { balance: 'load', text: 'by what is free of max_bandwidth here, in proportion' },
  least_latency: { balance: 'latency' },
  per_flow: { hashPolicy: 'l4' },
  failover: { failover: true, text: 'metrics are by the order of the file' },
};

/** Is it known of all WANs what they can carry? */
function isRated(wans: Json): boolean {
  return asList(wans)?.every((wan) => (asNumber(asRecord(wan)?.max_bandwidth) ?? 0) > 0) ?? false;
}

/** The mode of a file, which is adaptive if it is none that is known. */
export function readMode(file: Record<string, Json>, say: Say): Mode {
  const value = asRecord(file.routing)?.mode ?? 'adaptive';
  const known = typeof value === 'string' && Object.hasOwn(MODES, value) ? MODES[value] : undefined;
  const mode = known?.balance === 'load' && !isRated(file.wans) ? UNRATED : (known ?? WEIGHTED);
  const text = known ? mode.text : `not a mode, and adaptive for MultiWANBond; ${IN_PROPORTION}`;
  if (text !== undefined) say(undefined, shown('routing.mode', value), text);
  return mode;
}

/** The same as options of ours. */
export function modeEntries({ failover, hashPolicy, balance }: Mode): Entry[] {
  return [
    ['mode', failover ? 'failover' : 'multiuplink'],
    ...(balance === undefined ? [] : [['balance', balance] satisfies Entry]),
    ...(hashPolicy === undefined ? [] : [['hash_policy', hashPolicy] satisfies Entry]),
  ];
}
