import { isIPv4 } from '../address.js';
import type { FlowMatch, Problem, Steering, Wan } from '../model.js';
import { FAST, readDscpList } from './dscp.js';
import { withInbound } from './inbound.js';
import { placeOf, readOption, reportOverruled } from './options.js';
import { ofWan } from './shaper.js';
import type { UciOption, UciSection } from './uci.js';
import { reportUnknown } from './unknown.js';
import { flag, integer, type Reader } from './values.js';

/** Enough that no single sign but a great one counts, and that two smaller ones do. */
const CONFIDENCE = integer(1, 100, 55);
/** s. One look is never enough: whatever is longer than 0 takes a second one. */
const SUSTAIN = integer(1, 3600, 2);
/** s. Flows that follow each other, as calls do, are not dealt out to both lines. */
const HOLD_DOWN = integer(0, 86_400, 30);
const KNOWN = [
  ...['enabled', 'dry_run', 'primary', 'alternate', 'dscp', 'port', 'address'],
  ...['confidence', 'sustain', 'hold_down'],
];
/** More than anybody has; the kernel looks through them with each new flow. */
const MAX_SECTIONS = 20;
/** Ports and addresses of all sections. The table of nft is one argument, which must be shorter than 128 kB (execve(2)). */
const MAX_ITEMS = 200;
const MAX_NAME = 64;
const PROTOCOLS = ['tcp', 'udp'] as const;

type Options = Map<string, UciOption>;

/** What `config steering` sections say that can be used, in their order. */
export function readSteering(all: UciSection[], wans: Wan[], problems: Problem[]): Steering[] {
  const sections = all.filter(({ type }) => type === 'steering');
  const next = sections[MAX_SECTIONS];
  if (next) {
    const text = `more than ${MAX_SECTIONS} steering sections; this and the rest are ignored`;
    problems.push({ line: next.line, text });
  }
  let room = MAX_ITEMS;
  return sections.slice(0, MAX_SECTIONS).flatMap((section, i) => {
    // With a dash, as no section has it.
    const steering = readSection(section, section.name ?? `steering-${i + 1}`, wans, room, problems);
    if (!steering) return [];
    room -= steering.match.ports.length + steering.match.addresses.length;
    return [steering];
  });
}

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

function readSection(
  { options, line }: UciSection,
  name: string,
  wans: Wan[],
  room: number,
  problems: Problem[],
): Steering | undefined {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const [enabled, dryRun] = [read('enabled', flag(true)), read('dry_run', flag(true))];
  const [primary, alternate] = [read('primary', ofWan(wans)), read('alternate', ofWan(wans))];
  const match = readMatch(options, room, problems);
  const [confidence, sustain, holdDown] = [
    read('confidence', CONFIDENCE),
    read('sustain', SUSTAIN),
    read('hold_down', HOLD_DOWN),
  ];
  reportUnknown(options, KNOWN, problems);
  const leaveOut = (text: string) => {
    problems.push({ line, option: `steering '${name}'`, text: `${text}; left out` });
    return undefined;
  };
  if (name.length > MAX_NAME) return leaveOut(`its name has more than ${MAX_NAME} letters`);
  if (!enabled) return undefined;
  if (primary === undefined) return leaveOut("option primary names no interface section, as in: option primary 'wan'");
  if (alternate === undefined)
    return leaveOut("option alternate names no interface section, as in: option alternate 'wanb'");
  if (primary === alternate) return leaveOut(`option alternate is '${primary}', too: there is no other way`);
  const off = [primary, alternate].find((wan) => !wans.find((other) => other.name === wan)?.enabled);
  if (off !== undefined) return leaveOut(`interface '${off}' is not in use`);
  return { name, primary, alternate, match, confidence, sustain, holdDown, dryRun };
}

/** Where nothing is said, flows that ask for little delay. */
function readMatch(options: Options, room: number, problems: Problem[]): FlowMatch {
  const isOpen = !['dscp', 'port', 'address'].some((name) => options.has(name));
  const dscp = options.has('dscp') || isOpen ? readDscpList(options.get('dscp'), FAST, problems) : [];
  const port = 'a port, as 5060, 3478-3481 or udp:5060';
  const ports = readItems(options.get('port'), port, readRange, room, problems);
  const address = 'an IPv4 address or prefix, as 192.168.1.5 or 198.51.100.0/24';
  const addresses = readItems(options.get('address'), address, readPrefix, room - ports.length, problems);
  return { dscp, ports, addresses };
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
  const [, address = '', length] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  if (!isIPv4(address)) return undefined;
  if (length === undefined || length === '32') return address;
  return Number(length) >= 1 && Number(length) < 32 ? `${address}/${length}` : undefined;
}
