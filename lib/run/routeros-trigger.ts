import type { Config, RoundResult } from '../model.js';
import type { Routeros } from '../routeros.js';
import { parseSteered } from '../state/steering.js';
import type { Context } from './context.js';
import { loadRouteros } from './routeros-store.js';
import { isShaping } from './routeros-wish.js';

/** s: a round comes at least so often, and starts the next one. */
const LONGEST_PAUSE = 60;
/** s before that, when it ends. */
const MARGIN = 5;

/**
 * Starts what steers RouterOS machines, unless it runs: behind the round, so that one which is dead or slow keeps no line of this
 * machine waiting. It outlives us.
 */
export async function startRouteros(context: Context, config: Config, { state, transitions }: RoundResult) {
  const { bootId, uptime } = state;
  const { engine, exec, options } = context;
  const { worker, machines } = loadRouteros(engine, options.state, bootId);
  // It sees by itself what this round has left.
  if (worker && worker.until > uptime && engine.isAlive(worker.pid)) return;
  const isKnown = ({ name, host }: Routeros) =>
    machines.some(({ machine: one }) => one.name === name && one.host === host);
  const isNew = config.routeros?.some((machine) => !isKnown(machine)) ?? false;
  const isDue = machines.some(({ due }) => due <= uptime);
  const isShaped = machines.some(({ machine }) => machine.shaper) && isShaping(context);
  const isSteered = parseSteered(state.steering).some(({ since = 0 }) => since > (state.begun ?? 0));
  if (!isNew && !isShaped && !isDue && !isSteered && transitions.length === 0) return;
  const seconds = Math.max(LONGEST_PAUSE, config.checkInterval) - MARGIN;
  const [program = '', ...words] = engine.self;
  const own = ['--config', options.config, '--state', options.state, '--seconds', `${seconds}`];
  await exec.detach(program, [...words, 'routeros', ...own], '');
}
