import { isIPv4 } from '../address.js';
import type { Priority } from '../model.js';

const PRIORITIES: Priority[] = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** How one option is read: its meaning, what is legal in words, and what holds where it is absent or illegal. */
export interface Reader<T> {
  read(text: string): T | undefined;
  /** The legal value that is closest to one that is not; undefined if it is none at all. */
  nearest?(text: string): T | undefined;
  legal: string;
  fallback: T;
}

/** UCI's booleans, in the spellings that OpenWrt's own scripts take. */
export function flag(fallback: boolean): Reader<boolean> {
  const words: Record<string, boolean> = {};
  for (const word of ['1', 'on', 'true', 'yes', 'enabled']) words[word] = true;
  for (const word of ['0', 'off', 'false', 'no', 'disabled']) words[word] = false;
  return { read: (text) => (Object.hasOwn(words, text) ? words[text] : undefined), legal: '0 or 1', fallback };
}

export function integer(lowest: number, highest: number, fallback: number): Reader<number> {
  const read = (text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= lowest && value <= highest ? value : undefined;
  };
  // Whoever asks for more than there is means the most, and not the default.
  const nearest = (text: string) =>
    /^-?\d+(\.\d+)?$/.test(text) ? Math.min(highest, Math.max(lowest, Math.round(Number(text)))) : undefined;
  return { read, nearest, legal: `a number from ${lowest} to ${highest}`, fallback };
}

/** Absent or illegal, there is none. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return { ...reader, fallback: undefined };
}

/** @param fallback undefined: none of them */
export function choice<T extends string, F extends T | undefined>(words: readonly T[], fallback: F): Reader<T | F> {
  return { read: (text) => words.find((word) => word === text), legal: words.join(' or '), fallback };
}

/** Synonyms are read as the word that they stand for. */
export function priority(fallback: Priority): Reader<Priority> {
  const synonyms: Record<string, Priority> = { error: 'err', warn: 'warning', panic: 'emerg' };
  const read = (text: string) =>
    PRIORITIES.find((word) => word === (Object.hasOwn(synonyms, text) ? synonyms[text] : text));
  return { read, legal: PRIORITIES.join(' or '), fallback };
}

/** A program by its whole path. */
export const program: Reader<string | undefined> = {
  read: (text) => (/^\/[\x20-\x7e]{1,1000}$/.test(text) ? text : undefined),
  legal: 'the whole path of a program, as /etc/mini-mwan.notify',
  fallback: undefined,
};

/**
 * Is it a name that the kernel may give a device (dev_valid_name: 1-15 characters, no slash, colon or blank), and that no
 * program can take for an option and no screen for a control character?
 */
export function isDeviceName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/.test(text);
}

/** An address on the Internet: this network, loopback, multicast and broadcast answer nothing, or answer from the router itself. */
export function isTarget(text: string): boolean {
  const first = Number(text.split('.')[0]);
  return isIPv4(text) && first !== 0 && first !== 127 && first < 224;
}
