import type { Problem } from '../model.js';
import { OPTIONS6, SETTINGS6 } from './ipv6.js';
import { placeOf } from './options.js';
import { MAX_WANS, PLAIN_WAN, SETTINGS } from './plain.js';
import type { UciOption, UciSection } from './uci.js';

/** What is read by other files of this folder, or of the program. */
const TYPES = ['settings', 'interface', 'plugin', 'shaper', 'steering', 'routeros'];
const OF_SETTINGS = [
  ...Object.keys(SETTINGS),
  ...['balance', 'fast_dscp', 'bulk_dscp', 'inbound', 'mark_mask', 'mptcp'],
  ...SETTINGS6,
  ...['history', 'history_path', 'history_size', 'history_interval', 'quota_path'],
];
const OF_WANS = [
  ...PLAIN_WAN,
  ...['track_method', 'http_status', 'http_text', 'http_host'],
  'check_quality',
  ...['latency', 'loss', 'jitter'].flatMap((what) => [`failure_${what}`, `recovery_${what}`]),
  ...['bandwidth_down', 'bandwidth_up', 'metered', 'restart_after', 'restart_program', 'inbound'],
  ...['quota', 'quota_period', 'quota_day'],
  ...OPTIONS6,
];

/** Names every option of settings and WANs, and every section, that nobody reads. @param settings what all sections of settings say */
export function reportAllUnknown(settings: Map<string, UciOption>, sections: UciSection[], problems: Problem[]): void {
  for (const { type, line } of sections) {
    if (!TYPES.includes(type))
      problems.push({ line, value: type, option: 'config', text: 'unknown section type; ignored' });
  }
  reportUnknown(settings, OF_SETTINGS, problems);
  const wans = sections.filter(({ type }) => type === 'interface').slice(0, MAX_WANS);
  for (const { options } of wans) reportUnknown(options, OF_WANS, problems);
}

/** Names every option that nobody reads, with what could have been meant. */
export function reportUnknown(options: Map<string, UciOption>, known: string[], problems: Problem[]): void {
  for (const option of options.values()) {
    if (known.includes(option.name)) continue;
    problems.push({ ...placeOf(option), text: 'unknown option; ignored', remedy: [`known here: ${known.join(', ')}`] });
  }
}
