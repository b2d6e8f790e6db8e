import type { Sample } from '../model.js';
import type { Answer, Question } from './question.js';

/**
 * ms between two packets to one target, and until those are asked, too, whose turn it is not: long enough for most answers to
 * come first, short enough to know silence soon.
 */
export const SPACING = 300;
/** Characters that ping may print for one packet: ten times what it does. */
export const MAX_OUTPUT = 5000;

/**
 * One packet.
 *
 * @param bind the arguments of ping that send it through a device
 * @param timeout s
 */
export function pingQuestion(bind: string[], timeout: number, target: string): Question {
  return {
    program: 'ping',
    args: [...askArguments(timeout), '-c', '1', ...bind, target],
    maxOutput: MAX_OUTPUT,
    output: 'mixed',
    read: ({ stdout }) => parsePing(stdout),
  };
}

/** Arguments of ping for any question: no names, and s to wait for an answer. */
export function askArguments(timeout: number): string[] {
  return ['-n', '-W', String(timeout)];
}

/**
 * Parses what `ping -c 1` prints, in the words of iputils and of BusyBox. An ICMP error (`From … Unreachable`) is no answer.
 *
 * @returns undefined if it is no such output: ping could not do its work
 */
export function parsePing(output: string): Answer | undefined {
  const received = /^\d{1,9} packets transmitted, (\d{1,9}) (?:packets )?received/m.exec(output)?.[1];
  if (received === undefined) return undefined;
  if (Number(received) === 0) return { answered: false };
  const time = /\btime[=<](\d{1,9}(?:\.\d{1,9})?) ?ms/.exec(output)?.[1];
  return { answered: true, ...(time === undefined ? {} : { rtt: Number(time) }) };
}

/**
 * Parses what `ping -c N` prints, packet by packet. Only the first answer to each packet counts.
 *
 * @returns undefined if it is no such output: ping could not do its work
 */
export function parseSeries(output: string): Sample | undefined {
  const sent = /^(\d{1,3}) packets transmitted, /m.exec(output)?.[1];
  if (sent === undefined) return undefined;
  const rtts = new Map<number, number>();
  for (const [, seq, rtt] of output.matchAll(/seq=(\d{1,5}) .*?\btime[=<](\d{1,9}(?:\.\d{1,9})?) ?ms/g)) {
    if (!rtts.has(Number(seq))) rtts.set(Number(seq), Number(rtt));
  }
  const ordered = [...rtts].sort(([a], [b]) => a - b).map(([, rtt]) => rtt);
  return { sent: Number(sent), rtts: ordered.slice(0, Number(sent)) };
}
