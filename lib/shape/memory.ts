import { MOST_RATE } from '../config/rates.js';
import { asList, asNumber, asRecord, asWord, type Json } from '../json.js';
import type { Direction } from '../model.js';
import type { Count } from './signals.js';

// All times are ms since boot, all rates kbit/s.

/** A question that a reflector answered. */
export interface Sample {
  reflector: string;
  sent: number;
  /** ms there and back. */
  rtt: number;
}

/** What is known of a reflector. */
export interface Reflector {
  name: string;
  /** ms there and back while nothing waits. Absent: it has not answered yet. */
  base?: number;
  /** When the last question that it answered was sent: an answer that is not newer is none. */
  sent: number;
  /** When it answered last. */
  heard: number;
  /** The answer before, if it was below the base: one alone is not believed. */
  lower?: number;
  /** Its answers since the line has been idle. */
  idle?: { since: number; lowest: number; answers: number };
}

/** A rate that was cut, until the queue is gone. */
export interface Cut {
  at: number;
  /** The rate before it. */
  before: number;
  /** What the line seems to carry. */
  cap: number;
  /** How often it was cut without that anything came of it. */
  vain: number;
  /** ms of delay when it was cut. */
  level: number;
  /** The delay had not grown, but jumped: the way may be longer. */
  jump?: boolean;
  /** The delay was well shortly before: it is known what it is without a queue. */
  known?: boolean;
  /** Nobody knows yet what the delay is without a queue: it ends when the delay falls no more. */
  blind?: boolean;
  /** CAKE has said that the rate is set, at `at`. */
  set?: boolean;
}

/** A rate that was raised, until the delay has answered. */
export interface Step {
  at: number;
  from: number;
  /** ms: the delay before it. */
  level: number;
  /** CAKE has said that the rate is set, at `at`. */
  set?: boolean;
}

/** What the line was seen to carry. */
export interface Cap {
  rate: number;
  /** When it was last tried whether there is more. */
  asked: number;
  /** Since when it has been about this much. */
  since: number;
}

/** One direction. */
export interface Lane {
  /** What is set; 0: not known yet. */
  rate: number;
  /** Nobody has seen yet what the delay is without a queue. */
  fresh?: boolean;
  counts: Count[];
  /** Its highest load of late, and when. */
  peak: { load: number; at: number };
  /** When it was raised or lowered last. */
  moved: number;
  /** By what part the next step raises it. */
  grow: number;
  cap?: Cap;
  /** What it carried before it fell. */
  best?: number;
  cut?: Cut;
  /** When it was cut in vain while another direction was loaded, too. */
  innocent?: number;
  /** It was cut for nothing: the rate to go back to. */
  back?: number;
  step?: Step;
}

/** All that is kept between two calls, and two processes. */
export interface Memory {
  at: number;
  reflectors: Reflector[];
  samples: Sample[];
  lanes: Partial<Record<Direction, Lane>>;
  /** Since when the delay has been above its target. */
  above?: number;
  /** When the delay was last below its target. */
  calm?: number;
  /** Since when there has been next to no load. */
  idle?: number;
  /** Since when no reflector has answered. */
  silent?: number;
  /** ms of delay that mean nothing, when that was last known. */
  noise?: number;
  /** ms of delay that no cut could lower, and when that was seen last. */
  deaf?: { delay: number; at: number; times: number };
}

/** More of a kind is nothing that we have written. */
const MOST = 500;
/** Reads what was remembered, by this version or another one; undefined if it is anything else: then all is learnt anew. */
export function parseMemory(json: Json): Memory | undefined {
  const { at, reflectors, samples, lanes, above, calm, idle, noise, deaf } = asRecord(json) ?? {};
  const ways = asRecord(lanes) ?? {};
  const [up, down] = [parseLane(ways.up), parseLane(ways.down)];
  const time = asNumber(at);
  if (time === undefined || !asRecord(lanes)) return undefined;
  const { delay, at: heard, times } = record(deaf, ['delay', 'at', 'times']) ?? {};
  return {
    at: time,
    reflectors: list(reflectors, parseReflector),
    samples: list(samples, (one) => named('reflector', one, record(one, ['sent', 'rtt']))),
    lanes: { ...(up && { up }), ...(down && { down }) },
    ...numbers({ above, calm, idle, noise }),
    ...(delay === undefined || heard === undefined || times === undefined ? {} : { deaf: { delay, at: heard, times } }),
  };
}

function parseReflector(json: Json): Reflector | undefined {
  const known = record(json, ['sent', 'heard']);
  const { base, lower, idle } = asRecord(json) ?? {};
  const { since, lowest, answers } = record(idle, ['since', 'lowest', 'answers']) ?? {};
  const window =
    since === undefined || lowest === undefined || answers === undefined ? {} : { idle: { since, lowest, answers } };
  return named('name', json, known && { ...known, ...numbers({ base, lower }), ...window });
}

function parseLane(json: Json): Lane | undefined {
  const known = record(json, ['rate', 'moved', 'grow']);
  const { counts, peak, fresh, cap, best, back, innocent, cut, step } = asRecord(json) ?? {};
  const highest = record(peak, ['load', 'at']);
  if (!known || !highest || known.rate > MOST_RATE) return undefined;
  const [carries, cutting, stepping] = [
    record(cap, ['rate', 'asked', 'since']),
    record(cut, ['at', 'before', 'cap', 'vain', 'level']),
    record(step, ['at', 'from', 'level']),
  ];
  return {
    ...known,
    counts: list(counts, (one) => record(one, ['at', 'bytes'])),
    peak: highest,
    ...flags({ fresh }),
    ...(carries && { cap: carries }),
    ...numbers({ best, back, innocent }),
    ...(cutting && { cut: { ...cutting, ...flagsOf(cut) } }),
    ...(stepping && { step: { ...stepping, ...flagsOf(step) } }),
  };
}

function flagsOf(json: Json) {
  const { blind, jump, known, set } = asRecord(json) ?? {};
  return flags({ blind, jump, known, set });
}

/** The fields as numbers; undefined if one of them is none. */
function record<K extends string>(json: Json, keys: K[]): Record<K, number> | undefined {
  const fields = asRecord(json);
  const entries = keys.map((key) => [key, asNumber(fields?.[key])] as const);
  return entries.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(entries) as Record<K, number>);
}

/** With a field that is a name. */
function named<K extends string, T extends object>(key: K, json: Json, rest: T | undefined) {
  const name = asWord(asRecord(json)?.[key]);
  return rest && name !== undefined ? ({ [key]: name, ...rest } as { [P in K]: string } & T) : undefined;
}

function list<T>(json: Json, parse: (one: Json) => T | undefined): T[] {
  return (asList(json) ?? []).slice(-MOST).flatMap((one) => parse(one) ?? []);
}

/** Those that are numbers. */
function numbers<K extends string>(fields: Record<K, Json>): { [P in K]?: number } {
  const entries = Object.entries(fields).map(([key, value]) => [key, asNumber(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as { [P in K]?: number };
}

/** Those that are set. */
function flags<K extends string>(fields: Record<K, Json>): { [P in K]?: true } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value === true)) as { [P in K]?: true };
}
