import type { Config, RoundResult, State } from '../model.js';
import type { Announcements } from '../report/announcement.js';
import type { LogLine } from '../report/log.js';
import { pluginWork } from '../report/plugin-work.js';
import { restartLine } from '../report/restarts.js';

export { restartCommands, restartLines } from '../report/restarts.js';

/** What only some configurations ask for behind a round. */
export interface Further {
  work: Pick<Announcements, 'plugins' | 'restart'>;
  /** For syslog. */
  lines: LogLine[];
  /** What is remembered once it is done, if that is news. */
  state?: State;
}

/** Restarts and plugins. Loaded only where there are any. @param failed the round could not do its work */
export function furtherWork(config: Config, result: RoundResult, failed: boolean): Further {
  const { restart, state } = result;
  const plugins = pluginWork(config, result, failed);
  return {
    work: { ...(restart ? { restart } : {}), ...(plugins ? { plugins: plugins.work } : {}) },
    lines: restart ? [{ priority: 'notice', text: restartLine(restart) }] : [],
    ...(plugins?.isNews ? { state: { ...state, plugins: plugins.memory } } : {}),
  };
}
