import { gather } from '../history/gather.js';
import type { Config, RoundResult, State } from '../model.js';
import type { Context } from './context.js';
import { leaveSample } from './history-files.js';

/** s between two writings, and rounds, where these are rarer. */
const PERIOD = 60;
const ROUNDS = 6;
/** s that samples wait at the longest. */
const LONGEST = 900;

/** Keeps what a round showed: in a file of samples, and with those before it, once a minute, in the database. */
export async function keepRound(
  context: Context,
  config: Config,
  before: State | undefined,
  result: RoundResult,
): Promise<void> {
  const { engine, options } = context;
  leaveSample(engine, options.state, gather(before, result));
  if (!isTime(config, before, result.state)) return;
  await (await import('./history-write.js')).writeHistory(context, config);
}

/** Has a minute of the uptime begun since the round before? */
function isTime({ checkInterval }: Config, before: State | undefined, { bootId, uptime }: State): boolean {
  const period = Math.min(Math.max(PERIOD, ROUNDS * checkInterval), LONGEST);
  if (!before || before.bootId !== bootId) return true;
  return Math.floor(before.uptime / period) !== Math.floor(uptime / period);
}
