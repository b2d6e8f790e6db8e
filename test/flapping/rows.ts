import { alternating, answersOnly, GOOD, type Line, lossy, swinging } from './lines.js';
import { TARGETS } from './simulate.js';

/** Two lines, and the most that may come of them at the defaults. */
export interface Row {
  better: string;
  other: string;
  lines: [Line, Line];
  targets: string[];
  /** Changes of the LAN's exit per hour. */
  switches: number;
  /** % of the LAN's packets. */
  loss: number;
}

const [ONE = ''] = TARGETS;

function row(better: string, other: string, lines: [Line, Line], limits: [number, number], targets = TARGETS): Row {
  const [switches, loss] = limits;
  return { better, other, lines, targets, switches, loss };
}

export const ROWS = [
  row('loses 10 %', 'good', [lossy(10), GOOD], [0, 11]),
  row('loses 30 %', 'good', [lossy(30), GOOD], [0.2, 31]),
  row('loses 50 %', 'good', [lossy(50), GOOD], [1, 51]),
  row('loses 50 %, one target configured', 'good', [lossy(50), GOOD], [2, 20], [ONE]),
  row('loses 50 %', 'loses 50 %', [lossy(50), lossy(50)], [1, 51]),
  row('loses 50 %, one target configured', 'the same', [lossy(50), lossy(50)], [8, 51], [ONE]),
  row('answers one target of two', 'good', [answersOnly(ONE), GOOD], [0, 0]),
  // Dead times that end before they are noticed.
  row('5 s dead, 5 s well', 'good', [alternating(5), GOOD], [4, 40]),
  row('30 s dead, 30 s well', 'good', [alternating(30), GOOD], [1, 1]),
  row('5 min dead, 5 min well', 'good', [alternating(300), GOOD], [2, 1]),
  row('30 s dead, 30 s well', 'loses 50 %', [alternating(30), lossy(50)], [1, 51]),
  row('5 s dead, 5 s well', 'the same, in turns', [alternating(5), alternating(5, 1)], [5, 52]),
  // One works at any time, and only one: following it is the best that can be done.
  row('30 s dead, 30 s well', 'the same, in turns', [alternating(30), alternating(30, 1)], [121, 40]),
  row('5 min dead, 5 min well', 'the same, in turns', [alternating(300), alternating(300, 1)], [13, 5]),
];

/** The same with `check_quality` on both lines. */
export const MEASURED = [
  row('loses 10 %', 'good', [lossy(10), GOOD], [0, 11]),
  row('loses 30 %', 'good', [lossy(30), GOOD], [1.5, 31]),
  row('loses 60 %', 'good', [lossy(60), GOOD], [0.2, 1]),
  row('loses 60 %', 'loses 60 %', [lossy(60), lossy(60)], [2, 61]),
  row('loses 60 %', 'dead', [lossy(60), lossy(100)], [0.2, 61]),
  row('1 min with 60 % loss, 1 min well', 'good', [swinging(60, 60), GOOD], [2, 32]),
  row('5 min with 60 % loss, 5 min well', 'good', [swinging(60, 300), GOOD], [2, 5]),
  row('30 min with 60 % loss, 30 min well', 'good', [swinging(60, 1800), GOOD], [2, 5]),
  row('5 min with 42 % loss, 5 min with none', 'good', [swinging(42, 300), GOOD], [2, 22]),
];
