import type { Direction, Problem, Rates, Shaper, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import { LEAST_RATE, MOST_RATE } from './rates.js';
import { readTargets } from './targets.js';
import type { UciOption, UciSection } from './uci.js';
import { reportUnknown } from './unknown.js';
import { choice, flag, integer, isDeviceName, isTarget, optional, type Reader } from './values.js';

/** Options of a direction, as `upload_min`. */
const WORDS: Record<Direction, string> = { up: 'upload', down: 'download' };
const BOUNDS = ['min', 'base', 'max'] as const;
/** What CAKE of sqm-scripts or of somebody else has already. */
const OWN = ['overhead', 'link_layer', 'linklayer', 'mpu', 'tcMPU', 'diffserv', 'nat', 'ack_filter', 'wash', 'ifb'];
const KNOWN = [
  ...['enabled', 'interface', 'device', 'existing', 'download_device', 'reflector'],
  ...Object.values(WORDS).flatMap((word) => BOUNDS.map((bound) => `${word}_${bound}`)),
  ...OWN,
];

/** kbit/s. Whoever says less than a modem of old did not mean that, so there is no nearest one. */
const { nearest: _, ...RATE } = optional(integer(LEAST_RATE, MOST_RATE, 0));
const LINK_LAYER = choice(['none', 'ethernet', 'atm', 'adsl', 'ptm'] as const, undefined);
const DIFFSERV = choice(['besteffort', 'precedence', 'diffserv3', 'diffserv4', 'diffserv8'] as const, 'diffserv3');
const OVERHEAD = optional(integer(0, 256, 0));
const MPU = optional(integer(0, 256, 0));
const DEVICE: Reader<string | undefined> = {
  read: (text) => (isDeviceName(text) ? text : undefined),
  legal: 'the name of a network device (1 to 15 letters, digits, . _ - @ +)',
  fallback: undefined,
};

/** Of operators that do not fail together. */
const REFLECTORS = ['1.1.1.1', '8.8.8.8', '9.9.9.9', '208.67.222.222'];
/** One that lies is outvoted. */
export const ENOUGH = 3;
/** More than anybody has. Each costs a process while its line is full. */
const MAX_SHAPERS = 20;
const MAX_NAME = 64;

type Options = Map<string, UciOption>;

/** The shapers of `config shaper` sections that can be used, in their order. */
export function readShapers(all: UciSection[], wans: Wan[], problems: Problem[]): Shaper[] {
  const sections = all.filter(({ type }) => type === 'shaper');
  const next = sections[MAX_SHAPERS];
  if (next)
    problems.push({ line: next.line, text: `more than ${MAX_SHAPERS} shaper sections; this and the rest are ignored` });
  const shapers: Shaper[] = [];
  for (const [i, section] of sections.slice(0, MAX_SHAPERS).entries()) {
    // With a dash, as no section has it.
    const shaper = readShaper(section, section.name ?? `shaper-${i + 1}`, wans, shapers, problems);
    if (shaper) shapers.push(shaper);
  }
  return shapers;
}

function readShaper(
  { options, line }: UciSection,
  name: string,
  wans: Wan[],
  before: Shaper[],
  problems: Problem[],
): Shaper | undefined {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const enabled = read('enabled', flag(true));
  const wan = read('interface', ofWan(wans));
  const device = read('device', DEVICE);
  const existing = read('existing', flag(false));
  const ingress = readIngress(options, existing, problems);
  const [up, down] = [readRates(options, WORDS.up, problems), readRates(options, WORDS.down, problems)];
  if (!ingress) reportUseless(options, problems);
  if (existing) reportTheirs(options, problems);
  const words = existing ? undefined : readWords(options, problems);
  const named = readTargets(options.get('reflector'), problems);
  reportUnknown(options, KNOWN, problems);
  const leaveOut = (text: string) => {
    problems.push({ line, option: `shaper '${name}'`, text: `${text}; left out` });
    return undefined;
  };
  if (name.length > MAX_NAME) return leaveOut(`its name has more than ${MAX_NAME} letters`);
  if (wan === undefined) return leaveOut("option interface names no interface section, as in: option interface 'wan'");
  if (!enabled) return undefined;
  const twin = before.find((other) => other.wan === wan || (device !== undefined && other.device === device));
  if (twin) return leaveOut(`shaper '${twin.name}' is for the same line`);
  return {
    name,
    wan,
    ...(device === undefined ? {} : { device }),
    ...(ingress ? { ingress } : {}),
    rates: { up, ...(ingress ? { down } : {}) },
    ...(words ? { words } : {}),
    reflectors: named.length > 0 ? named : reflectorsOf(wans.find((other) => other.name === wan)),
  };
}

/** The name of one of these WANs. */
export function ofWan(wans: Wan[]): Reader<string | undefined> {
  return {
    read: (text) => wans.find(({ name }) => name === text)?.name,
    legal: 'the name of an interface section of this file',
    fallback: undefined,
  };
}

/** What is there already has its own place for what comes. */
function readIngress(options: Options, existing: boolean, problems: Problem[]): Shaper['ingress'] {
  const device = readOption(options, 'download_device', DEVICE, problems);
  const ifb = readOption(options, 'ifb', flag(false), problems);
  if (device === undefined) return ifb || existing ? { ours: true } : undefined;
  if (ifb && !existing)
    problems.push({
      ...placeOf(options.get('ifb')),
      text: 'option download_device is there as well and counts; ignored',
    });
  return { device };
}

/** Bounds that contradict each other do not all count. */
function readRates(options: Options, word: string, problems: Problem[]): Rates {
  const [min, base, max] = BOUNDS.map((bound) => readOption(options, `${word}_${bound}`, RATE, problems));
  const rates: Rates = {};
  if (max !== undefined) rates.max = max;
  if (min !== undefined && max !== undefined && min > max) {
    problems.push({ ...placeOf(options.get(`${word}_min`)), text: `more than option ${word}_max (${max}); ignored` });
  } else if (min !== undefined) rates.min = min;
  if (base === undefined) return rates;
  rates.base = Math.min(Math.max(base, rates.min ?? 0), max ?? Number.POSITIVE_INFINITY);
  if (rates.base !== base) {
    const bound = rates.base > base ? 'less than option' : 'more than option';
    const text = `${bound} ${word}_${rates.base > base ? 'min' : 'max'}; using ${rates.base}`;
    problems.push({ ...placeOf(options.get(`${word}_base`)), text });
  }
  return rates;
}

/** Rates of what comes, where nothing queues it. */
function reportUseless(options: Options, problems: Problem[]): void {
  for (const bound of BOUNDS) {
    const option = options.get(`${WORDS.down}_${bound}`);
    if (!option) continue;
    const text = "without effect: nothing queues what comes; for a device of our own: option ifb '1'";
    problems.push({ ...placeOf(option), text });
  }
}

/** What is not ours to say. */
function reportTheirs(options: Options, problems: Problem[]): void {
  for (const name of OWN) {
    if (!options.has(name)) continue;
    const text = 'with option existing, whoever has made CAKE says that, and only its rate is ours; ignored';
    problems.push({ ...placeOf(options.get(name)), text });
  }
}

/**
 * The words of tc for CAKE. All that can be chosen is said, also where it is CAKE's default: what is not said stays as it is when
 * CAKE is changed.
 */
function readWords(options: Options, problems: Problem[]): Record<Direction, string[]> {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const either = <T>(option: string, sqm: string, reader: Reader<T>) =>
    read(options.has(option) ? option : sqm, reader);
  const [diffserv, nat, wash, acks] = [
    read('diffserv', DIFFSERV),
    read('nat', flag(true)),
    read('wash', flag(false)),
    read('ack_filter', flag(false)),
  ];
  const overhead = read('overhead', OVERHEAD);
  const layer = either('link_layer', 'linklayer', LINK_LAYER) ?? (overhead === undefined ? 'none' : 'ethernet');
  const mpu = either('mpu', 'tcMPU', MPU) ?? 0;
  if (layer === 'none' && overhead !== undefined)
    problems.push({ ...placeOf(options.get('overhead')), text: "without effect with link_layer 'none'" });
  const atm = { none: '', ethernet: 'noatm', atm: 'atm', adsl: 'atm', ptm: 'ptm' }[layer];
  const wordsOf = (direction: Direction) => [
    diffserv,
    nat ? 'nat' : 'nonat',
    wash ? 'wash' : 'nowash',
    // The filter is for answers that queue up before a slow upload.
    acks && direction === 'up' ? 'ack-filter' : 'no-ack-filter',
    // What has come has used the line, though it be dropped.
    direction === 'down' ? 'ingress' : 'egress',
    ...(layer === 'none' ? ['raw'] : ['overhead', `${overhead ?? 0}`, atm]),
    ...(mpu > 1 && layer !== 'none' ? ['mpu', `${mpu}`] : []),
  ];
  return { up: wordsOf('up'), down: wordsOf('down') };
}

/** Those whom the WAN asks anyway, if they are enough for a vote. */
function reflectorsOf(wan: Wan | undefined): string[] {
  const own = wan?.targets.filter(isTarget) ?? [];
  return own.length >= ENOUGH ? own : REFLECTORS;
}
