import type { RoundResult } from '../model.js';
import { changeLines, commandLine, roundLines, summaryLine, transitionLine } from '../report/check.js';
import { toJson } from '../report/json.js';
import type { Watcher } from '../round.js';
import type { Context } from './context.js';

/** Prints all that a round does while it goes on, on stderr. */
export async function createPrinter({ note, errColour }: Context): Promise<Watcher> {
  const colour = await errColour();
  const { measuredWords } = await import('../report/quality.js');
  return {
    changing: (changes) => {
      for (const change of changes) note(commandLine(change));
    },
    judged: (...seen) => {
      for (const line of roundLines(...seen, colour, measuredWords)) note(line);
    },
  };
}

/** Prints what came of a round. */
export async function print(context: Context, result: RoundResult, dryRun: boolean): Promise<void> {
  const { options, say, note } = context;
  if (options.json) {
    const { checkJson } = await import('../report/wan-json.js');
    say(toJson(checkJson(result, dryRun)));
    return;
  }
  if (result.transitions.length > 0) {
    const colour = await context.colour();
    for (const transition of result.transitions) say(transitionLine(transition, colour));
  }
  const { balance, begun, uptime, steering } = result.state;
  if (balance && (options.verbose || (balance.moved ?? 0) > (begun ?? 0)))
    say((await import('../report/balance.js')).balanceWords(balance, uptime));
  if (steering) {
    const since = options.verbose ? undefined : begun;
    (await import('../report/steering.js')).steeringLines(steering, uptime, since).map(say);
  }
  if (dryRun || (result.transitions.length === 0 && !options.verbose)) {
    for (const line of changeLines(result, dryRun)) say(line);
  }
  if (options.verbose && result.state.wans.some(({ healing }) => healing)) {
    for (const line of (await import('./behind.js')).restartNotes(result)) note(line);
  }
  if (options.verbose && dryRun) for (const change of result.changes) note(commandLine(change));
  else if (options.verbose) note(summaryLine(result));
}
