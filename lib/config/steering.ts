import type { Problem, Steering, Wan } from '../model.js';
import { MAX_ITEMS, readMatch, reportSixOnly } from './flow-match.js';
import { readOption } from './options.js';
import { ofWan } from './shaper.js';
import type { UciSection } from './uci.js';
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
const MAX_NAME = 64;

/** What `config steering` sections say that can be used, in their order. */
export function readSteering(all: UciSection[], wans: Wan[], problems: Problem[]): Steering[] {
  const sections = all.filter(({ type }) => type === 'steering');
  const isSixAsked = all.some(
    ({ type, options }) => type !== 'steering' && readOption(options, 'ipv6', flag(false), []),
  );
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
    if (!isSixAsked) reportSixOnly(section.options.get('address'), steering.match, problems);
    room -= steering.match.ports.length + steering.match.addresses.length;
    return [steering];
  });
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
