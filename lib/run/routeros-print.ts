import { EXIT, type ExitCode } from '../explain.js';
import { commandLine } from '../report/check.js';
import { sightLines } from '../report/routeros-pass.js';
import type { Context } from './context.js';
import type { Steered } from './routeros-crew.js';
import type { Pass } from './routeros-pass.js';

/** What `--verbose` shows while passes go on: what is seen, what is wished, and each change in the machine's own words. */
export function watcherOf({ options, note }: Context): Pick<Pass, 'looked' | 'changed'> {
  if (!options.verbose) return { looked: () => {}, changed: () => {} };
  return {
    looked: (view) => sightLines(view).forEach(note),
    changed: (change) => note(commandLine(change)),
  };
}

/** What came of them. @param dryRun nothing was changed */
export function printSteered(context: Context, { changes, problems }: Steered, dryRun: boolean): ExitCode {
  const { options, say, note, complain } = context;
  if (dryRun && options.verbose) for (const change of changes) note(commandLine(change));
  for (const { sentence } of changes) say(sentence);
  if (dryRun && changes.length > 0) note('nothing is changed (dry run)');
  if (problems.length > 0) complain(problems);
  return problems.length > 0 ? EXIT.routes : EXIT.ok;
}
