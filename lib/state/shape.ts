import { DIRECTIONS } from '../config/rates.js';
import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import type { Direction } from '../model.js';
import { type Memory, parseMemory } from '../shape/memory.js';
import type { Colour, Decision } from '../shape/signals.js';
import { optional } from './values.js';

const VERSION = 1;
const COLOURS: Colour[] = ['GREEN', 'YELLOW', 'SOFT_RED', 'RED'];
const NAME = /^[A-Za-z0-9_.@+-]{1,64}$/;
/** Characters of a reason that are of use to anybody. */
const LONGEST = 200;

/** More than that is no help. */
export const MOST_PROBLEMS = 8;

/** What the control of lines leaves for whoever goes on, and for people. */
export interface ShapeState {
  /** Times of another boot mean nothing. */
  bootId: string;
  /** Process that is at work, and the ms since boot when it ends at the latest. Absent: none is. */
  worker?: { pid: number; until: number };
  lines: ShapedLine[];
}

/** What is remembered of a shaper. */
export interface ShapedLine {
  name: string;
  wan: string;
  /** ms since boot, when it was controlled last. */
  at: number;
  /** There was nothing to do. */
  quiet: boolean;
  /** What went wrong with it, in words. */
  problems: string[];
  memory?: Memory;
  decisions: Partial<Record<Direction, Decision>>;
}

export function formatShape(state: ShapeState): string {
  return `${JSON.stringify({ version: VERSION, ...state })}\n`;
}

/** @returns undefined if it is no such file, or one of another version or boot */
export function parseShape(text: string, bootId: string): ShapeState | undefined {
  const { version, bootId: own, worker, lines } = asRecord(parseJson(text)) ?? {};
  if (version !== VERSION || own !== bootId) return undefined;
  return {
    bootId,
    ...optional('worker', readWorker(worker)),
    lines: (asList(lines) ?? []).flatMap((line) => readLine(line) ?? []),
  };
}

function readWorker(json: Json): ShapeState['worker'] {
  const { pid, until } = asRecord(json) ?? {};
  const [number, end] = [asNumber(pid), asNumber(until)];
  return number === undefined || end === undefined ? undefined : { pid: number, until: end };
}

function readLine(json: Json): ShapedLine | undefined {
  const { name, wan, at, quiet, problems, memory, decisions } = asRecord(json) ?? {};
  const [own, line, time] = [readName(name), readName(wan), asNumber(at)];
  if (own === undefined || line === undefined || time === undefined) return undefined;
  const made = asRecord(decisions) ?? {};
  return {
    name: own,
    wan: line,
    at: time,
    quiet: quiet === true,
    problems: (asList(problems) ?? []).flatMap((text) => asText(text)?.slice(0, LONGEST) ?? []).slice(0, MOST_PROBLEMS),
    ...optional('memory', memory === undefined ? undefined : parseMemory(memory)),
    decisions: Object.assign({}, ...DIRECTIONS.map((direction) => optional(direction, readDecision(made[direction])))),
  };
}

function readName(json: Json): string | undefined {
  const text = asText(json);
  return text !== undefined && NAME.test(text) ? text : undefined;
}

function readDecision(json: Json): Decision | undefined {
  const { rate, colour, reason, blocker, load, achieved, delay } = asRecord(json) ?? {};
  const numbers = [rate, load, achieved, delay].map(asNumber);
  const [set, part, carried, added] = numbers;
  const known = COLOURS.find((word) => word === colour);
  if (!set || part === undefined || carried === undefined || added === undefined || !known) return undefined;
  const words = asText(blocker)?.slice(0, LONGEST);
  return {
    rate: set,
    colour: known,
    reason: (asText(reason) ?? '').slice(0, LONGEST),
    ...optional('blocker', words),
    load: part,
    achieved: carried,
    delay: added,
  };
}
