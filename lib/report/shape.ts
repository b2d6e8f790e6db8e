import { DIRECTIONS } from '../config/rates.js';
import type { Direction, Now, Shaper } from '../model.js';
import type { Decision } from '../shape/signals.js';
import { FRESH } from '../state/fresh.js';
import type { ShapedLine, ShapeState } from '../state/shape.js';
import { enumerated, family, type Labels, type Metric } from './exposition.js';
import { decimals, duration, milliseconds, percent, safe } from './words.js';

const COLOURS = ['GREEN', 'YELLOW', 'SOFT_RED', 'RED'];

/** A rate for people: `17.3 Mbit/s`. @param kbit kbit/s */
export function rateWords(kbit: number): string {
  if (kbit < 1000) return `${Math.round(kbit)} kbit/s`;
  return `${(kbit / 1000).toFixed(kbit < 100_000 ? 1 : 0)} Mbit/s`;
}

/** A decision on one line. @param seconds since the control began */
export function decisionLine(shaper: Pick<Shaper, 'name'>, direction: Direction, decision: Decision, seconds: number) {
  const { rate, load, delay, colour, reason, blocker } = decision;
  const words = [
    `${seconds.toFixed(1).padStart(6)} s `,
    `${shaper.name} ${direction.padEnd(4)}`,
    rateWords(rate).padStart(12),
    `load ${percent(load * 100).padStart(5)}`,
    `delay ${milliseconds(delay).padStart(8)}`,
    colour.padEnd(8),
    reason,
    ...(blocker === undefined ? [] : [`(${blocker})`]),
  ];
  return safe(words.join('  '), 300);
}

/** The same as one value. */
export function decisionJson(shaper: Pick<Shaper, 'name'>, direction: Direction, decision: Decision, seconds: number) {
  return { time_s: decimals(seconds), shaper: shaper.name, direction, ...decisionValues(decision) };
}

function decisionValues({ rate, load, achieved, delay, colour, reason, blocker }: Decision) {
  return {
    rate_kbit: Math.round(rate),
    load: decimals(load),
    achieved_kbit: Math.round(achieved),
    delay_ms: decimals(delay),
    state: colour,
    reason,
    blocker: blocker ?? null,
  };
}

const NOTHING = Object.fromEntries(
  ['rate_kbit', 'load', 'achieved_kbit', 'delay_ms', 'state', 'reason', 'blocker'].map((key) => [key, null]),
);

/** A direction of a shaper, and what is remembered of it. */
interface Row {
  shaper: Shaper;
  direction: Direction;
  line?: ShapedLine;
  decision?: Decision;
}

function rowsOf(shapers: Shaper[], { lines }: ShapeState): Row[] {
  return shapers.flatMap((shaper) => {
    const line = lines.find(({ name }) => name === shaper.name);
    return DIRECTIONS.filter((direction) => shaper.rates[direction]).map((direction): Row => {
      const decision = line?.decisions[direction];
      return { shaper, direction, ...(line ? { line } : {}), ...(decision ? { decision } : {}) };
    });
  });
}

/** What `status` shows of shapers. */
export interface Shaping {
  /** The rows of a table, its head first. */
  rows: string[][];
  /** What went wrong with them. */
  problems: string[];
  /** The same for `--json`. */
  values: unknown[];
}

export function showShaping(shapers: Shaper[], state: ShapeState, { uptime }: Pick<Now, 'uptime'>): Shaping {
  const all = rowsOf(shapers, state);
  const known = shapers.flatMap(({ name }) => state.lines.find((line) => line.name === name) ?? []);
  return {
    rows: [HEAD, ...all.map((row) => tableRow(row, uptime))],
    problems: known.flatMap(({ name, problems }) => problems.map((text) => safe(`${name}: ${text}`, 400))),
    values: all.map((row) => values(row, uptime)),
  };
}

const HEAD = ['SHAPER', 'WAN', 'WAY', 'RATE', 'LOAD', 'DELAY', 'STATE', 'SEEN', ''];

function tableRow({ shaper, direction, line, decision }: Row, uptime: number): string[] {
  const first = [shaper.name, shaper.wan, direction];
  if (!line || !decision) return [...first, '-', '-', '-', '-', 'not yet', ''];
  const { rate, load, delay, colour, reason, blocker } = decision;
  return [
    ...first,
    rateWords(rate),
    percent(load * 100),
    milliseconds(delay),
    colour,
    uptime - line.at / 1000 < FRESH ? 'now' : `${duration(uptime - line.at / 1000)} ago`,
    safe([reason, ...(blocker === undefined ? [] : [`(${blocker})`])].join(' '), 80),
  ];
}

function values({ shaper, direction, line, decision }: Row, uptime: number) {
  return {
    name: shaper.name,
    wan: shaper.wan,
    direction,
    age_s: line ? decimals(Math.max(0, uptime - line.at / 1000)) : null,
    quiet: line?.quiet ?? null,
    ...(decision ? decisionValues(decision) : NOTHING),
  };
}

const RATE: Metric<Decision> = [
  'mini_mwan_shaper_rate_bits_per_second',
  'gauge',
  'Rate that was set last.',
  ({ rate }) => Math.round(rate * 1000),
];
const OF_LOADED: Metric<Decision>[] = [
  ['mini_mwan_shaper_load_ratio', 'gauge', 'Part of it that is carried.', ({ load }) => Number(load.toFixed(3))],
  [
    'mini_mwan_shaper_delay_seconds',
    'gauge',
    'What is added to the round-trip time.',
    ({ delay }) => Number((delay / 1000).toFixed(5)),
  ],
];

/** Shapers for Prometheus. Of a line that is not loaded only the rate is known. */
export function shapeMetrics(state: ShapeState, { uptime }: Pick<Now, 'uptime'>): string {
  const all = state.lines.flatMap((line) =>
    DIRECTIONS.flatMap((direction): { labels: Labels; decision: Decision; fresh: boolean }[] => {
      const decision = line.decisions[direction];
      const fresh = !line.quiet && uptime - line.at / 1000 < FRESH;
      return decision ? [{ labels: { shaper: line.name, wan: line.wan, direction }, decision, fresh }] : [];
    }),
  );
  const every = all.map(({ labels, decision }): [Labels, Decision] => [labels, decision]);
  const loaded = all.flatMap(({ labels, decision, fresh }): [Labels, Decision][] =>
    fresh ? [[labels, decision]] : [],
  );
  const help = 'How it is with the delay is the one with 1.';
  return [
    family(RATE, every),
    ...OF_LOADED.map((metric) => family(metric, loaded)),
    family<boolean>(
      ['mini_mwan_shaper_state', 'gauge', help, Number],
      enumerated('state', COLOURS, loaded, ({ colour }) => colour),
    ),
  ].join('');
}
