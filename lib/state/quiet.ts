import type { Probe, Uplink, WanState } from '../model.js';
import type { RoundResult } from '../round.js';

/** First line of the file; one of another format is not looked at. */
const HEAD = 'mini-mwan 1';

/**
 * What a round that found nothing to do leaves for `cron/minute`, which can tell by it, without Node, that all is as it was:
 * a line for each link, for each target that answers or is silent, and one for the routes.
 *
 * @param table /proc/net/route as it was before the round looked at anything
 * @returns undefined if not all is settled: then the next round is a whole one
 */
export function quietText(result: RoundResult, table: string): string | undefined {
  const { state, transitions, changes, uplinks, probes, blind, refused } = result;
  if (transitions.length > 0 || changes.length > 0 || blind || refused) return undefined;
  const lines = state.wans.map((wan, i) => wanLines(wan, uplinks[i] as Uplink, probes.get(wan.name)));
  if (lines.includes(undefined)) return undefined;
  return [HEAD, ...lines.flatMap((some) => some ?? []), `routes ${shortRoutes(table)}`, ''].join('\n');
}

function wanLines(wan: WanState, { device, link }: Uplink, probe: Probe | undefined): string[] | undefined {
  if (wan.status === 'disabled') return [];
  const links = device === undefined ? [] : [`link ${device} ${link?.state ?? 'absent'}`];
  switch (wan.status) {
    case 'interface_down':
    case 'no_gateway':
      return links;
    case 'up':
      if (!probe?.answered || probe.failures > 0) return undefined;
      return [...links, ...targetLines('answers', device, probe, 'answered')];
    case 'down':
      if (!probe) return undefined;
      if (!probe.answered) return [...links, ...targetLines('silent', device, probe, 'lost')];
      // One that begins to answer again is looked at in every round; that its time is over, the round of a minute sees.
      if (probe.failures > 0 || wan.successes < wan.recoveryThreshold) return undefined;
      return [...links, ...targetLines('answers', device, probe, 'answered')];
    default:
      return undefined;
  }
}

function targetLines(word: string, device: string | undefined, { targets }: Probe, which: string): string[] {
  return targets.filter(({ outcome }) => outcome === which).map(({ target }) => `${word} ${device} ${target}`);
}

/**
 * The routes that lead to much of the Internet, as `cron/minute` reads them: of each its device, destination, gateway, flags,
 * metric and mask, all as the kernel prints them (Documentation/filesystems/proc.rst). Up to 8 bits of mask, which
 * is in host order.
 */
export function shortRoutes(table: string): string {
  const rows = table.split('\n').filter((line) => line.includes('\t'));
  return rows
    .map((line) => line.split('\t').map((cell) => cell.trim()))
    .filter((cells) => /^(000000[0-9A-F]{2}|[0-9A-F]{2}000000)$/.test(cells[7] ?? ''))
    .map((cells) => `${[0, 1, 2, 3, 6, 7].map((column) => cells[column]).join(' ')}|`)
    .join('');
}
