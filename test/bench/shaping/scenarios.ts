import type { Direction, Rates } from '../../../lib/model.js';

/** kbit/s in both directions. */
export type Line = Record<Direction, number>;

/** What is sent by the line, or comes by it. */
export interface Load {
  direction: Direction;
  flows: number;
  /** kbit/s of all flows together, as TCP's payload. Absent: as much as it takes. */
  rate?: number;
}

/** s without load before it, in which the way's own delay is measured. */
export const IDLE = 4;

/** What happens to the line. */
export interface Event {
  /** s since the load began. */
  at: number;
  /** Its rates from now on. */
  line?: Partial<Line>;
  /** Whether everything is lost from now on. */
  silent?: boolean;
}

/** How the way beyond the line behaves: the delay changes at random every 50 ms, or every few seconds, whatever the load. */
export type Weather = 'jitter' | 'steps';

/** What is done to a line, and what is asked of its control. */
export interface Scenario {
  /** At the beginning. */
  line: Line;
  loads: Load[];
  /** s of load. */
  seconds: number;
  events?: Event[];
  weather?: Weather;
  /** The ISP has a short queue of its own: the delay does not follow the load. */
  shortQueue?: true;
  /** Directions that are steered. */
  steered: Direction[];
}

const MBIT = 1000;
const load = (direction: Direction, rate?: number): Load => ({ direction, flows: 4, ...(rate && { rate }) });
const both: Direction[] = ['up', 'down'];

/** From a rate to another at 20 s, and back at 35 s. */
const change = (direction: Direction, from: number, to: number): Event[] => [
  { at: 20, line: { [direction]: to } },
  { at: 35, line: { [direction]: from } },
];

/** From a rate to another every 15 s. */
const square = (direction: Direction, from: number, to: number): Event[] =>
  [15, 30, 45].map((at, i) => ({ at, line: { [direction]: i % 2 === 0 ? to : from } }));

const LINE20: Line = { up: 20 * MBIT, down: 50 * MBIT };
const LINE50: Line = { up: 10 * MBIT, down: 50 * MBIT };

/** By the name that chooses it. */
export const SCENARIOS = new Map<string, Scenario>(
  Object.entries({
    steady20: { line: LINE20, loads: [load('up')], seconds: 40, steered: ['up'] },
    change20: { line: LINE20, loads: [load('up')], seconds: 55, events: change('up', 20_000, 8000), steered: ['up'] },
    square20: { line: LINE20, loads: [load('up')], seconds: 60, events: square('up', 20_000, 7000), steered: ['up'] },
    steady50: { line: LINE50, loads: [load('down')], seconds: 40, steered: both },
    change50: {
      line: LINE50,
      loads: [load('down')],
      seconds: 55,
      events: change('down', 50_000, 15_000),
      steered: both,
    },
    square60: {
      line: { up: 10 * MBIT, down: 60 * MBIT },
      loads: [load('down')],
      seconds: 60,
      events: square('down', 60_000, 20_000),
      steered: both,
    },
    upload: { line: LINE50, loads: [load('up')], seconds: 40, steered: both },
    both: { line: { up: 10 * MBIT, down: 20 * MBIT }, loads: [load('up'), load('down')], seconds: 40, steered: both },
    stream: { line: LINE50, loads: [{ direction: 'down', flows: 1, rate: 128 }], seconds: 40, steered: both },
    silence: {
      line: LINE20,
      loads: [load('up', 10 * MBIT)],
      seconds: 40,
      events: [
        { at: 20, silent: true },
        { at: 21, silent: false },
      ],
      steered: ['up'],
    },
    jitter: { line: LINE20, loads: [load('up', 10 * MBIT)], seconds: 40, weather: 'jitter', steered: ['up'] },
    uncorrelated: {
      line: LINE20,
      loads: [load('up')],
      seconds: 60,
      weather: 'steps',
      shortQueue: true,
      steered: ['up'],
    },
    idle: { line: LINE50, loads: [], seconds: 1800, steered: both },
  } satisfies Record<string, Scenario>),
);

/** kbit/s that a control may set, for a line that has this rate when it is at its best. */
export function boundsOf(rate: number): Required<Rates> {
  return { min: Math.round(0.15 * rate), base: Math.round(0.75 * rate), max: 2 * rate };
}
