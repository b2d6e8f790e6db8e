import type { Config, Problem } from '../model.js';
import { dirname } from '../path.js';

/** What else decides whether history can be kept. */
export interface HistorySight {
  /** The program is there. */
  sqlite3: boolean;
  /** The folder that it is to be copied to is there. */
  folder: boolean;
}

/** What keeps history from being kept, that a round says only later. */
export function examineHistory({ history }: Config, { sqlite3, folder }: HistorySight): Problem[] {
  if (!history) return [];
  const problems: Problem[] = [];
  if (!sqlite3) {
    const text = "the program 'sqlite3' is not there: no history is kept";
    problems.push({ option: 'option history', text, remedy: [{ install: 'sqlite3' }] });
  }
  const path = history.copy?.path;
  if (path !== undefined && !folder) {
    const text = `there is no folder ${dirname(path)}: history is lost when the router starts again`;
    problems.push({ option: 'option history_path', text, remedy: [`mkdir -p '${dirname(path)}'`] });
  }
  return problems;
}
