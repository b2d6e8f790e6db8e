import type { Problem } from '../../model.js';
import { type Keys, placeOf } from './keys.js';
import { isProfileName, type Profile, readProfile, type Surroundings } from './profile.js';

/** A line that may hold RED. */
export interface Line {
  name: string;
  profile: Profile;
}

/** More than anybody has; so that a broken file costs neither minutes nor memory. */
const MOST_LINES = 50;
const KEY = 'BACKUP_PROFILES';

/** The lines that BACKUP_PROFILES names, in its order. One that cannot be used is there, and says why. */
export function readLines(
  profiles: Record<string, string>,
  keys: Keys,
  around: Surroundings,
  problems: Problem[],
): Line[] {
  const place = placeOf(keys, KEY);
  const names = readNames(keys, problems);
  const lines = names.map((name): Line => {
    const text = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (text !== undefined) return { name, profile: readProfile(name, text, around, problems) };
    const unusable = `there is no profile '${name}'`;
    const remedy = [`mini-mwan profile create ${name}`];
    problems.push({ ...place, value: name, text: 'there is no such profile; left out', remedy });
    return { name, profile: { unusable } };
  });
  const others = Object.keys(profiles).filter((name) => isProfileName(name) && !names.includes(name));
  if (names.length === 0) {
    const remedy = [`name one or more, as in: ${KEY}=${others[0] ?? 'usb-modem'}`];
    const { value: _, ...where } = place;
    problems.push({ ...where, text: 'no backup line is named', remedy });
  } else if (others.length > 0) {
    const remedy = [`to use them, name them in ${KEY}`];
    problems.push({ text: `profiles that are not in use: ${others.join(', ')}`, remedy });
  }
  return lines;
}

function readNames(keys: Keys, problems: Problem[]): string[] {
  const place = placeOf(keys, KEY);
  const names = new Set<string>();
  const words = (keys.values[KEY] ?? '').split(/[\s,]+/).filter(Boolean);
  for (const value of words.slice(0, MOST_LINES)) {
    if (names.has(value)) problems.push({ ...place, value, text: 'named twice; used once' });
    else if (isProfileName(value)) names.add(value);
    else {
      const legal = "1 to 32 letters, digits, _ and -; 'primary' is IPFire's own line";
      problems.push({ ...place, value, text: `not the name of a profile (${legal}); left out` });
    }
  }
  if (words.length > MOST_LINES)
    problems.push({ ...place, text: `more than ${MOST_LINES} profiles; the first ${MOST_LINES} are used` });
  return [...names];
}

/** Says which lines have one device. It is allowed, as one of them holds RED at a time. */
export function reportShared(lines: Line[], problems: Problem[]): void {
  const first = new Map<string, Line>();
  for (const line of lines) {
    if (!('uplink' in line.profile)) continue;
    const { device, type, dial } = line.profile.uplink;
    const other = first.get(device);
    if (!other) first.set(device, line);
    if (!other || !('uplink' in other.profile)) continue;
    const { uplink } = other.profile;
    const number = dial && 'number' in dial ? dial.number : undefined;
    const alike =
      uplink.type === type &&
      (type === 'DHCP' ||
        (number !== undefined && uplink.dial && 'number' in uplink.dial && uplink.dial.number === number));
    const text = alike
      ? `the same line as ${other.name}: it goes down with it`
      : `the same device as ${other.name}: it cannot be tested while that one holds RED`;
    problems.push({ option: `profile ${line.name}`, text });
  }
}
