import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { Announcement } from '../report/announcement.js';
import { safe } from '../report/words.js';
import { readInput } from '../system/files.js';
import { log } from '../system/log.js';
import type { Context } from './context.js';

/** What a round hands over to the process that runs the hooks behind its back. */
export interface Announcements {
  /** OpenWrt's program that calls all scripts of /etc/hotplug.d. */
  hotplug?: string;
  /** The user's own program. */
  notify?: string;
  list: Announcement[];
}

/** ms that a hook may take. One that wants longer can go to the background itself. */
const LIMIT = 30_000;

/** Runs the hooks for what a round found, one after the other, as netifd does. Started by `check`, not by people. */
export async function announceAll({ exec }: Context): Promise<ExitCode> {
  const { hotplug, notify, list } = await readAnnouncements();
  const run = async (program: string, args: string[], env: Record<string, string>) => {
    const { exitCode, failure, stderr } = await exec.start(program, args, { timeout: LIMIT, env }).finished;
    if (exitCode === 0) return;
    const said = safe(stderr.trim().split('\n')[0] ?? '', 200);
    const text = `${program}, ${env.ACTION} of ${env.INTERFACE}: ${failure ?? `exit ${exitCode}`}${said && `: ${said}`}`;
    await log(exec, [{ priority: 'err', text: safe(text, 400) }]);
  };
  for (const { event, full, crossing } of list) {
    if (hotplug !== undefined && crossing) await run(hotplug, ['iface'], event);
    if (notify !== undefined) await run(notify, [], full);
  }
  return EXIT.ok;
}

async function readAnnouncements(): Promise<Announcements> {
  try {
    const read: Announcements = JSON.parse(await readInput());
    if (Array.isArray(read.list)) return read;
  } catch {
    // Somebody called it by hand.
  }
  throw new Trouble(EXIT.config, 'announce is started by check, with what it found');
}
