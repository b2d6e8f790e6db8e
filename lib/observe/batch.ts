/**
 * Hears what a `tc -force -batch` complains of.
 *
 * @param refused told of each line that was refused: its number from 1, and why
 * @returns what takes the pieces of what it prints on stderr
 */
export function createRefusals(refused: (number: number, why: string) => void): (piece: string) => void {
  let [line, why] = ['', ''];
  return (piece) => {
    const [first = '', ...more] = piece.split('\n');
    line += first;
    for (const next of more) {
      const [, number] = /^Command failed -:(\d{1,6})$/.exec(line) ?? [];
      if (number === undefined) why ||= line.slice(0, MOST);
      else {
        refused(Number(number), why || 'it is refused');
        why = '';
      }
      line = next;
    }
    line = line.slice(0, MOST);
  };
}

/** Characters of a line that are looked at. */
const MOST = 1000;

/** The same of all that it printed: why which lines were refused, by their numbers from 1. */
export function refusals(stderr: string): Map<number, string> {
  const refused = new Map<number, string>();
  createRefusals((number, why) => refused.set(number, why))(`${stderr}\n`);
  return refused;
}
