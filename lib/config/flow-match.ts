import { isIPv4 } from '../address.js';
import { parsePrefix, prefixText } from '../address6.js';
import type { FlowMatch, Problem } from '../model.js';
import { FAST, readDscpList } from './dscp.js';
import { placeOf, reportOverruled } from './options.js';
import type { UciOption } from './uci.js';

/** Ports and addresses of all sections. The table of nft is one argument, which must be shorter than 128 kB (execve(2)). */
export const MAX_ITEMS = 200;
const PROTOCOLS = ['tcp', 'udp'] as const;

/** Where nothing is said, flows that ask for little delay. */
export function readMatch(options: Map<string, UciOption>, room: number, problems: Problem[]): FlowMatch {
  const isOpen = !['dscp', 'port', 'address'].some((name) => options.has(name));
  const dscp = options.has('dscp') || isOpen ? readDscpList(options.get('dscp'), FAST, problems) : [];
  const port = 'a port, as 5060, 3478-3481 or udp:5060';
  const ports = readItems(options.get('port'), port, readRange, room, problems);
  const address = 'an address or prefix, as 192.168.1.5, 198.51.100.0/24 or 2001:db8::/48';
  const addresses = readItems(options.get('address'), address, readPrefix, room - ports.length, problems);
  return { dscp, ports, addresses };
}

/** Says that all addresses are of IPv6, where no WAN has it. */
export function reportSixOnly(option: UciOption | undefined, { addresses }: FlowMatch, problems: Problem[]): void {
  if (addresses.length === 0 || addresses.some((address) => !address.includes(':'))) return;
  const cure = "name one of IPv4, or set option ipv6 '1' and list ping_target6";
  problems.push({
    ...placeOf(option),
    text: `only addresses of IPv6, which no WAN has: none of them means a flow; ${cure}`,
  });
}

/** One option may name several, as UCI's own scripts take blanks for list separators. @param room how many there may be */
function readItems<T>(
  option: UciOption | undefined,
  legal: string,
  read: (text: string) => T | undefined,
  room: number,
  problems: Problem[],
): T[] {
  reportOverruled(option, problems);
  const words = (option?.values ?? []).flatMap((text, i) =>
    (text.match(/\S+/g) ?? []).map((word) => ({ word, line: option?.lines[i] })),
  );
  const next = words[room];
  if (next) {
    const text = `more than ${MAX_ITEMS} ports and addresses in all steering sections; this and the rest are ignored`;
    problems.push({
      ...placeOf(option),
      ...(next.line === undefined ? {} : { line: next.line }),
      value: next.word,
      text,
    });
  }
  return words.slice(0, room).flatMap(({ word, line }) => {
    const value = read(word);
    if (value !== undefined) return [value];
    const place = { ...placeOf(option), ...(line === undefined ? {} : { line }), value: word };
    problems.push({ ...place, text: `not ${legal}; ignored` });
    return [];
  });
}

function readRange(text: string): FlowMatch['ports'][number] | undefined {
  const [, protocol, from, to = from] = /^(?:(tcp|udp):)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === undefined || first < 1 || last > 65_535 || first > last) return undefined;
  return { protocols: PROTOCOLS.filter((one) => protocol === undefined || one === protocol), first, last };
}

function readPrefix(text: string): string | undefined {
  const six = text.includes(':') ? parsePrefix(text) : undefined;
  if (six) return six.length === 128 ? six.address : six.length >= 1 ? prefixText(six) : undefined;
  const [, address = '', length] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  if (!isIPv4(address)) return undefined;
  if (length === undefined || length === '32') return address;
  return Number(length) >= 1 && Number(length) < 32 ? `${address}/${length}` : undefined;
}
