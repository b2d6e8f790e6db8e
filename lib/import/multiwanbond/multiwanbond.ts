import { MAX_WANS, NUMBERS } from '../../config/plain.js';
import { asList, asRecord, asText, type Json } from '../../json.js';
import { type Draft, type Entry, notebook, type Say } from '../draft.js';
import { sectionName } from '../write.js';
import { merge, readHealth, readInterval } from './checks.js';
import { modeEntries, readMode } from './mode.js';
import { positive, shown } from './values.js';
import { type Found, findWan, readWan } from './wan.js';

const MAX_WEIGHT = 100;

/** What has no counterpart, by the keys of the file. */
const LOST: Record<string, string> = {
  session: 'no counterpart: there is no bond and no other end; flows are shared, not packets',
  fec: 'no counterpart: there is no other end that could repair packets',
  monitoring: 'no counterpart: mini-mwan status and metrics print what there is',
  plugins: 'no counterpart: those of MultiWANBond do not run here',
  webui: 'no counterpart: there is no web page',
  server: 'no counterpart: there is no bond and no other end',
  security: 'no counterpart: nothing is carried, so nothing is encrypted',
};
const KNOWN = [...Object.keys(LOST), 'wans', 'routing', 'health', 'version', 'mode'];

/**
 * A configuration of ours that does of MultiWANBond's what can be done without a bond.
 *
 * @param devices the machine's devices, by their IPv4 addresses: most of its files name only these
 * @returns or, in words, why it cannot be one of MultiWANBond
 */
export function readMultiwanbond(json: Json, devices: ReadonlyMap<string, string>): Draft | { fault: string } {
  const file = asRecord(json);
  const list = asList(file?.wans);
  if (!file || !list) return { fault: 'no list "wans" is in it' };
  const { notes, say } = notebook();
  sayLost(file, say);
  if (list.length > MAX_WANS) say(undefined, 'wans', `more than ${MAX_WANS}; the rest is left out`);
  const found = list.slice(0, MAX_WANS).flatMap((value, i) => {
    const keys = asRecord(value);
    if (!keys) say(undefined, `wans[${i}]`, 'not an object; left out');
    return keys ? [findWan(keys, i + 1, devices)] : [];
  });
  if (found.length === 0) return { fault: 'no WAN is in its list "wans"' };
  const mode = readMode(file, say);
  const health = readHealth(file, say);
  const weights = mode.weighed ? readWeights(found, say) : [];
  const [taken, used] = [new Set<string>(), new Set<string>()];
  const wans = found.map((wan, i) => ({
    name: sectionName(wan.name, taken),
    entries: [
      ...readPlace(wan, used, say),
      ...(mode.failover ? [['metric', (i + 1) * (found.length < 90 ? 10 : 1)] satisfies Entry] : []),
      ...(weights.length > 0 ? [['weight', weights[i] ?? 1] satisfies Entry] : []),
      ...merge(health.wan, readWan(wan, say)),
    ],
  }));
  const interval = readInterval(found, say);
  const settings: Entry[] = [['enabled', 0], ...modeEntries(mode), ...merge(interval, health.settings)];
  return { settings, wans, notes };
}

function sayLost(file: Record<string, Json>, say: Say): void {
  for (const [key, value] of Object.entries(file)) {
    if (!KNOWN.includes(key)) say(undefined, key, 'not a key that is known of MultiWANBond; left out');
    const isOff = asRecord(value)?.enabled === false || asList(value)?.length === 0 || value === null;
    if (Object.hasOwn(LOST, key) && !isOff) say(undefined, key, LOST[key] as string);
  }
  if (file.mode === 'server') say(undefined, shown('mode', file.mode), 'the other end of a bond has no counterpart');
  const policies = asList(asRecord(file.routing)?.policies) ?? [];
  for (const policy of policies) {
    const [name, type] = [asText(asRecord(policy)?.name) ?? '', asText(asRecord(policy)?.type) ?? 'its rule'];
    if (asRecord(policy)?.enabled === false) continue;
    say(undefined, `routing.policies "${name}"`, `by ${type}: no counterpart, this traffic goes the way of all other`);
  }
}

function readPlace({ name, keys, device, why }: Found, used: Set<string>, say: Say): Entry[] {
  const key = keys.interface === undefined ? 'local_addr' : 'interface';
  const what = shown(key, keys[key]);
  if (device === undefined) {
    say(name, what, why as string);
    return [['enabled', 0]];
  }
  const isTwin = used.has(device);
  if (isTwin) say(name, what, `another WAN has ${device} as well; not enabled here`);
  if (keys.enabled === undefined) say(name, 'enabled', 'not there, which MultiWANBond takes for false');
  const enabled = keys.enabled === true && !isTwin;
  if (enabled) used.add(device);
  return [
    ['enabled', Number(enabled)],
    ['device', device],
  ];
}

function readWeights(found: Found[], say: Say): number[] {
  const weights = found.map(({ name, keys }) => positive('weight', keys.weight, name, say) ?? 1);
  const scale = Math.min(1, MAX_WEIGHT / Math.max(...weights));
  if (scale < 1) say(undefined, 'weight', `it takes ${NUMBERS.weight.legal}; all are made smaller in proportion`);
  return weights.map((weight) => Math.max(1, Math.round(weight * scale)));
}
