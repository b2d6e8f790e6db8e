import type { Probe, TargetResult, Uplink, WanState } from '../model.js';
import type { RoundResult } from '../round.js';

/** ms. A look waits for a second: where an answer often takes nearly as long, one that is missing tells nothing. */
const SLOW = 800;
/** First line of the file; one of another format is not looked at. */
const HEAD = 'mini-mwan 1';

/**
 * What a round that found nothing to do leaves for `cron/minute`, which can tell by it, without Node, that all is as it was:
 * a line for the routes, one for each link, and last, because it takes longest to look at them, for each target that is silent
 * or answers.
 *
 * @param table /proc/net/route as it was before the round looked at anything
 * @returns undefined if not all is settled: then the next round is a whole one
 */
export function quietText(result: RoundResult, table: string): string | undefined {
  const { state, transitions, changes, uplinks, probes, blind, refused } = result;
  if (transitions.length > 0 || changes.length > 0 || blind || refused) return undefined;
  const links = state.wans.flatMap(({ status }, i) => (status === 'disabled' ? [] : linkLines(uplinks[i] as Uplink)));
  const targets = state.wans.map((wan, i) => targetLines(wan, uplinks[i] as Uplink, probes.get(wan.name)));
  if (targets.includes(undefined)) return undefined;
  const lines = targets.flatMap((some) => some ?? []);
  const silent = lines.filter((line) => line.startsWith('silent'));
  const answering = lines.filter((line) => line.startsWith('answers'));
  return [HEAD, `routes ${shortRoutes(table)}`, ...links, ...silent, ...answering, ''].join('\n');
}

function linkLines({ device, link }: Uplink): string[] {
  return device === undefined ? [] : [`link ${device} ${link?.state ?? 'absent'}`];
}

/** Undefined if not all is settled. */
function targetLines(wan: WanState, { device }: Uplink, probe: Probe | undefined): string[] | undefined {
  const list = (word: string, outcome: TargetResult['outcome'], { targets }: Probe) =>
    targets.filter((result) => result.outcome === outcome).map(({ target }) => `${word} ${device} ${target}`);
  switch (wan.status) {
    case 'disabled':
    case 'interface_down':
    case 'no_gateway':
      return [];
    case 'up':
      return isPrompt(probe) ? list('answers', 'answered', probe) : undefined;
    case 'down':
      if (!probe) return undefined;
      if (!probe.answered) return list('silent', 'lost', probe);
      // One that begins to answer again is looked at in every round; that its time is over, the round of a minute sees.
      return isPrompt(probe) && wan.successes >= wan.recoveryThreshold ? list('answers', 'answered', probe) : undefined;
    default:
      return undefined;
  }
}

function isPrompt(probe: Probe | undefined): probe is Probe {
  return probe?.answered === true && probe.failures === 0 && probe.targets.every(({ rtt = 0 }) => rtt <= SLOW);
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
