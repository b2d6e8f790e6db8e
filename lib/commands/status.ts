import { EXIT, type ExitCode, explain, Trouble } from '../explain.js';
import type { Config } from '../model.js';
import { loadConfiguration } from '../platform/configuration.js';
import { statusJson, statusLines } from '../report/status.js';
import { view } from '../round.js';
import { takeSurvey } from '../survey.js';
import { readClock } from '../system/clock.js';
import { type Context, loadState } from './context.js';

/** Shows what the last round found and what the kernel's table is now. Probes nothing, changes nothing. */
export async function status(context: Context): Promise<ExitCode> {
  const { options, say, complain } = context;
  // A configuration that cannot be read does not keep anybody from looking.
  const config = await readConfig(context);
  const { state, problem } = await loadState(options.state, true);
  if (!state) throw new Trouble(EXIT.cannotRun, problem ?? 'no round has run yet', ['run: mini-mwan check --verbose']);
  const seen = await (await context.platform()).observe();
  const shown = config ? view(config, seen, state) : { seen, uplinks: [] };
  const survey = takeSurvey(config, state, shown, readClock());
  if (options.json) say(JSON.stringify(statusJson(survey)));
  else for (const line of statusLines(survey, context.colour)) say(line);
  for (const text of seen.blind) complain([text]);
  if (config && !config.enabled) return EXIT.ok;
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
