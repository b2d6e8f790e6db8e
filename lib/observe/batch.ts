/** Why which lines of a batch of `tc -force` were refused, by their numbers from 1. @param stderr what it complained of */
export function refusals(stderr: string): Map<number, string> {
  const refused = new Map<number, string>();
  let why = '';
  for (const line of stderr.split('\n')) {
    const [, number] = /^Command failed -:(\d{1,6})$/.exec(line) ?? [];
    if (number === undefined) why ||= line;
    else {
      refused.set(Number(number), why || 'it is refused');
      why = '';
    }
  }
  return refused;
}
