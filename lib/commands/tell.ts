import { EXIT, Trouble } from '../explain.js';
import type { Config, Transition } from '../model.js';
import { announce } from '../report/announcement.js';
import { atLevel, type LogLine, logLines } from '../report/log.js';
import { safe } from '../report/words.js';
import { emptyState, printable } from '../state/state.js';
import { readClock } from '../system/clock.js';
import { log } from '../system/log.js';
import type { Announcements } from './announce.js';
import { type Context, saveState } from './context.js';
import type { Ended, Start } from './perform.js';

/** OpenWrt's program that calls the scripts of /etc/hotplug.d. */
const HOTPLUG_CALL = 'hotplug-call';

/** Tells syslog and scripts what is new since the round before. */
export async function tellOthers(context: Context, { remembered }: Start, ended: Ended): Promise<void> {
  const { config, result, unsaved, exitCode } = ended;
  if (unsaved?.lost) {
    // Without a memory every status looks new: it is not told again and again.
    await tellSyslog(context, [{ priority: 'err', text: unsaved.text }], config.logLevel);
    return;
  }
  const news = result.state.complaints.filter((text) => !remembered.state?.complaints.includes(text));
  const failed = exitCode !== EXIT.ok && exitCode !== EXIT.noneUp;
  await tellSyslog(context, logLines(result, news, failed), config.logLevel);
  await tellScripts(context, config, result.transitions);
}

/** A round that could not run: syslog hears of it once, so it is remembered beside the verdicts. */
export async function tellTrouble(context: Context, { remembered }: Start, error: unknown): Promise<void> {
  if (!(error instanceof Trouble)) return;
  const complaints = [printable(error.message)];
  const { state = emptyState(readClock()) } = remembered;
  if (state.complaints.join() === complaints.join()) return;
  await saveState(context.options.state, { ...state, exitCode: error.exitCode, complaints });
  await tellSyslog(context, [{ priority: 'err', text: safe(error.message, 400) }], 'notice');
}

/** Only what is grave enough. A syslog that does not listen is no reason to complain. */
async function tellSyslog(context: Context, lines: LogLine[], level: Config['logLevel']): Promise<void> {
  const problem = await log(context.exec, atLevel(lines, level));
  if (problem !== undefined && context.options.verbose) context.note(`nothing goes to syslog: ${problem}`);
}

/** Hotplug scripts and the user's own, by a process that outlives us: a script may take its time. */
async function tellScripts({ exec, io }: Context, config: Config, transitions: Transition[]): Promise<void> {
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
