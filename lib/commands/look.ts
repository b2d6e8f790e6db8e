import { EXIT, type ExitCode, explain } from '../explain.js';
import type { Config } from '../model.js';
import { readOrKept, understandConfiguration } from '../platform/configuration.js';
import { toJson } from '../report/json.js';
import { statusJson, statusLines } from '../report/status.js';
import { view } from '../round.js';
import { forget } from '../state/recent.js';
import { takeSurvey } from '../survey.js';
import { readClock } from '../system/clock.js';
import { isStopped, startCommands } from '../system/service.js';
import type { Context } from './context.js';
import { keptConfiguration, requireState } from './memory.js';
import { exitCodeOf } from './status.js';

/** What the last round found and what the kernel's table is now, as lines. Probes nothing, changes nothing. */
export async function look(context: Context): Promise<{ lines: string[]; exitCode: ExitCode }> {
  const { engine, options, complain } = context;
  // A configuration that cannot be read does not keep anybody from looking.
  const config = await readConfig(context);
  const left = requireState(engine, options.state);
  const stopped = isStopped(engine);
  const state = stopped ? forget(left) : left;
  const seen = await (await context.platform()).observe();
  // While it is stopped, no route of ours is wanted.
  const shown = config && !stopped ? view(config, seen, state) : { seen, uplinks: [] };
  const survey = takeSurvey(config, state, shown, readClock(engine), stopped ? startCommands(engine) : undefined);
  for (const text of seen.blind) complain([text]);
  return {
    lines: options.json ? [toJson(statusJson(survey))] : statusLines(survey, await context.colour()),
    exitCode: config && !config.enabled ? EXIT.ok : exitCodeOf(state),
  };
}

async function readConfig({ options, engine, exec, complain }: Context): Promise<Config | undefined> {
  try {
    const source = await readOrKept(options.config, keptConfiguration(engine, options.state), { engine, exec });
    if (source.fault !== undefined) complain([source.fault]);
    return understandConfiguration(options.config, source).config;
  } catch (error) {
    complain(explain(error).lines.slice(0, 1));
    return undefined;
  }
}
