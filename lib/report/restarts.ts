import type { Healing, Restart, WanState } from '../model.js';
import { duration, safe } from './words.js';

/** `wan2 (wwan0) is restarted by ifdown and ifup of wwan, time 2: silent for 4 min` */
export function restartLine({ name, device, interface: owner, program, silent, number }: Restart): string {
  const who = device === undefined || device === name ? name : `${name} (${device})`;
  const by = program === undefined ? `ifdown and ifup of ${owner}` : safe(program, 200);
  return `${safe(who)} is restarted by ${by}, time ${number}: silent for ${duration(silent)}`;
}

/** The commands, as one could paste them. */
export function restartCommands({ name, device, interface: owner, program }: Restart): string[] {
  return program === undefined
    ? [`[#] ifdown ${owner}`, `[#] ifup ${owner}`]
    : [`[#] ${safe([program, name, ...(device === undefined ? [] : [device])].join(' '), 400)}`];
}

/**
 * `restarted 4 min ago, again in 4 min`
 *
 * @param now s since boot
 * @returns undefined where there is nothing to say
 */
export function restartWords({ restarts, restarted, due }: Healing, now: number): string | undefined {
  const last = restarted === undefined ? [] : [`restarted ${duration(now - restarted)} ago`];
  const times = restarts > 1 ? [`${restarts} times in a row`] : [];
  const next =
    due === undefined
      ? []
      : [`${last.length > 0 ? 'again' : 'to be restarted'} ${due > now ? `in ${duration(due - now)}` : 'soon'}`];
  const words = [...last, ...times, ...next];
  return words.length === 0 ? undefined : words.join(', ');
}

/** A line for each WAN that was restarted, or that is going to be. */
export function restartLines(wans: WanState[], now: number): string[] {
  return wans.flatMap(({ name, healing }) => {
    const words = healing && restartWords(healing, now);
    return words === undefined ? [] : [`${safe(name)}: ${words}`];
  });
}
