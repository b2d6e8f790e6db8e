import { EXIT, type ExitCode } from '../explain.js';
import { metricsText } from '../report/metrics.js';
import type { Context } from './context.js';
import { requireState } from './memory.js';

/** Prints the last round for Prometheus. Looks at nothing but the state file. */
export async function metrics({ options, io }: Context): Promise<ExitCode> {
  io.out.write(metricsText(await requireState(options.state)));
  return EXIT.ok;
}
