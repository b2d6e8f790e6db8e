import type { Config, Problem } from '../model.js';
import { readOption } from './options.js';
import { PLAIN_WAN, SETTINGS } from './plain.js';
import { asksOtherwise } from './targets.js';
import type { UciOption, UciSection } from './uci.js';
import type { Reader } from './values.js';
import { type More, readWans } from './wans.js';

/**
 * Do sections say what only lib/config/more.ts can read, or know to be nothing?
 *
 * @param ofSettings options of settings that something else reads, and @param ofWans those of WANs
 */
export function needsMore(sections: UciSection[], ofSettings: string[] = [], ofWans: string[] = []): boolean {
  const plain: Record<string, string[]> = {
    settings: [...Object.keys(SETTINGS), ...ofSettings],
    interface: [...PLAIN_WAN, ...ofWans],
  };
  return sections.some(
    ({ type, options }) =>
      asksOtherwise(options.get('ping_target')) ||
      [...options.keys()].some((name) => !plain[type]?.includes(name)) ||
      !plain[type],
  );
}

type Value<K extends keyof typeof SETTINGS> = (typeof SETTINGS)[K] extends Reader<infer T> ? T : never;

/**
 * What the configuration means, and everything that is wrong with it. Never fails: what cannot be used is left out.
 *
 * @param more absent: it is not needed
 */
export function readSettings(sections: UciSection[], more?: More): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const settings = sections.filter((section) => section.type === 'settings');
  const options = mergeOptions(settings);
  const read = <K extends keyof typeof SETTINGS>(name: K) =>
    readOption(options, name, SETTINGS[name] as Reader<Value<K>>, problems);
  const enabled = read('enabled');
  const audit = read('audit');
  const logLevel = options.has('log_level') ? read('log_level') : audit;
  const [notify, hashPolicy, mode] = [read('notify'), read('hash_policy'), read('mode')];
  const balance = more?.readBalance?.(options, mode, problems);
  const classes = more?.readClasses?.(options, balance, problems);
  more?.reportAllUnknown?.(options, sections, problems);
  const isBonded = more?.readMptcp?.(options, problems);
  const listed = readWans(sections, problems, more);
  const weighed = more?.weighable?.(balance, listed, problems) ?? listed;
  const led = more?.led?.(options, sections, weighed, classes !== undefined, problems);
  const answering = led?.wans ?? weighed;
  const wans = (isBonded && more?.bondable?.(answering)) || answering;
  const six = more?.readIpv6?.(options, sections, wans, problems) ?? [];
  const further = more?.readFurther?.(options, sections, wans, enabled, problems);
  const config: Config = {
    enabled,
    mode,
    checkInterval: read('check_interval'),
    sticky: read('sticky'),
    ...(balance === undefined ? {} : { balance }),
    ...(classes && { classes }),
    ...(hashPolicy === undefined ? {} : { hashPolicy }),
    logLevel,
    ...(notify === undefined ? {} : { notify }),
    ...further,
    ...(enabled && led?.steering[0] && { steering: led.steering }),
    wans: enabled ? [...wans, ...six] : wans.map(({ unusable: _, ...wan }) => ({ ...wan, enabled: false })),
  };
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { config, problems };
}

/** Several anonymous settings sections act as one; the last word counts, as it does within a section. */
function mergeOptions(sections: UciSection[]): Map<string, UciOption> {
  const merged = new Map<string, UciOption>();
  for (const option of sections.flatMap((section) => [...section.options.values()])) {
    const before = merged.get(option.name);
    // Three are enough to be named, and keep a broken file cheap.
    const overruled = before ? [...before.overruled, before.line, ...option.overruled].slice(0, 3) : option.overruled;
    merged.set(option.name, { ...option, overruled });
  }
  return merged;
}
