import { COLOURS, FINE, STATES, WAYS } from './schema.js';

/** A number that history has of a WAN, and how SQL makes it of a bucket. */
export interface Metric {
  /** With its unit, as `rtt_ms`. */
  name: string;
  table: 'lines' | 'shaped';
  /** Which rows have it. */
  where: string;
  /** Its average; of a state the number of the worst one. */
  value: string;
  /** How many samples it is the average of. */
  weight: string;
  /** The extremes. Absent: there are none but those of the averages. */
  least?: string;
  most?: string;
  /** Of a state: its words, the best first, each a column with its count. */
  words?: readonly string[];
}

const mean = (name: string, unit: string, weight = `${name}_n`): Omit<Metric, 'name' | 'table' | 'where'> => ({
  value: `1.0*${name}_sum/(${weight})/${unit}`,
  weight,
  least: `1.0*${name}_min/${unit}`,
  most: `1.0*${name}_max/${unit}`,
});
/** The worst of columns of which the best comes first. */
const worst = (words: readonly string[]) =>
  `CASE ${[...words]
    .reverse()
    .map((word, i) => `WHEN ${word}>0 THEN ${words.length - 1 - i}`)
    .join(' ')} END`;
const SEEN = STATES.join('+');
const SHAPES = COLOURS.join('+');

const ofLine = (name: string, column: string): Metric => ({
  name,
  table: 'lines',
  where: `${column}_n>0`,
  ...mean(column, String(FINE)),
});
/** kbit/s: bytes in so many ms. */
const carried = (name: string, column: string): Metric => ({
  name,
  table: 'lines',
  where: 'span>0',
  value: `8.0*${column}/span`,
  weight: 'span',
});

/** In the order in which they are shown. */
export const METRICS: readonly Metric[] = [
  ofLine('rtt_ms', 'rtt'),
  ofLine('jitter_ms', 'jitter'),
  ofLine('loss_percent', 'loss'),
  { name: 'state', table: 'lines', where: `${SEEN}>0`, value: worst(STATES), weight: SEEN, words: STATES },
  carried('received_kbit', 'rx'),
  carried('sent_kbit', 'tx'),
  ...WAYS.flatMap((way, i): Metric[] => {
    const common = { table: 'shaped', where: `way=${i}` } as const;
    return [
      { name: `rate_${way}_kbit`, ...common, ...mean('rate', '1', SHAPES) },
      { name: `load_${way}_percent`, ...common, ...mean('load', String(FINE), SHAPES) },
      { name: `delay_${way}_ms`, ...common, ...mean('delay', String(FINE), SHAPES) },
      { name: `state_${way}`, ...common, value: worst(COLOURS), weight: SHAPES, words: COLOURS },
    ];
  }),
];

/** The metrics that a word means: a whole name, or one without its unit; none where it means nothing. */
export function metricsBy(word: string): Metric[] {
  return METRICS.filter(({ name }) => name === word || name.replace(/_(ms|percent|kbit)$/, '') === word);
}
