import type { Change, Priority, RoundResult } from '../model.js';
import { transitionLine } from './check.js';
import { COLOURLESS } from './colour.js';
import { safe } from './words.js';

/** A line for syslog. */
export interface LogLine {
  priority: Priority;
  text: string;
}

/** Numbers of syslog's priorities, and of its facility `daemon` (RFC 5424, 6.2.1). */
const GRAVITY: Record<Priority, number> = {
  emerg: 0,
  alert: 1,
  crit: 2,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};
const DAEMON = 3;

/**
 * What of a round is worth a line in syslog: edges only.
 *
 * @param complaints those that are new
 * @param failed the round could not do its work: they are the reason
 */
export function logLines(
  { transitions, changes, state }: Pick<RoundResult, 'transitions' | 'changes' | 'state'>,
  complaints: string[],
  failed: boolean,
): LogLine[] {
  const lastWent =
    transitions.some(({ from }) => from === 'up' || from === 'degraded') &&
    state.wans.every(({ verdict }) => verdict.status !== 'up');
  const hold: LogLine[] = [{ priority: 'err', text: 'no WAN is up; the routes stay as they are' }];
  const enabled = state.wans.some(({ verdict }) => verdict.status !== 'disabled');
  return [
    ...complaints.map((text): LogLine => ({ priority: failed ? 'err' : 'warning', text: safe(text, 400) })),
    ...transitions.map(
      (transition): LogLine => ({
        priority: transition.to === 'no_gateway' ? 'warning' : 'notice',
        text: transitionLine(transition, COLOURLESS),
      }),
    ),
    ...(lastWent && enabled ? hold : []),
    ...changes.map(changeLine),
  ];
}

function changeLine({ thing, sentence }: Change): LogLine {
  const { do: step, line } = thing as { do?: string; line?: string };
  // On IPFire, that RED is another line's is an edge by itself.
  if (step === 'write' && line !== undefined) return { priority: 'notice', text: `RED goes to ${safe(line)}` };
  return { priority: 'info', text: sentence };
}

/** Those that are at least as grave as `level`. */
export function atLevel(lines: LogLine[], level: Priority): LogLine[] {
  return lines.filter(({ priority }) => GRAVITY[priority] <= GRAVITY[level]);
}

/**
 * How `logger` is told several lines at once: its arguments and its input. That of util-linux takes a priority with each line
 * (`--prio-prefix`); BusyBox' knows one for all, which is then the gravest.
 */
export function loggerCall(lines: LogLine[], busybox: boolean): { args: string[]; input: string } {
  const number = ({ priority }: LogLine) => DAEMON * 8 + GRAVITY[priority];
  if (!busybox) {
    const input = lines.map((line) => `<${number(line)}>${line.text}\n`).join('');
    return { args: ['-t', 'mini-mwan', '--prio-prefix'], input };
  }
  const [gravest] = [...lines].sort((a, b) => number(a) - number(b));
  const input = lines.map(({ text }) => `${text}\n`).join('');
  return { args: ['-t', 'mini-mwan', '-p', `daemon.${gravest?.priority ?? 'notice'}`], input };
}
