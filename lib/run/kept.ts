import { examineHistory, type HistorySight } from '../doctor/history.js';
import { examineQuota, type Keeping } from '../doctor/quota.js';
import type { Config, Problem } from '../model.js';
import { dirname } from '../path.js';
import type { Tools } from '../system/exec.js';
import { tryReadText } from '../system/files.js';
import { isInRam, mountOf, parseMounts } from '../system/mounts.js';
import { SQLITE } from '../system/sqlite.js';
import { isFolder } from '../system/tree.js';

/** What is wrong with what is to outlive rounds: history, and the bytes of quotas. */
export async function examineKept(tools: Tools, config: Config): Promise<Problem[]> {
  return [
    ...examineHistory(config, await sightOfHistory(tools, config)),
    ...examineQuota(config, keepingOf(tools, config)),
  ];
}

async function sightOfHistory({ engine, exec }: Tools, { history }: Config): Promise<HistorySight> {
  const path = history?.copy?.path;
  return {
    sqlite3: history === undefined || (await exec.find(SQLITE)) !== undefined,
    folder: path === undefined || isFolder(engine, dirname(path)),
  };
}

function keepingOf({ engine }: Tools, { quotaPath }: Config): Keeping {
  if (quotaPath === undefined) return 'kept';
  const folder = dirname(quotaPath);
  if (!isFolder(engine, folder)) return 'absent';
  const mounts = parseMounts(tryReadText(engine, '/proc/mounts') ?? '');
  const path = engine.files.realPath(folder);
  if (isInRam(mounts, path)) return 'ram';
  return mountOf(mounts, path)?.options.includes('ro') ? 'read-only' : 'kept';
}
