import type { State } from '../model.js';
import { parseSteered, type Steered } from '../state/steering.js';
import { family, type Labels, type Metric } from './exposition.js';

/** A section, and what the clock on the wall showed when the router started, s since the epoch. */
type Subject = Steered & { booted: number };

const METRICS: Metric<Subject>[] = [
  [
    'active',
    'gauge',
    'Whether new flows go by the alternate; in a dry run, whether they would.',
    ({ on }) => Number(on),
  ],
  ['dry_run', 'gauge', 'Whether nothing is done, but said.', ({ dryRun }) => Number(dryRun)],
  [
    'since_timestamp_seconds',
    'gauge',
    'Since when that has been so.',
    ({ since, booted }) => since && Math.round(booted + since),
  ],
  ['certainty_ratio', 'gauge', 'How certain it is that the primary is congested.', ({ score }) => score / 100],
  [
    'recent_changes',
    'gauge',
    'How often that changed within the last five minutes; 5 where it was more.',
    ({ toggles }) => toggles.length,
  ],
];

/** The sections that steer by congestion for Prometheus, as the last round left them; nothing where there are none. */
export function steeringMetrics({ steering, timestamp, uptime }: State): string {
  const subjects = parseSteered(steering).map((section): [Labels, Subject] => {
    const { name, primary, alternate } = section;
    return [
      { steering: name, primary, alternate },
      { ...section, booted: timestamp - uptime },
    ];
  });
  return METRICS.map(([name, ...metric]) => family([`mini_mwan_steering_${name}`, ...metric], subjects)).join('');
}
