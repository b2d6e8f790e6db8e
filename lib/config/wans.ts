import type { Problem, Wan } from '../model.js';
import { placeOf, readOption, reportOverruled } from './options.js';
import { MAX_WANS, NUMBERS } from './plain.js';
import { readTargets } from './targets.js';
import type { UciOption, UciSection } from './uci.js';
import { flag, isDeviceName } from './values.js';

/** What reads options that most configurations do without: as much of it as is needed. */
export type More = Partial<typeof import('./more.js')>;

/** The WANs of all `config interface` sections, in their order. One that cannot be used is there, but not enabled. */
export function readWans(sections: UciSection[], problems: Problem[], more: More | undefined): Wan[] {
  const wans: Wan[] = [];
  const interfaces = sections.filter(({ type }) => type === 'interface');
  const given = new Set(interfaces.map(({ name }) => name));
  for (const section of interfaces.slice(0, MAX_WANS)) wans.push(readWan(section, wans, given, problems, more));
  const next = interfaces[MAX_WANS];
  if (next)
    problems.push({ line: next.line, text: `more than ${MAX_WANS} interface sections; this and the rest are ignored` });
  return wans;
}

/** @param given names that sections have in the file: none that is without a name gets one of them */
function readWan(
  section: UciSection,
  before: Wan[],
  given: ReadonlySet<string | undefined>,
  problems: Problem[],
  more: More | undefined,
): Wan {
  const { options } = section;
  const enabled = readOption(options, 'enabled', flag(true), problems);
  const number = (name: keyof typeof NUMBERS) => readOption(options, name, NUMBERS[name], problems);
  const place = readPlace(options, problems);
  const tracking = more?.readTracking?.(options, problems) ?? {
    targets: readTargets(options.get('ping_target'), problems),
  };
  const { targets } = tracking;
  const wan: Wan = {
    name: section.name ?? uniqueName(place.device ?? place.interface ?? 'unnamed', before, given),
    enabled,
    ...place,
    metric: number('metric'),
    weight: number('weight'),
    ...tracking,
    reliability: number('reliability'),
    count: number('ping_count'),
    timeout: number('ping_timeout'),
    failureThreshold: number('failure_threshold'),
    recoveryThreshold: number('recovery_threshold'),
    failbackDelay: number('failback_delay'),
    tier: number('tier'),
    ...more?.readRare?.(options, problems, targets),
  };
  if (!enabled) return wan;
  if (wan.reliability > targets.length && targets.length > 0) {
    const text = `more than there are usable targets; using ${targets.length}`;
    problems.push({ line: section.line, ...placeOf(options.get('reliability')), text });
    wan.reliability = targets.length;
  }
  const reason = whyUseless(wan, options, before);
  if (reason === undefined) return wan;
  problems.push({ line: section.line, option: `interface '${wan.name}'`, text: `${reason}; left out` });
  return { ...wan, enabled: false, unusable: reason };
}

function whyUseless(wan: Wan, options: Map<string, UciOption>, before: Wan[]): string | undefined {
  if (wan.device === undefined && wan.interface === undefined) {
    return options.has('device') || options.has('interface')
      ? 'no usable device'
      : 'neither option device nor interface';
  }
  if (wan.targets.length === 0) return "no usable ping_target, as in: list ping_target '1.1.1.1'";
  const twin = before
    .filter((other) => other.enabled)
    .find(
      (other) =>
        (wan.device !== undefined && other.device === wan.device) ||
        (wan.interface !== undefined && other.interface === wan.interface),
    );
  return twin && `it has the same device as interface '${twin.name}'`;
}

function readPlace(options: Map<string, UciOption>, problems: Problem[]): Pick<Wan, 'device' | 'interface'> {
  const device = options.get('device');
  const name = options.get('interface');
  for (const option of [device, name]) reportOverruled(option, problems);
  if (device && name) problems.push({ ...placeOf(name), text: 'option device is there as well and counts; ignored' });
  const used = device ?? name;
  const text = used?.values.at(-1) ?? '';
  if (!used || text === '') return {};
  if (device && !isDeviceName(text)) {
    problems.push({
      ...placeOf(device),
      text: 'not the name of a network device (1 to 15 letters, digits, . _ - @ +)',
    });
    return {};
  }
  if (!device && !/^[A-Za-z0-9_.-]{1,64}$/.test(text)) {
    problems.push({ ...placeOf(name), text: 'not the name of a netifd interface' });
    return {};
  }
  return device ? { device: text } : { interface: text };
}

function uniqueName(name: string, before: Wan[], given: ReadonlySet<string | undefined>): string {
  const names = new Set(before.map((wan) => wan.name));
  let [candidate, number] = [name, 2];
  while (names.has(candidate) || given.has(candidate)) candidate = `${name}_${number++}`;
  return candidate;
}
