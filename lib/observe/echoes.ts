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

/** A packet of a reflector. `lost`: no answer to it has come yet. */
interface Packet {
  number: number;
  lost: boolean;
}

/** Reads what one program prints, of one reflector or of all. */
export type Listener = (piece: string, at: number) => Echo[];

/**
 * @param reflectors who is asked: what anybody else answers says nothing
 * @returns what takes the output as it comes, with the time in ms since boot, and gives what is new in it
 */
export function createListener(reflectors: string[]): Listener {
  const known = new Map<string, Packet[]>(reflectors.map((reflector) => [reflector, []]));
  let rest = '';
  return (piece, at) => {
    const lines = (rest + piece).split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST);
    return lines.flatMap((line) => readLine(known, line, at));
  };
}

function readLine(known: Map<string, Packet[]>, line: string, at: number): Echo[] {
  const found = FPING.exec(line);
  const [, reflector = '', number, rtt] = found ?? PING.exec(line) ?? [];
  const packets = known.get(reflector);
  const own = Number(number);
  const echo: Echo = { reflector, at, ...(rtt === undefined ? {} : { rtt: Number(rtt) }) };
  const before = packets?.find((packet) => packet.number === own);
  // What was given up and comes after all has waited long: that says more than a loss.
  const isLate = before?.lost && rtt !== undefined;
  if (!packets || (before && !isLate)) return [];
  if (before) {
    before.lost = false;
    return [echo];
  }
  // ping does not say what was lost: it is what the number passes over.
  const lost = found ? [] : passedOver(packets[0]?.number, own);
  const news = [{ number: own, lost: rtt === undefined }, ...lost.map((number) => ({ number, lost: true }))];
  known.set(reflector, [...news, ...packets].slice(0, KNOWN));
  return [...lost.map(() => ({ reflector, at })), echo];
}

function passedOver(last: number | undefined, own: number): number[] {
  const many = last === undefined ? 0 : Math.min(own - last - 1, MOST_LOST);
  return Array.from({ length: Math.max(0, many) }, (_, i) => own - 1 - i);
}
