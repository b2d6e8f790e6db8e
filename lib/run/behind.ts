import type { Config, RoundResult, State } from '../model.js';
import type { Use } from '../quota/meter.js';
import { type Announcements, announce } from '../report/announcement.js';
import { type LogLine, logLines } from '../report/log.js';
import { pluginWork } from '../report/plugin-work.js';
import { restartCommands, restartLine, restartLines } from '../report/restarts.js';
import { steeringLines } from '../report/steering.js';
import { problemText } from '../report/words.js';
import type { Context } from './context.js';

const NOTICE = 'notice' as const;

/** What is to be done behind a round. */
export interface Behind {
  /** For syslog. */
  lines: LogLine[];
  /** What is remembered once it is done, if that is news. */
  state?: State;
  /** Hands it over to a process that outlives us, as it may take its time. Whether that was started, if there is anything. */
  start(): Promise<boolean>;
}

/**
 * What syslog, scripts and plugins are told, and restarts.
 *
 * @param news complaints that are new
 * @param failed the round could not do its work
 */
export async function workBehind(
  context: Context,
  config: Config,
  result: RoundResult,
  news: string[],
  failed: boolean,
): Promise<Behind> {
  const { restart, state } = result;
  const uses = await usesOf(context, config, state);
  const plugins = pluginWork(config, result, failed ? causeOf(context, result) : undefined, uses);
  const further = { ...(restart ? { restart } : {}), ...(plugins?.work ? { plugins: plugins.work } : {}) };
  return {
    lines: [
      ...logLines(result, news, failed),
      ...steeringLines(state.steering, state.uptime, state.begun ?? 0).map((text) => ({ priority: NOTICE, text })),
      ...(restart ? [{ priority: NOTICE, text: restartLine(restart) }] : []),
    ],
    ...(plugins?.isNews ? { state: { ...state, plugins: plugins.memory } } : {}),
    start: async () => {
      const work = { ...(await scriptsWork(context, config, result)), ...further };
      if (work.list.length + Object.keys(further).length === 0) return true;
      const { engine, exec, options } = context;
      const [program = '', ...words] = engine.self;
      return exec.detach(program, [...words, 'announce', '--state', options.state], JSON.stringify(work));
    },
  };
}

/** How much WANs with a quota have used. */
async function usesOf(context: Context, config: Config, state: State): Promise<Use[]> {
  if (config.quotaPath === undefined) return [];
  return (await import('./quota-count.js')).countData(context, config, config.quotaPath, state);
}

/** Why a round could not do its work: other complaints may stand before it. */
function causeOf({ options }: Context, { problems, state }: RoundResult): string {
  const cause = problems.find(({ blocking }) => blocking);
  return cause ? problemText(cause, options.config) : `exit code ${state.exitCode}`;
}

/** Hotplug scripts and the user's own. */
async function scriptsWork(context: Context, { notify }: Config, { transitions }: RoundResult): Promise<Announcements> {
  if (transitions.length === 0) return { list: [] };
  const { announcer } = await context.platform();
  const hotplug = announcer === undefined ? undefined : await context.exec.find(announcer);
  if (hotplug === undefined && notify === undefined) return { list: [] };
  return {
    ...(hotplug === undefined ? {} : { hotplug }),
    ...(notify === undefined ? {} : { notify }),
    list: transitions.map(announce),
  };
}

/** What `check --verbose` says of restarts. */
export function restartNotes({ restart, state }: RoundResult): string[] {
  return [...(restart ? restartCommands(restart) : []), ...restartLines(state.wans, state.uptime)];
}
