import { EXIT, type ExitCode } from '../explain.js';
import { metricsText } from '../report/metrics.js';
import { multiwanbondText } from '../report/metrics-multiwanbond.js';
import { mwan3Text } from '../report/metrics-mwan3.js';
import { shapeMetrics } from '../report/shape.js';
import type { Context } from '../run/context.js';
import { loadShape } from '../run/shape-store.js';
import { loadState, requireState } from '../run/store.js';
import { EMPTY_STATE } from '../state/empty.js';
import { readClock } from '../system/clock.js';
import { isStopped } from '../system/service.js';

/**
 * Prints the last round for Prometheus. Looks at nothing but the state file.
 *
 * @param also whose names are printed, too
 */
export async function metrics(
  { options, engine }: Context,
  { also }: { also?: 'mwan3' | 'multiwanbond' } = {},
): Promise<ExitCode> {
  const stopped = isStopped(engine);
  // That nobody watches is worth telling without a round, too.
  const state = stopped ? loadState(engine, options.state, true).state : requireState(engine, options.state);
  engine.out.write(metricsText(state ?? EMPTY_STATE, stopped));
  if (stopped || !state) return EXIT.ok;
  const now = readClock(engine);
  engine.out.write(shapeMetrics(loadShape(engine, options.state, now.bootId), now));
  if (also === 'mwan3') engine.out.write(mwan3Text(state, now));
  if (also === 'multiwanbond') engine.out.write(multiwanbondText(state));
  return EXIT.ok;
}
