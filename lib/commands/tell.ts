import type { Config, Transition } from '../model.js';
import { announce } from '../report/announcement.js';
import { atLevel, type LogLine } from '../report/log.js';
import { log } from '../system/log.js';
import type { Announcements } from './announce.js';
import type { Context } from './context.js';

/** OpenWrt's program that calls the scripts of /etc/hotplug.d. */
const HOTPLUG_CALL = 'hotplug-call';

/** Tells syslog, at least as grave as the configuration wants it. A syslog that does not listen is no reason to complain. */
export async function tellSyslog(context: Context, lines: LogLine[], level: Config['logLevel']): Promise<void> {
  const problem = await log(context.exec, atLevel(lines, level));
  if (problem !== undefined && context.options.verbose) context.note(`nothing goes to syslog: ${problem}`);
}

/** Has hotplug scripts and the user's own told of new statuses, by a process that outlives us: a script may take its time. */
export async function tellScripts({ exec, io }: Context, config: Config, transitions: Transition[]): Promise<void> {
  if (transitions.length === 0) return;
  const hotplug = await exec.find(HOTPLUG_CALL);
  if (hotplug === undefined && config.notify === undefined) return;
  const work: Announcements = {
    ...(hotplug === undefined ? {} : { hotplug }),
    ...(config.notify === undefined ? {} : { notify: config.notify }),
    list: transitions.map(announce),
  };
  const [program, script] = io.self;
  await exec.detach(program, [script, 'announce'], JSON.stringify(work));
}
