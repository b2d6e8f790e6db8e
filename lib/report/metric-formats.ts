import { toJson } from './json.js';

/** A WAN with its figures, as `status --json` has it: what is a number or a truth is a figure. */
export type WanMetrics = Record<string, unknown>;

/** What a plugin of type metrics is given. */
export interface RoundMetrics {
  /** s since the epoch, when the round ended. */
  time: number;
  wans: WanMetrics[];
}

/**
 * The figures as a plugin reads them.
 *
 * @param prefix what names of Graphite, and the measurement of InfluxDB, begin with
 */
export function metricsBody({ time, wans }: RoundMetrics, host: string, format: string, prefix = 'mini_mwan'): string {
  const at = Math.round(time);
  if (format !== 'influx' && format !== 'graphite') return `${toJson({ host, time: at, wans })}\n`;
  const lines = format === 'influx' ? influx(wans, host, prefix, at) : graphite(wans, host, prefix, at);
  return lines.map((line) => `${line}\n`).join('');
}

/** Line protocol: numbers as floats, so that a field has one type for ever; the time in ns. */
function influx(wans: WanMetrics[], host: string, prefix: string, time: number): string[] {
  return wans.map((wan) => {
    const tags = [
      ['host', host],
      ['wan', wan.name],
      ['device', wan.device],
    ].flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [`,${name}=${escapeTag(value)}`] : []));
    const fields = [...numbersOf(wan).map(([name, value]) => `${name}=${value}`), ...wordsOf(wan)];
    return `${escapeTag(prefix)}${tags.join('')} ${fields.join(',')} ${time}000000000`;
  });
}

/** The plaintext protocol: a path, a value, s since the epoch. */
function graphite(wans: WanMetrics[], host: string, prefix: string, time: number): string[] {
  return wans.flatMap((wan) => {
    const path = [prefix, host, String(wan.name)].map((part) => part.replace(/[^\w-]/g, '_')).join('.');
    return numbersOf(wan).map(([name, value]) => `${path}.${name} ${value} ${time}`);
  });
}

function numbersOf(wan: WanMetrics): [name: string, value: number][] {
  const up: [string, number] = ['up', Number(wan.status === 'up')];
  return [up, ...flatten(wan, '')];
}

/** Those of its quality, too: `quality_loss_percent`. */
function flatten(values: object, start: string): [name: string, value: number][] {
  return Object.entries(values).flatMap(([name, value]): [string, number][] => {
    if (['number', 'boolean'].includes(typeof value)) return [[`${start}${name}`, Number(value)]];
    return value === null || typeof value !== 'object' || Array.isArray(value) ? [] : flatten(value, `${name}_`);
  });
}

/** What is a text there. */
function wordsOf({ status, health }: WanMetrics): string[] {
  return Object.entries({ status, health }).map(([name, value]) => `${name}="${escapeText(value)}"`);
}

/** Blanks, commas and equal signs end a tag; a backslash at its end would take the sign behind it away. */
function escapeTag(text: string): string {
  return printed(text).replaceAll('\\', '_').replace(/[ ,=]/g, '\\$&');
}

function escapeText(text: unknown): string {
  return printed(String(text)).replace(/["\\]/g, '\\$&');
}

function printed(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
