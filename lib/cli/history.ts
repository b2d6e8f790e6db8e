import type { Argv } from 'yargs';

/** What `history` may be asked. */
export function historyOptions(args: Argv): Argv {
  const text = (describe: string) => ({ type: 'string', describe, requiresArg: true }) as const;
  return (
    args
      .option('last', text('so long until now, or --to: 30s, 5m, 1h, 7d or 2w; 1h unless said'))
      .option('from', text("since then: 2026-11-26T14:30:00Z, '2026-11-26 14:30' or 2026-11-26"))
      .option('to', text('up to then; now unless said'))
      .option('wan', { ...text('of these WANs only'), array: true })
      .option('metrics', text('these only, as rtt,loss'))
      .option('summary', {
        type: 'boolean',
        describe: 'what it adds up to: least, most, average, p50, p95, p99; shares of states',
      })
      .option('transitions', { type: 'boolean', describe: 'what happened, and how each target answered' })
      .option('csv', { type: 'boolean', describe: 'each number on a line' })
      .option('html', text('write a page with charts into this file'))
      // For rounds.
      .option('copy', { type: 'boolean', hidden: true })
  );
}
