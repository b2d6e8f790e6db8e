import { FORMS } from '../config/routeros-forms.js';
import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import type { Former, Routeros, Way } from '../routeros.js';
import { optional } from './values.js';

const VERSION = 1;
const WAYS: Way[] = ['rest', 'ssh'];
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Characters of a sentence, and entries of a list, that are of use to anybody. */
const LONGEST = 400;
const MOST = 100;

/** What is remembered of the RouterOS machines that are steered. No secret is in it, only where they are. */
export interface RouterosState {
  /** Times of another boot mean nothing. */
  bootId: string;
  /** Process that is at work, and s since boot when it ends at the latest. Absent: none is. */
  worker?: { pid: number; until: number };
  machines: MachineMemory[];
}

export interface MachineMemory {
  /** As it was configured last: by that it is reached when its section is gone. */
  machine: Routeros;
  /** How that was which we have changed. */
  former: Former[];
  /** s since boot when it answered last, and by which way. Absent: not in this boot. */
  at?: number;
  way?: Way;
  /** The other way than the first one is used until then. */
  detour?: { way: Way; until: number; pause: number };
  /** s since boot when it is looked at again at the latest. */
  due: number;
  /** Times in a row that it did not work. */
  failures: number;
  /** s since boot of the last write to each thing. */
  written: Record<string, number>;
  /** bit/s of its two queues when they were seen last as they were wanted, or first. */
  pair?: { up: number; down: number };
  /** What was changed last. */
  last?: { at: number; text: string };
  /** What is wrong, in words. */
  problems: string[];
}

export function formatRouteros(state: RouterosState): string {
  return `${JSON.stringify({ version: VERSION, ...state })}\n`;
}

/** What was left; of another boot, only what must be put back. Undefined if it is no such file. */
export function parseRouteros(text: string, bootId: string): RouterosState | undefined {
  const { version, bootId: own, worker, machines } = asRecord(parseJson(text)) ?? {};
  const list = asList(machines);
  if (version !== VERSION || !list) return undefined;
  const known = list.slice(0, MOST).flatMap((json) => readMemory(json, own === bootId) ?? []);
  return { bootId, ...optional('worker', own === bootId ? readWorker(worker) : undefined), machines: known };
}

function readWorker(json: Json): RouterosState['worker'] {
  const { pid, until } = asRecord(json) ?? {};
  const [number, end] = [asNumber(pid), asNumber(until)];
  return number === undefined || end === undefined ? undefined : { pid: number, until: end };
}

function readMemory(json: Json, isSameBoot: boolean): MachineMemory | undefined {
  const record = asRecord(json) ?? {};
  const machine = readMachine(record.machine);
  if (!machine) return undefined;
  const former = (asList(record.former) ?? []).slice(0, MOST).flatMap((one) => readFormer(one) ?? []);
  if (!isSameBoot) return { machine, former, due: 0, failures: 0, written: {}, problems: [] };
  const { text, at } = asRecord(record.last) ?? {};
  const [said, time] = [asText(text)?.slice(0, LONGEST), asNumber(at)];
  const written = Object.entries(asRecord(record.written) ?? {}).slice(0, MOST);
  return {
    ...{ machine, former },
    ...optional('at', asNumber(record.at)),
    ...optional('way', readWay(record.way)),
    ...optional('detour', readDetour(record.detour)),
    due: asNumber(record.due) ?? 0,
    failures: Math.min(asNumber(record.failures) ?? 0, MOST),
    written: Object.fromEntries(
      written.flatMap(([key, value]) => (asNumber(value) === undefined ? [] : [[key, asNumber(value) as number]])),
    ),
    ...optional('pair', readPair(record.pair)),
    ...optional('last', said === undefined || time === undefined ? undefined : { at: time, text: said }),
    problems: (asList(record.problems) ?? []).slice(0, MOST).flatMap((one) => asText(one)?.slice(0, LONGEST) ?? []),
  };
}

function readPair(json: Json): MachineMemory['pair'] {
  const { up, down } = asRecord(json) ?? {};
  const [above, below] = [asNumber(up), asNumber(down)];
  return above === undefined || below === undefined ? undefined : { up: above, down: below };
}

function readWay(json: Json): Way | undefined {
  return WAYS.find((way) => way === json);
}

function readDetour(json: Json): MachineMemory['detour'] {
  const { way, until, pause } = asRecord(json) ?? {};
  const [by, end, span] = [readWay(way), asNumber(until), asNumber(pause)];
  return by && end !== undefined && span !== undefined ? { way: by, until: end, pause: span } : undefined;
}

function matching(json: Json, pattern: RegExp): string | undefined {
  const text = asText(json);
  return text !== undefined && pattern.test(text) ? text : undefined;
}

function readFormer(json: Json): Former | undefined {
  const { kind, name, disabled, queues } = asRecord(json) ?? {};
  const label = matching(name, FORMS.label);
  if (kind === 'rates') {
    const [up, down] = [readQueue(asRecord(queues)?.up), readQueue(asRecord(queues)?.down)];
    return up && down ? { kind, queues: { up, down } } : undefined;
  }
  if ((kind !== 'route' && kind !== 'rule') || label === undefined || typeof disabled !== 'boolean') return undefined;
  return { kind, name: label, disabled };
}

function readQueue(json: Json): { name: string; rate: number } | undefined {
  const { name, rate } = asRecord(json) ?? {};
  const [label, number] = [matching(name, FORMS.label), asNumber(rate)];
  return label === undefined || number === undefined ? undefined : { name: label, rate: number };
}

function readMachine(json: Json): Routeros | undefined {
  const record = asRecord(json) ?? {};
  const [name, host, user] = [
    matching(record.name, NAME),
    matching(record.host, FORMS.host),
    matching(record.user, FORMS.user),
  ];
  const [rest, ssh] = [readRest(record.rest), readSsh(record.ssh)];
  const [timeout, writeInterval] = [asNumber(record.timeout), asNumber(record.writeInterval)];
  const listed = (asList(record.ways) ?? []).slice(0, 2).flatMap((way) => readWay(way) ?? []);
  const ways = listed.filter((way) => (way === 'rest' ? rest : ssh));
  if (!name || !host || !user || !timeout || !writeInterval || timeout > 30 || ways.length === 0) return undefined;
  const routes = (asList(record.routes) ?? []).slice(0, MOST).flatMap((route) => {
    const { wan, comment } = asRecord(route) ?? {};
    const [line, label] = [asText(wan), matching(comment, FORMS.label)];
    return line === undefined || label === undefined ? [] : [{ wan: line, comment: label }];
  });
  return {
    ...{ name, host, user, ways, timeout, writeInterval, force: record.force === true, routes },
    ...optional('rest', rest),
    ...optional('ssh', ssh),
    ...optional('shaper', readShaper(record.shaper)),
    ...optional('rule', matching(record.rule, FORMS.label)),
  };
}

function readShaper(json: Json): Routeros['shaper'] {
  const { name, queues } = asRecord(json) ?? {};
  const { up, down } = asRecord(queues) ?? {};
  const [own, above, below] = [asText(name), matching(up, FORMS.label), matching(down, FORMS.label)];
  return own !== undefined && above !== undefined && below !== undefined
    ? { name: own, queues: { up: above, down: below } }
    : undefined;
}

function readPort(json: Json): number | undefined {
  const port = asNumber(json) ?? 0;
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

function readRest(json: Json): Routeros['rest'] {
  const { port, secret, ca, pin } = asRecord(json) ?? {};
  const [number, file] = [readPort(port), matching(secret, FORMS.file)];
  if (number === undefined || file === undefined) return undefined;
  return {
    port: number,
    secret: file,
    ...optional('ca', matching(ca, FORMS.file)),
    ...optional('pin', matching(pin, FORMS.pin)),
  };
}

function readSsh(json: Json): Routeros['ssh'] {
  const { port, key, knownHosts } = asRecord(json) ?? {};
  const [number, file] = [readPort(port), matching(key, FORMS.file)];
  if (number === undefined || file === undefined) return undefined;
  return { port: number, key: file, ...optional('knownHosts', matching(knownHosts, FORMS.file)) };
}
