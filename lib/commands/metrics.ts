import { EXIT, type ExitCode } from '../explain.js';
import { metricsText } from '../report/metrics.js';
import { isStopped } from '../system/service.js';
import type { Context } from './context.js';
import { requireState } from './memory.js';

/** Prints the last round for Prometheus. Looks at nothing but the state file. */
export async function metrics({ options, engine }: Context): Promise<ExitCode> {
  engine.out.write(metricsText(requireState(engine, options.state), isStopped(engine)));
  return EXIT.ok;
}
