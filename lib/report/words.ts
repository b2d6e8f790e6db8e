import type { Problem, Word } from '../model.js';

/**
 * What moves a terminal's cursor, ends a line or turns its direction, has no width, or is half a character. Written out,
 * because a Node without ICU, as OpenWrt has it, knows no \p{…}.
 */
const UNSAFE =
  /[^ -~\u00a0-\uffff]|[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]/g;

/** Of OpenWrt's service. */
export const STOPPED = 'the service is stopped: no line is watched, and no route is kept';

/** Text from outside as it may be shown: nothing that is more than a sign, and not too long. */
export function safe(text: string, longest = 60): string {
  const shown = text.replace(UNSAFE, '?');
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/** A span in its two largest units: `3 d 4 h`, `4 min`, `12 s`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const [d, h, min] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return `${min} min`;
}

/** How long something took: `212 ms`, `2.2 s`. */
export function elapsed(ms: number): string {
  return Math.round(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function milliseconds(ms: number | undefined): string {
  return ms === undefined ? '-' : `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}

export function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${Math.round(share)} %`;
}

/** `1 change`, `2 changes`, `no change`. */
export function count(number: number, noun: string): string {
  return number === 0 ? `no ${noun}` : `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** How a WAN is, as people say it. */
export function statusWord(word: Word): string {
  return { interface_down: 'no link', no_gateway: 'no gateway' }[word as string] ?? word;
}

/** `/etc/config/mini-mwan, line 12: option metric 'ten': not a number from 1 to 899; using 10` */
export function problemText(problem: Problem, file: string): string {
  const { line, option, value, text } = problem;
  const place = line === undefined ? [] : [`${file}, line ${line}`];
  const what = option === undefined ? [] : [value === undefined ? option : `${option} '${safe(value)}'`];
  return [...place, ...what, safe(text, 400)].join(': ');
}

/** A number as exact as the state file is; null where there is none. */
export function decimals(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}
