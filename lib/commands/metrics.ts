import { EXIT, type ExitCode } from '../explain.js';
import { metricsText } from '../report/metrics.js';
import type { Context } from '../run/context.js';
import { loadState, requireState } from '../run/store.js';
import { EMPTY_STATE } from '../state/empty.js';
import { isStopped } from '../system/service.js';

/** Prints the last round for Prometheus. Looks at nothing but the state file. */
export async function metrics({ options, engine }: Context): Promise<ExitCode> {
  const stopped = isStopped(engine);
  // That nobody watches is worth telling without a round, too.
  const state = stopped ? loadState(engine, options.state, true).state : requireState(engine, options.state);
  engine.out.write(metricsText(state ?? EMPTY_STATE, stopped));
  return EXIT.ok;
}
