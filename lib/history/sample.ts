import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import { optional } from '../state/values.js';
import { COLOURS, STATES, WAYS } from './schema.js';

/** What one moment showed. Times of the same boot are told by `uptime`: the wall clock may still be wrong. */
export interface Sample {
  bootId: string;
  /** s since boot. */
  uptime: number;
  /** s since the epoch, as the clock on the wall showed it. */
  wall: number;
  lines: LineSample[];
  shaped: ShapedSample[];
  events: Event[];
}

export interface LineSample {
  wan: string;
  state: (typeof STATES)[number];
  /** ms, ms, %. Absent: not measured, or nothing answered. */
  rtt?: number;
  jitter?: number;
  loss?: number;
  /** Bytes that came and went since the sample before, in so many ms. Absent: not known. */
  carried?: { rx: number; tx: number; span: number };
}

export interface ShapedSample {
  wan: string;
  way: (typeof WAYS)[number];
  colour: (typeof COLOURS)[number];
  /** kbit/s */
  rate: number;
  /** ms */
  delay: number;
  /** %, of the rate. */
  load: number;
}

/** Kinds of events. Rates that another machine was told may come every few seconds, and each is kept for less long. */
export const EVENTS = ['transition', 'change', 'rates'] as const;

/** Something that happened. */
export interface Event {
  kind: (typeof EVENTS)[number];
  /** Of a transition. */
  wan?: string;
  old?: string;
  new?: string;
  /** Why, or what was done: a sentence. */
  words: string;
  /** How each target answered. */
  evidence?: Evidence[];
}

/** How a target answered, which a transition stands on. */
export interface Evidence {
  target: string;
  outcome: string;
  /** ms */
  rtt?: number;
  /** What came instead of the answer. */
  instead?: string;
}

/** More than any device counts between two samples; so that sums stay numbers. */
const MOST_BYTES = 1e13;
const MOST = 1e7;
/** Characters of a text, and events of a sample, that are of use to anybody. */
const LONGEST = 400;
const MOST_EVENTS = 100;
const MOST_EVIDENCE = 20;

/** As a line of a file: whoever was killed before its end spoils no other, so it stands behind a newline. */
export function formatSample(sample: Sample): string {
  return `\n${JSON.stringify(sample)}`;
}

/** The samples of a file; what is none, or not whole, is left out. */
export function parseSamples(text: string): Sample[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : (readSample(parseJson(line)) ?? [])));
}

function readSample(json: Json): Sample | undefined {
  const { bootId, uptime, wall, lines, shaped, events } = asRecord(json) ?? {};
  const [boot, since, at] = [asText(bootId)?.slice(0, 64), asNumber(uptime), asNumber(wall)];
  if (boot === undefined || since === undefined || at === undefined || at > 1e12 || since > 1e12) return undefined;
  return {
    bootId: boot,
    uptime: since,
    wall: at,
    lines: (asList(lines) ?? []).flatMap((line) => readLine(line) ?? []),
    shaped: (asList(shaped) ?? []).flatMap((line) => readShaped(line) ?? []),
    events: (asList(events) ?? []).slice(0, MOST_EVENTS).flatMap((event) => readEvent(event) ?? []),
  };
}

function readLine(json: Json): LineSample | undefined {
  const { wan, state, rtt, jitter, loss, carried } = asRecord(json) ?? {};
  const [name, known] = [textOf(wan), STATES.find((word) => word === state)];
  if (name === undefined || known === undefined) return undefined;
  const { rx, tx, span } = asRecord(carried) ?? {};
  const [came, went, ms] = [upTo(rx, MOST_BYTES), upTo(tx, MOST_BYTES), upTo(span, MOST_BYTES)];
  return {
    wan: name,
    state: known,
    ...optional('rtt', upTo(rtt, MOST)),
    ...optional('jitter', upTo(jitter, MOST)),
    ...optional('loss', upTo(loss, 100)),
    ...(came === undefined || went === undefined || !ms ? {} : { carried: { rx: came, tx: went, span: ms } }),
  };
}

function readShaped(json: Json): ShapedSample | undefined {
  const { wan, way, colour, rate, delay, load } = asRecord(json) ?? {};
  const [name, direction, known] = [
    textOf(wan),
    WAYS.find((word) => word === way),
    COLOURS.find((word) => word === colour),
  ];
  const [set, added, part] = [upTo(rate, 1e9), upTo(delay, MOST), upTo(load, MOST)];
  if (name === undefined || direction === undefined || known === undefined) return undefined;
  if (set === undefined || added === undefined || part === undefined) return undefined;
  return { wan: name, way: direction, colour: known, rate: set, delay: added, load: part };
}

function readEvent(json: Json): Event | undefined {
  const { kind, wan, old, new: now, words, evidence } = asRecord(json) ?? {};
  const [known, text] = [EVENTS.find((word) => word === kind), textOf(words)];
  if (known === undefined || text === undefined) return undefined;
  return {
    kind: known,
    words: text,
    ...optional('wan', textOf(wan)),
    ...optional('old', textOf(old)),
    ...optional('new', textOf(now)),
    ...optional('evidence', readEvidence(evidence)),
  };
}

/** How targets answered, as it is kept. */
export function readEvidence(json: Json): Evidence[] | undefined {
  const list = asList(json)?.slice(0, MOST_EVIDENCE);
  return list?.flatMap((entry) => {
    const { target, outcome, rtt, instead } = asRecord(entry) ?? {};
    const [who, how] = [textOf(target), textOf(outcome)];
    if (who === undefined || how === undefined) return [];
    return [
      { target: who, outcome: how, ...optional('rtt', upTo(rtt, MOST)), ...optional('instead', textOf(instead)) },
    ];
  });
}

function textOf(json: Json): string | undefined {
  return asText(json)?.slice(0, LONGEST);
}

function upTo(json: Json, most: number): number | undefined {
  const value = asNumber(json);
  return value === undefined || value > most ? undefined : value;
}
