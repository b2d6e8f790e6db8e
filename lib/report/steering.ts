import { parseSteered, type Steered } from '../state/steering.js';
import { duration, safe } from './words.js';

/**
 * `steering voice: new flows go by wanb instead of wan for 20 s (wan: RED, 90 ms added)`, a line for each section.
 *
 * @param lines as the state file has them
 * @param at s since boot
 * @param since s since boot: of those only that have changed since; undefined: of all
 */
export function steeringLines(lines: string[] | undefined, at: number, since?: number): string[] {
  return parseSteered(lines)
    .filter((steered) => since === undefined || (steered.since ?? 0) > since)
    .map((steered) => steeringWords(steered, at));
}

function steeringWords(steered: Steered, at: number): string {
  const { name, primary, alternate, on, dryRun, since, differs, wary, score, reason } = steered;
  const time = on && since !== undefined ? ` for ${duration(at - since)}` : '';
  const what = on
    ? `new flows ${dryRun ? 'would ' : ''}go by ${safe(alternate)} instead of ${safe(primary)}${time}`
    : 'nothing is led away';
  const waits = differs === undefined ? [] : [`${on ? 'well' : 'congested'} for ${duration(at - differs)}`];
  const notes = [
    ...(dryRun ? ['dry run'] : []),
    ...(reason ? [safe(reason, 200)] : []),
    ...(score > 0 ? [`${score} of 100`] : []),
    ...waits,
    ...(wary !== undefined && wary > at ? [`it has changed often: more certainty for ${duration(wary - at)}`] : []),
  ];
  return `steering ${safe(name)}: ${what}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** The same as values. @param uptime s since boot */
export function steeringJson(lines: string[] | undefined, uptime: number) {
  return parseSteered(lines).map(
    ({ name, primary, alternate, on, dryRun, since, differs, score, toggles, reason }) => ({
      ...{ name, primary, alternate, steered: on, dry_run: dryRun, score, reason, recent_changes: toggles.length },
      since_s: since === undefined ? null : Math.round(Math.max(0, uptime - since)),
      differs_for_s: differs === undefined ? null : Math.round(Math.max(0, uptime - differs)),
    }),
  );
}
