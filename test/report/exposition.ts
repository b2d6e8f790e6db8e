/** A metric with its series. */
export interface Family {
  name: string;
  type: string;
  help: string;
  series: { labels: Record<string, string>; value: number }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/**
 * Reads the text format of Prometheus, version 0.0.4, more strictly than it does: whatever it would take amiss, or guess at, is an
 * error. Each metric has its HELP, then its TYPE, then all its series, each once, without a timestamp.
 */
export function parseExposition(text: string): Family[] {
  const families = new Map<string, Family>();
  const fail = (line: string, why: string): never => {
    throw new Error(`${why}: ${line}`);
  };
  if (text !== '' && !text.endsWith('\n')) fail(text.slice(-80), 'no end of line');
  let current: Family | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    const [, help, meaning = ''] = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line) ?? [];
    const [, typed, type = ''] = new RegExp(`^# TYPE (${NAME}) (gauge|counter)$`).exec(line) ?? [];
    if (help !== undefined) {
      if (families.has(help)) fail(line, 'twice');
      if (/\\(?![\\n])/.test(meaning)) fail(line, 'a backslash');
      current = { name: help, type: '', help: meaning, series: [] };
      families.set(help, current);
    } else if (typed !== undefined) {
      if (current?.name !== typed || current.type !== '') fail(line, 'TYPE is not behind HELP');
      if (current) current.type = type;
    } else {
      const [, name, labels, value] = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?\\d+(?:\\.\\d+)?)$`).exec(line) ?? [];
      if (!current?.type || name !== current.name) throw new Error(`not of ${current?.name}: ${line}`);
      const one = { labels: parseLabels(labels), value: Number(value) };
      const isSame = (other: typeof one) => JSON.stringify(other.labels) === JSON.stringify(one.labels);
      if (current.series.some(isSame)) fail(line, 'twice');
      if (current.type === 'counter' && one.value < 0) fail(line, 'counts backwards');
      current.series.push(one);
    }
  }
  for (const { name, series } of families.values()) if (series.length === 0) fail(name, 'no series');
  return [...families.values()];
}

function parseLabels(text: string | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  if (text === undefined) return labels;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}

/** The value of each series, by the name of its metric and its labels but for those of `left`: `wan_up{wan="a"}` is `wan_up a`. */
export function valuesOf(text: string, ...left: string[]): Record<string, number> {
  return Object.fromEntries(
    parseExposition(text).flatMap(({ name, series }) =>
      series.map(({ labels, value }) => {
        const shown = Object.entries(labels).filter(([label]) => !left.includes(label));
        return [[name, ...shown.map(([, text]) => text)].join(' '), value];
      }),
    ),
  );
}
