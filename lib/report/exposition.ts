/** Name, type, meaning, and the value of one thing that is measured of T; undefined where there is none. */
export type Metric<T> = [
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (subject: T) => number | undefined,
];
export type Labels = Record<string, string>;

/**
 * A metric of all its subjects in the text format of Prometheus (version 0.0.4), without timestamps, which the textfile
 * collector of the node exporter refuses. Nothing where none of them has a value.
 */
export function family<T>([name, type, help, value]: Metric<T>, subjects: [Labels, T][]): string {
  const samples = subjects.flatMap(([labels, subject]) => {
    const number = value(subject);
    return number === undefined ? [] : [`${name}${labelText(labels)} ${number}\n`];
  });
  return samples.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('')}`;
}

/** For each subject a series of each word, under a label of this name: whether the word is its own. */
export function enumerated<T>(
  label: string,
  words: readonly string[],
  subjects: [Labels, T][],
  wordOf: (subject: T) => string,
): [Labels, boolean][] {
  return subjects.flatMap(([labels, subject]) =>
    words.map((word): [Labels, boolean] => [{ ...labels, [label]: word }, wordOf(subject) === word]),
  );
}

/** A value may hold anything; a backslash, a quote and an end of line are written with a backslash. */
function labelText(labels: Labels): string {
  const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
