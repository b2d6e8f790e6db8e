import { isPlainWord } from './readable.js';
import { readValues } from './values.js';

/** Bytes of a user name or password in pppd (MAXSECRETLEN). */
const LONGEST = 255;

/**
 * What stands for a password wherever it is not needed itself: that there is one, and who can read it. Every program that we
 * give it to; pppd, but not IPFire's scripts; nobody.
 */
const MASKS = ['*', '**', '***'] as const;

/** The stand-in of a password; of a stand-in, itself; of an empty password, which is no secret, nothing. */
export function maskOfPassword(password: string): string {
  if (password === '' || MASKS.some((mask) => mask === password)) return password;
  if (whyNoSecret(password) !== undefined) return MASKS[2];
  return isPlainWord(password) ? MASKS[0] : MASKS[1];
}

/** Why a line that is dialled like this cannot use the password, in words. It may be the password, or its stand-in. */
export function whyNoPassword(password: string, dialler: 'pppd' | 'qmi'): string | undefined {
  const mask = maskOfPassword(password);
  if (mask === MASKS[2]) return `pppd takes none that is longer than ${LONGEST} characters or begins with @/`;
  if (mask === MASKS[1] && dialler === 'qmi')
    return "IPFire's scripts read only letters, digits and = / , . : % _ @ # + - of it";
  return undefined;
}

/** The only line of ppp/secrets, with its newline. Throws an Error for what whyNoSecret objects to. */
export function secretsLine(user: string, password: string): string {
  const reason = whyNoSecret(user) ?? whyNoSecret(password);
  if (reason !== undefined) throw new Error(`the user name or the password ${reason}`);
  return `${quote(user)} * ${quote(password)}\n`;
}

/** Why pppd could not read a word of its secrets file as it is meant, in words. */
export function whyNoSecret(word: string): string | undefined {
  if (/[\0\r\n]/.test(word)) return 'has an end of line or a binary character';
  if (utf8Length(word) > LONGEST) return `is longer than ${LONGEST} characters`;
  // pppd would open that file, and send what is in it to the provider.
  return word.startsWith('@/') ? 'begins with @/' : undefined;
}

/** pppd takes a backslash for an escape in single quotes, too; IPFire itself writes single quotes. */
function quote(word: string): string {
  return /['\\]/.test(word) ? `"${word.replace(/["\\]/g, '\\$&')}"` : `'${word}'`;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * User name and password as a file has them, for whoever is about to dial: nobody else is to know them.
 *
 * @param text a profile of ours, or a dial profile of IPFire
 */
export function readCredentials(text: string, { ours }: { ours: boolean }): { user: string; password: string } {
  const { values } = readValues(text, { ours });
  return { user: values.USERNAME ?? '', password: values.PASSWORD ?? '' };
}
