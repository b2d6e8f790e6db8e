import type { Config, Problem } from '../model.js';
import { readOption, reportUnknown } from './options.js';
import type { UciSection } from './uci.js';
import { choice, flag, integer } from './values.js';
import { readWans } from './wans.js';

const SETTINGS = {
  enabled: flag(false),
  mode: choice(['failover', 'multiuplink'], 'failover'),
  check_interval: integer(2, 300, 10),
  // The Lua program's log level. Known, so that its configuration passes; syslog has levels of its own.
  audit: choice(['emerg', 'alert', 'crit', 'err', 'error', 'warning', 'warn', 'notice', 'info', 'debug'], 'error'),
};

/** What the configuration means, and everything that is wrong with it. Never fails: what cannot be used is left out. */
export function readSettings(sections: UciSection[]): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const settings = sections.filter((section) => section.type === 'settings');
  for (const section of sections) {
    if (section.type !== 'settings' && section.type !== 'interface') {
      problems.push({
        line: section.line,
        value: section.type,
        option: 'config',
        text: 'unknown section type; ignored',
      });
    }
  }
  // Several anonymous settings sections act as one; the last word counts, as it does within a section.
  const options = new Map(settings.flatMap((section) => [...section.options]));
  const enabled = readOption(options, 'enabled', SETTINGS.enabled, problems);
  const mode = readOption(options, 'mode', SETTINGS.mode, problems);
  readOption(options, 'audit', SETTINGS.audit, problems);
  reportUnknown(options, Object.keys(SETTINGS), problems);
  const wans = readWans(sections, problems);
  const config: Config = {
    enabled,
    mode,
    checkInterval: readOption(options, 'check_interval', SETTINGS.check_interval, problems),
    wans: enabled ? wans : wans.map(({ unusable: _, ...wan }) => ({ ...wan, enabled: false })),
  };
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { config, problems };
}
