/** What one run of ping showed. */
export interface PingResult {
  answered: boolean;
  /** ms; absent if nothing answered, or ping did not say. */
  rtt?: number;
}

/**
 * Parses what `ping -c 1` prints, in the words of iputils and of BusyBox. An ICMP error (`From … Unreachable`) is no answer.
 *
 * @returns undefined if it is no such output: ping could not do its work
 */
export function parsePing(output: string): PingResult | undefined {
  const received = /^\d{1,9} packets transmitted, (\d{1,9}) (?:packets )?received/m.exec(output)?.[1];
  if (received === undefined) return undefined;
  if (Number(received) === 0) return { answered: false };
  const time = /\btime[=<](\d{1,9}(?:\.\d{1,9})?) ?ms/.exec(output)?.[1];
  return { answered: true, ...(time === undefined ? {} : { rtt: Number(time) }) };
}
