/** What IPFire's programs can read of a KEY=VALUE file. Three readers, each with its own idea of one, read the same files. */

/** All that its shell scripts let pass of a value: one with anything else they drop, with its key. */
const PLAIN = /^[A-Za-z0-9=/,.:%_@#+-]*$/;
/** Characters of a line: some programs read it into so much memory, and may take the rest for another line. */
const LONGEST_LINE = 250;

/** Why one of IPFire's programs would not read a value back that changeValues writes, in words; undefined if all do. */
export function whyUnreadable(key: string, value: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return 'the key may only have letters, digits and _';
  if (key.length + value.length > LONGEST_LINE) return `longer than the ${LONGEST_LINE} characters that IPFire reads`;
  if (!PLAIN.test(value.replaceAll(' ', '')))
    return "IPFire's scripts read only letters, digits, blanks and = / , . : % _ @ # + -";
  if (value.includes('  ')) return "IPFire's scripts make one blank of several";
  return undefined;
}

/** Is it one word for those scripts: may it be an argument of a program that they start? */
export function isPlainWord(value: string): boolean {
  return PLAIN.test(value) && value !== '' && value.length <= LONGEST_LINE;
}
