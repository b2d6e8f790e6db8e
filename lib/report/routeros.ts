import type { Now } from '../model.js';
import type { MachineMemory, RouterosState } from '../state/routeros.js';
import { decimals, duration, safe } from './words.js';

/** What `status` shows of RouterOS machines. */
export interface RouterosSurvey {
  /** The rows of a table, its head first. */
  rows: string[][];
  /** What is wrong with them. */
  problems: string[];
  /** The same for `--json`. */
  values: unknown[];
}

const HEAD = ['ROUTEROS', 'HOST', 'BY', 'SEEN', 'LAST CHANGE'];

/** @param asked names of the machines that are configured */
export function showRouteros(
  asked: string[],
  { machines }: RouterosState,
  { uptime }: Pick<Now, 'uptime'>,
): RouterosSurvey {
  const known = machines.map((one) => ({ ...one, isAsked: asked.includes(one.machine.name) }));
  const fresh = asked.filter((name) => !machines.some(({ machine }) => machine.name === name));
  return {
    rows: [HEAD, ...known.map((one) => row(one, uptime)), ...fresh.map((name) => [name, '-', '-', 'not yet', ''])],
    problems: known.flatMap(({ machine, problems }) => problems.map((text) => safe(`${machine.name}: ${text}`, 400))),
    values: known.map((one) => values(one, uptime)),
  };
}

function row({ machine, at, way, last, isAsked }: MachineMemory & { isAsked: boolean }, uptime: number): string[] {
  const change = last ? `${last.text}, ${duration(uptime - last.at)} ago` : 'none';
  return [
    machine.name,
    machine.host,
    way ?? '-',
    at === undefined ? 'not yet' : `${duration(uptime - at)} ago`,
    safe(isAsked ? change : 'to be put back as it was', 100),
  ];
}

function values(
  { machine, at, way, last, problems, failures, isAsked }: MachineMemory & { isAsked: boolean },
  uptime: number,
) {
  const age = (then: number | undefined) => (then === undefined ? null : decimals(Math.max(0, uptime - then)));
  return {
    name: machine.name,
    host: machine.host,
    configured: isAsked,
    transport: way ?? null,
    age_s: age(at),
    last_change: last?.text ?? null,
    last_change_age_s: age(last?.at),
    failures,
    problems,
  };
}
