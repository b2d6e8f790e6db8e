import type { Echo } from '../shape/signals.js';

/** `fping --loop`: an answer, or that none came. One that another host has sent is followed by its name, and is none. */
const FPING = /^(\S+) +: \[(\d{1,9})\], (?:\d{1,9} bytes, (\d{1,9}(?:\.\d{1,9})?) ms|timed out) \([^)]*\)$/;
/** An answer as iputils and BusyBox print it. One that came before is followed by a word, and is none. */
const PING = /^\d{1,9} bytes from (\S+): (?:icmp_)?seq=(\d{1,9}) ttl=\d{1,9} time=(\d{1,9}(?:\.\d{1,9})?) ms$/;
/** Numbers of packets that are remembered of each reflector: more than can be under way in 10 s. */
const KNOWN = 128;
/** Losses that are told at once: more say no more, the line was away. */
const MOST_LOST = 32;
/** Characters of a line that no program prints. */
const LONGEST = 1000;

/** Packets of a reflector. */
interface Packets {
  /** The number of the last one. */
  last?: number;
  /** By number, the oldest first: whether no answer has come yet. */
  lost: Map<number, boolean>;
}

/** Reads what one program prints, of one reflector or of all. */
export type Listener = (piece: string, at: number) => Echo[];

/**
 * @param reflectors who is asked: what anybody else answers says nothing
 * @returns what takes the output as it comes, with the time in ms since boot, and gives what is new in it
 */
export function createListener(reflectors: string[]): Listener {
  const known = new Map<string, Packets>(reflectors.map((reflector) => [reflector, { lost: new Map() }]));
  let rest = '';
  return (piece, at) => {
    const lines = (rest + piece).split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST);
    return lines.flatMap((line) => readLine(known, line, at));
  };
}

function readLine(known: Map<string, Packets>, line: string, at: number): Echo[] {
  const found = FPING.exec(line);
  const [, reflector = '', number, rtt] = found ?? PING.exec(line) ?? [];
  const packets = known.get(reflector);
  const own = Number(number);
  const echo: Echo = { reflector, at, ...(rtt === undefined ? {} : { rtt: Number(rtt) }) };
  if (!packets) return [];
  const before = packets.lost.get(own);
  // What was given up and comes after all has waited long: that says more than a loss.
  const isLate = before && rtt !== undefined;
  if (before !== undefined && !isLate) return [];
  // ping does not say what was lost: it is what the number passes over.
  const lost = found || isLate ? [] : passedOver(packets.last, own);
  for (const number of lost) packets.lost.set(number, true);
  packets.lost.set(own, rtt === undefined);
  if (!isLate) packets.last = own;
  for (const number of packets.lost.keys()) {
    if (packets.lost.size <= KNOWN) break;
    packets.lost.delete(number);
  }
  return [...lost.map(() => ({ reflector, at })), echo];
}

function passedOver(last: number | undefined, own: number): number[] {
  const many = last === undefined ? 0 : Math.min(own - last - 1, MOST_LOST);
  return Array.from({ length: Math.max(0, many) }, (_, i) => own - many + i);
}
