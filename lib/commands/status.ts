import { EXIT, type ExitCode, explain } from '../explain.js';
import type { Config, State } from '../model.js';
import { loadConfiguration } from '../platform/configuration.js';
import { statusJson, statusLines } from '../report/status.js';
import { view } from '../round.js';
import { isRecent } from '../state/recent.js';
import { takeSurvey } from '../survey.js';
import { readClock } from '../system/clock.js';
import { type Context, loadState, requireState } from './context.js';

/** Shows what the last round found and what the kernel's table is now. Probes nothing, changes nothing. */
export async function status(
  context: Context,
  { check, watch }: { check?: boolean; watch?: boolean },
): Promise<ExitCode> {
  if (check) return answerQuietly(context);
  if (watch) return (await import('./watch.js')).watch(context, async (seen) => (await look(seen)).lines);
  const { lines, exitCode } = await look(context);
  for (const line of lines) context.say(line);
  return exitCode;
}

/** For scripts that ask every other second: the state file alone says it, and not a word is printed. */
async function answerQuietly({ options }: Context): Promise<ExitCode> {
  const { state } = await loadState(options.state, true);
  return state && isRecent(state, readClock()) ? exitCodeOf(state) : EXIT.noneUp;
}

async function look(context: Context): Promise<{ lines: string[]; exitCode: ExitCode }> {
  const { options, complain, colour } = context;
  // A configuration that cannot be read does not keep anybody from looking.
  const config = await readConfig(context);
  const state = await requireState(options.state);
  const seen = await (await context.platform()).observe();
  const shown = config ? view(config, seen, state) : { seen, uplinks: [] };
  const survey = takeSurvey(config, state, shown, readClock());
  for (const text of seen.blind) complain([text]);
  return {
    lines: options.json ? [JSON.stringify(statusJson(survey))] : statusLines(survey, colour),
    exitCode: config && !config.enabled ? EXIT.ok : exitCodeOf(state),
  };
}

function exitCodeOf(state: State): ExitCode {
  return state.wans.some((wan) => wan.status === 'up') ? EXIT.ok : EXIT.noneUp;
}

async function readConfig({ options, exec, complain }: Context): Promise<Config | undefined> {
  try {
    return (await loadConfiguration(options.config, exec)).config;
  } catch (error) {
    complain(explain(error).lines.slice(0, 1));
    return undefined;
  }
}
