import { asList, asNumber, asRecord, asText, type Json } from '../json.js';
import type { Item, Order } from '../observe/routeros.js';
import type { Line, Wish } from '../routeros.js';
import { type MachineMemory, parseRouteros } from '../state/routeros.js';
import { optional } from '../state/values.js';
import type { Failure } from '../system/routeros/ways.js';

/** What passes over RouterOS machines ask, and what they are told, as it is recorded. Each answer is undefined if it is none. */

/** How a pass begins. */
export interface Begun {
  memory: MachineMemory;
  leaving: boolean;
  dryRun: boolean;
  /** s since boot: when it is given up, and now. */
  deadline: number;
  at: number;
}

/** An answer, and s since boot when it came. */
interface Timed<T> {
  at: number;
  answer: T;
}

const CALL = /^routeros ([\w-]{1,64}): pass$/;

/** What is asked of a machine, by its name. */
export const callOf = (name: string) => (what: string) => `routeros ${name}: ${what}`;

/** The name of the machine whose pass begins with that. */
export function nameOf(call: string): string | undefined {
  return CALL.exec(call)?.[1];
}

/** Is something written by it? */
export function isWrite(call: string): boolean {
  return /^routeros [\w-]{1,64}: set$/.test(call);
}

/** A write as one text. */
export function orderText({ menu, by, entry, set }: Order): string {
  return JSON.stringify({ menu, by, id: entry.id, name: entry.name, set });
}

export function asBegun(json: Json): Begun | undefined {
  const { memory, leaving, dryRun, deadline, at } = asRecord(json) ?? {};
  const [known] = parseRouteros(asText(memory) ?? '', '')?.machines ?? [];
  const [end, now] = [asNumber(deadline), asNumber(at)];
  if (!known || typeof leaving !== 'boolean' || typeof dryRun !== 'boolean') return undefined;
  return end === undefined || now === undefined
    ? undefined
    : { memory: known, leaving, dryRun, deadline: end, at: now };
}

export function asWish(json: Json): Wish | undefined {
  const { lines, rates, steered } = asRecord(json) ?? {};
  const known = asList(lines)?.map(asLine);
  const { up, down } = asRecord(rates) ?? {};
  const [above, below] = [asNumber(up), asNumber(down)];
  if (!known || known.includes(undefined)) return undefined;
  return {
    lines: known as Line[],
    ...(above === undefined || below === undefined ? {} : { rates: { up: above, down: below } }),
    ...(typeof steered === 'boolean' ? { steered } : {}),
  };
}

function asLine(json: Json): Line | undefined {
  const { wan, up, rank } = asRecord(json) ?? {};
  const name = asText(wan);
  return name === undefined || typeof up !== 'boolean'
    ? undefined
    : { wan: name, up, ...optional('rank', asNumber(rank)) };
}

export function asSwitch(json: Json): { on: boolean } | undefined {
  return typeof json === 'boolean' ? { on: json } : undefined;
}

export function asLook(json: Json): Timed<(Item[] | undefined)[] | Failure> | undefined {
  const { at, answer } = asRecord(json) ?? {};
  const [now, failure] = [asNumber(at), asFailure(answer ?? null)];
  const lists = asList(answer)?.map((list) => (list === null ? { items: undefined } : asItems(list)));
  if (now === undefined || lists?.includes(undefined)) return undefined;
  if (failure) return { at: now, answer: failure };
  return lists && { at: now, answer: lists.map((list) => list?.items) };
}

function asItems(json: Json): { items: Item[] } | undefined {
  const items = asList(json)?.map((item): Item | undefined => {
    const { fields, raw } = asRecord(item) ?? {};
    const [pairs, text] = [Object.entries(asRecord(fields) ?? {}), asText(raw)];
    if (text === undefined || pairs.some(([, value]) => typeof value !== 'string')) return undefined;
    return { fields: Object.fromEntries(pairs) as Item['fields'], raw: text };
  });
  return !items || items.includes(undefined) ? undefined : { items: items as Item[] };
}

export function asSet(json: Json): Timed<Failure | undefined> | undefined {
  const { at, answer } = asRecord(json) ?? {};
  const [now, failure] = [asNumber(at), asFailure(answer ?? null)];
  if (now === undefined || (answer !== null && !failure)) return undefined;
  return { at: now, answer: failure };
}

function asFailure(json: Json): Failure | undefined {
  const { text, again, elsewhere, gone, refused } = asRecord(json) ?? {};
  const words = asText(text);
  if (words === undefined || typeof again !== 'boolean') return undefined;
  const flags = Object.entries({ elsewhere, gone, refused }).filter(([, value]) => value === true);
  return { text: words, again, ...Object.fromEntries(flags) };
}
