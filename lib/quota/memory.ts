import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import type { Quota } from '../model.js';
import { optional } from '../state/values.js';
import type { Counters, Meter } from './meter.js';

/** What is remembered of all that. Times are s since boot. */
export interface Memory {
  bootId: string;
  /** When it was counted last, and on which day: days since 1970-01-01. */
  uptime: number;
  day: number;
  /** When it was written into the file that outlives a restart, or tried. Absent: not in this boot. */
  kept?: number;
  /** What was in that file is in here. */
  joined: boolean;
  /** Why it could not be written or read, in words, as it was said. */
  trouble?: string;
  meters: Meter[];
}

const VERSION = 1;
/** WANs that anybody has. */
const MOST = 500;

export function formatMemory(memory: Memory): string {
  return `${JSON.stringify({ version: VERSION, ...memory })}\n`;
}

/** Undefined where it is none of ours. What is none in it is left out. */
export function parseMemory(text: string): Memory | undefined {
  const fields = asRecord(parseJson(text)) ?? {};
  const [bootId, uptime, day] = [asText(fields.bootId), numberOf(fields.uptime), numberOf(fields.day)];
  const meters = asList(fields.meters);
  if (fields.version !== VERSION || bootId === undefined || uptime === undefined || day === undefined || !meters)
    return undefined;
  return {
    ...{ bootId, uptime, day, joined: fields.joined === true },
    ...optional('kept', numberOf(fields.kept)),
    ...optional('trouble', asText(fields.trouble)?.slice(0, 1000)),
    meters: meters.slice(0, MOST).flatMap((meter) => readMeter(meter) ?? []),
  };
}

function readMeter(json: Json): Meter | undefined {
  const fields = asRecord(json) ?? {};
  const [wan, quota] = [asText(fields.wan), readQuota(fields.quota)];
  if (wan === undefined || !/^[!-~]{1,64}$/.test(wan) || !quota) return undefined;
  const days = (asList(fields.days) ?? []).flatMap((entry): Meter['days'] => {
    const [day, bytes] = (asList(entry) ?? []).map(numberOf);
    return day === undefined || bytes === undefined || day > 1e5 ? [] : [[day, bytes]];
  });
  const last = readCounters(fields.last);
  return {
    ...{ wan, quota, unkept: numberOf(fields.unkept) ?? 0 },
    days: days.filter(([day], i) => (days[i - 1]?.[0] ?? -1) < day),
    ...(last ? { last } : {}),
  };
}

function readQuota(json: Json): Quota | undefined {
  const fields = asRecord(json) ?? {};
  const [bytes, days, day] = [fields.bytes, fields.days, fields.day].map(numberOf);
  if (bytes === undefined) return undefined;
  return days === undefined ? { bytes, day: day ?? 1 } : { bytes, days };
}

function readCounters(json: Json): Counters | undefined {
  const fields = asRecord(json) ?? {};
  const [device, bootId] = [asText(fields.device), asText(fields.bootId)];
  const [rx, tx, uptime] = [fields.rx, fields.tx, fields.uptime].map(numberOf);
  if (device === undefined || bootId === undefined) return undefined;
  if (rx === undefined || tx === undefined || uptime === undefined) return undefined;
  return { device, bootId, rx, tx, uptime };
}

/** A number from 0. */
function numberOf(json: Json): number | undefined {
  const value = asNumber(json);
  return value !== undefined && value >= 0 && value <= 1e18 ? value : undefined;
}
