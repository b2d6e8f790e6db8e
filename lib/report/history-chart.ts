import { COLOURS, STATES } from '../history/schema.js';
import type { Series } from '../history/series.js';
import type { Figure, Shares } from '../history/summary.js';
import type { Word } from '../model.js';
import type { Colour } from './colour.js';
import { type Column, columnsOf, topOf } from './history-columns.js';
import { type Clock, dateTime, timeLabel } from './history-times.js';
import { rateWords } from './shape.js';
import { count, milliseconds, safe, statusWord } from './words.js';

/** All that a chart shows. */
export interface Past {
  /** s since the epoch. */
  from: number;
  to: number;
  series: Series[];
  figures: Figure[];
  shares: Shares[];
  /** Transitions in that time, by WAN. */
  transitions: ReadonlyMap<string, number>;
}

/** Columns and rows of a chart. */
export const WIDTH = 64;
const HEIGHT = 5;
/** Columns of what stands before it. */
const MARGIN = 10;
/** An eighth of a cell, two of them, … */
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const BEYOND = '░';
/** Of STATES: of what nobody saw there is nothing. */
const SIGNS = ['━', '▒', '·', '█', '▞', '╳'];
/** Of COLOURS, as a status is shown that is as good. */
const SHADES: Word[] = ['up', 'degraded', 'degraded', 'down'];

/** The past of each WAN: RTT and loss over a line of its states. */
export function chartLines(
  { from, to, series, figures, shares, transitions }: Past,
  clock: Clock,
  colour: Colour,
): string[] {
  const lines = series.filter(({ way }) => way === undefined);
  const seen = new Set<number>();
  const charts = lines.flatMap((line) => {
    const columns = columnsOf(line, from, to, WIDTH);
    for (const { worst } of columns) if (worst !== undefined) seen.add(worst);
    const shaped = series.filter(({ wan, way }) => wan === line.wan && way !== undefined);
    return [
      `${colour.bold(safe(line.wan))}  ${headOf(line.wan, figures, shares, transitions.get(line.wan) ?? 0)}`,
      ...rttLines(columns),
      row('loss', columns, ({ values }) => values.loss_percent, 100, 'down', colour),
      `${'state'.padStart(MARGIN)} │${columns.map((column) => stateSign(column, colour)).join('')}`.trimEnd(),
      ...carriedLines(columns, colour),
      ...shaped.flatMap((one) => rateLines(one, from, to, colour)),
      axis(from, to, clock),
      '',
    ];
  });
  const legend = [...seen].sort().map((state) => `${signOf(state, colour)} ${statusWord(STATES[state] ?? 'unknown')}`);
  const title = `${dateTime(clock(from))} to ${dateTime(clock(to))}`;
  return [
    title,
    '',
    ...charts,
    ...(legend.length > 0 ? [`state: ${legend.join('  ')}   RTT: █ average ░ highest`] : []),
  ];
}

/** A line in short. */
export function headOf(wan: string, figures: Figure[], shares: Shares[], transitions: number): string {
  const of = (metric: string) => figures.find((one) => one.wan === wan && one.metric === metric);
  const [rtt, loss] = [of('rtt_ms'), of('loss_percent')];
  const states = shares.find((one) => one.wan === wan && one.metric === 'state')?.shares ?? [];
  return [
    ...(rtt ? [`RTT ${milliseconds(rtt.average)} (${rtt.min.toFixed(1)} to ${milliseconds(rtt.max)})`] : []),
    ...(loss ? [`loss ${hundredths(loss.average)} %`] : []),
    ...states.map(([word, share]) => `${statusWord(word as Word)} ${hundredths(100 * share)} %`),
    ...(transitions > 0 ? [count(transitions, 'transition')] : []),
  ].join(', ');
}

/** A share in percent of which little is not nothing, and nearly all is not all. */
function hundredths(percent: number): string {
  if (percent > 0 && percent < 0.1) return percent.toFixed(2);
  if (percent > 99.9 && percent < 100) return (Math.floor(percent * 100) / 100).toFixed(2);
  return percent.toFixed(percent > 0 && percent < 100 ? 1 : 0);
}

function rttLines(columns: Column[]): string[] {
  const top = topOf(columns);
  return Array.from({ length: HEIGHT }, (_, i) => {
    const floor = HEIGHT - 1 - i;
    const cells = columns.map(({ values, most = 0 }) => {
      const level = (value: number) => (value / top) * HEIGHT - floor;
      const block = values.rtt_ms === undefined ? 0 : eighths(level(values.rtt_ms));
      if (block > 0) return BLOCKS[block];
      return level(most) > 0.5 ? (i === 0 && most > top ? '▲' : BEYOND) : ' ';
    });
    const label = i === 0 ? milliseconds(top) : i === HEIGHT - 1 ? 'RTT' : '';
    return `${label.padStart(MARGIN)} │${cells.join('')}`.trimEnd();
  });
}

function eighths(share: number): number {
  return Math.round(8 * Math.min(1, Math.max(0, share)));
}

/** A row of blocks. @param top what fills a cell */
function row(
  label: string,
  columns: Column[],
  pick: (column: Column) => number | undefined,
  top: number,
  word: Word,
  colour: Colour,
) {
  const cells = columns.map((column) => {
    const value = pick(column);
    if (value === undefined) return ' ';
    // Little is not nothing.
    const block = value > 0 ? Math.max(1, eighths(value / top)) : 0;
    return block === 0 ? ' ' : colour.status(word, BLOCKS[block] ?? '');
  });
  return `${label.padStart(MARGIN)} │${cells.join('')}`.trimEnd();
}

function stateSign({ worst }: Column, colour: Colour): string {
  return worst === undefined ? ' ' : signOf(worst, colour);
}

function signOf(state: number, colour: Colour): string {
  return colour.status(STATES[state] ?? 'unknown', SIGNS[state] ?? '?');
}

function carriedLines(columns: Column[], colour: Colour): string[] {
  return (['received', 'sent'] as const).flatMap((name) => {
    const top = Math.max(0, ...columns.flatMap(({ values }) => values[`${name}_kbit`] ?? []));
    if (top < 1) return [];
    const line = row(name, columns, ({ values }) => values[`${name}_kbit`], top, 'unknown', colour);
    return [`${line.padEnd(MARGIN + 2 + WIDTH)}  up to ${rateWords(top)}`];
  });
}

/** The rate of a direction, coloured by how it was. */
function rateLines(series: Series, from: number, to: number, colour: Colour): string[] {
  const columns = columnsOf(series, from, to, WIDTH);
  const top = Math.max(0, ...columns.flatMap(({ values }) => values.rate ?? []));
  if (top === 0) return [];
  const cells = columns.map(({ values, worst = 0 }) =>
    values.rate === undefined
      ? ' '
      : colour.status(SHADES[worst] ?? 'down', BLOCKS[Math.max(1, eighths(values.rate / top))] ?? ''),
  );
  const worst = Math.max(0, ...columns.flatMap((column) => column.worst ?? []));
  return [
    `${`rate ${series.way}`.padStart(MARGIN)} │${cells.join('')}  up to ${rateWords(top)}, ${COLOURS[worst]?.replace('_', ' ')} at worst`,
  ];
}

function axis(from: number, to: number, clock: Clock): string {
  const [first, middle, last] = [from, (from + to) / 2, to].map((time) => timeLabel(clock(time), to - from));
  const half = Math.floor((WIDTH - (middle?.length ?? 0)) / 2);
  const left = (first ?? '').padEnd(half) + middle;
  return `${' '.repeat(MARGIN + 2)}${left}${(last ?? '').padStart(WIDTH - left.length)}`;
}
