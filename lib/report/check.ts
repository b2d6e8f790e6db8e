import { wordFor } from '../health/transition.js';
import type { Change, Path, Probe, RoundResult, TargetResult, Transition, WanState, Word } from '../model.js';
import type { Colour } from './colour.js';
import { table } from './table.js';
import { count, elapsed, milliseconds, safe, statusWord } from './words.js';

/** One line for each WAN: what was seen of it, how its targets answered, and the verdict. @param measured words for its quality */
export function roundLines(
  wans: WanState[],
  paths: Path[],
  probes: ReadonlyMap<string, Probe>,
  colour: Colour,
  measured: (wan: WanState) => string,
): string[] {
  const seen = new Map(paths.map((path) => [path.wan.name, path]));
  const rows = wans.map((wan) => [
    wan.name,
    wan.seen.device ?? '-',
    linkWords(seen.get(wan.name)),
    probes.get(wan.name)?.targets.map(targetWords).join(', ') ?? '-',
    `${verdictWords(wan)}${measured(wan)}`,
  ]);
  return table(rows, (cell, r, c) => (c === 4 ? colour.status(wordOf(wans[r]), cell) : cell));
}

/** What there is of a line: its link, and the way on. */
export function linkWords(path: Path | undefined): string {
  if (!path?.link) return 'no device';
  const { state } = path.link;
  if (state !== 'up') return state === 'down' ? 'down' : 'no carrier';
  if (path.pointToPoint) return 'link up, point-to-point';
  return path.gateway === undefined ? 'link up, no gateway' : `link up, via ${path.gateway}`;
}

/** `1.1.1.1 11.8 ms` */
export function targetWords({ target, outcome, rtt, instead }: TargetResult): string {
  if (instead !== undefined) return `${target} ${instead}`;
  if (outcome === 'answered') return rtt === undefined ? `${target} answered` : `${target} ${milliseconds(rtt)}`;
  return `${target} ${{ lost: 'lost', open: 'not waited for', unasked: 'not asked' }[outcome]}`;
}

function wordOf(wan: WanState | undefined): Word {
  return wan ? wordFor(wan) : 'unknown';
}

function verdictWords(wan: WanState): string {
  const { configured, counted, verdict } = wan;
  if (wordFor(wan) === 'degraded') return `degraded, ${safe(verdict.reason, 400)}`;
  const { failureThreshold, recoveryThreshold } = configured;
  const { failures, successes } = counted;
  const { status, reason } = verdict;
  if (status === 'up' || (status === 'down' && failures > 0)) {
    return `${status}, ${failures} of ${failureThreshold} failures`;
  }
  if (status === 'down' && successes > 0) {
    // It has enough of them, and waits for something else.
    if (successes >= recoveryThreshold) return `${status}, ${safe(reason, 400)}`;
    return `${status}, ${successes} of ${recoveryThreshold} good rounds`;
  }
  return statusWord(status);
}

/** `wanb (wwan0) down: no reply from 1.1.1.1, 8.8.8.8` */
export function transitionLine({ name, device, to, reason }: Transition, colour: Colour): string {
  const who = safe(device === undefined || device === name ? name : `${name} (${device})`);
  return `${who} ${colour.status(to, statusWord(to))}: ${safe(reason, 400)}`;
}

/** The command as one could paste it. */
export function commandLine({ command }: Change): string {
  return `[#] ${command.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')}`;
}

/** What happened beyond transitions: routes that were put back, or a plan that was not carried out. */
export function changeLines({ changes, state }: RoundResult, dryRun: boolean): string[] {
  const lines = changes.map(({ sentence }) => sentence);
  if (!dryRun) return lines;
  return [
    ...lines,
    `${count(changes.length, 'change')} ${changes.length > 0 ? 'not made ' : ''}(dry run), ${elapsed(state.duration)}`,
  ];
}

/** `1 change, 2.2 s` */
export function summaryLine({ changes, state }: RoundResult): string {
  return `${count(changes.length, 'change')}, ${elapsed(state.duration)}`;
}
