import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import type { Six } from '../model.js';
import { keepBeside, recall } from './beside.js';
import type { Tools } from './exec.js';

type Former = NonNullable<Six['former']>;

/** Which addresses we have deprecated, and how they were: kept beside the state, which is forgotten when the system starts again, too. */
const SUFFIX = '.deprecated';

/** How the addresses were that we have deprecated; undefined where there is none, or nobody can say. */
export function formerAddresses(tools: Tools): Former | undefined {
  const entries = Object.entries(asRecord(parseJson(recall(tools, SUFFIX) ?? '')) ?? {}).flatMap(([key, value]) => {
    const [owner, ...lifetimes] = asList(value) ?? [];
    const [name, [preferred, valid]] = [asText(owner), lifetimes.map(lifetimeOf)];
    if (name === undefined || preferred === undefined || valid === undefined) return [];
    return [[key, { owner: name, preferred, valid }] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function lifetimeOf(json: Json): number | undefined {
  return json === null ? Number.POSITIVE_INFINITY : asNumber(json);
}

/** Keeps how addresses were. @returns whether they can be put back */
export function rememberDeprecated(tools: Tools, more: Former): boolean {
  return write(tools, { ...formerAddresses(tools), ...more });
}

/** Nothing is to be put back of these any more. */
export function forgetDeprecated(tools: Tools, keys: string[]): void {
  const entries = Object.entries(formerAddresses(tools) ?? {}).filter(([key]) => !keys.includes(key));
  write(tools, Object.fromEntries(entries));
}

function write(tools: Tools, former: Former): boolean {
  // JSON has no Infinity: it is null there.
  const entries = Object.entries(former).map(([key, { owner, preferred, valid }]) => [key, [owner, preferred, valid]]);
  return keepBeside(tools, SUFFIX, Object.fromEntries(entries));
}
