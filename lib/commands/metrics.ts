import { EXIT, type ExitCode } from '../explain.js';
import { metricsText } from '../report/metrics.js';
import { multiwanbondText } from '../report/metrics-multiwanbond.js';
import { mwan3Text } from '../report/metrics-mwan3.js';
import { steeringMetrics } from '../report/metrics-steering.js';
import { quotaMetrics } from '../report/quota.js';
import { shapeMetrics } from '../report/shape.js';
import type { Context } from '../run/context.js';
import { lastUses } from '../run/quota.js';
import { loadShape } from '../run/shape-store.js';
import { loadState, requireState } from '../run/store.js';
import { EMPTY_STATE } from '../state/empty.js';
import { readClock } from '../system/clock.js';
import { isStopped } from '../system/service.js';

/** Exporters whose names are printed, too. */
type Names = 'mwan3' | 'multiwanbond';

/**
 * Prints the last round for Prometheus. Looks at nothing but the state file and those beside it.
 *
 * @param also whose names are printed, too
 */
export async function metrics(context: Context, { also }: { also?: Names } = {}): Promise<ExitCode> {
  context.engine.out.write(metricsOf(context, also));
  return EXIT.ok;
}

/** The same as one text. Throws a Trouble where no round has run. */
export function metricsOf({ options, engine }: Context, also: Names | undefined): string {
  const stopped = isStopped(engine);
  // That nobody watches is worth telling without a round, too.
  const state = stopped ? loadState(engine, options.state, true).state : requireState(engine, options.state);
  const own = metricsText(state ?? EMPTY_STATE, stopped);
  if (stopped || !state) return own;
  const now = readClock(engine);
  const shaped = shapeMetrics(loadShape(engine, options.state, now.bootId), now);
  const others = { mwan3: () => mwan3Text(state, now), multiwanbond: () => multiwanbondText(state) };
  const used = quotaMetrics(lastUses({ options, engine }, state));
  return own + shaped + used + steeringMetrics(state) + (also ? others[also]() : '');
}
