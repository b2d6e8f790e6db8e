import type { Problem } from '../model.js';
import type { UciOption } from './uci.js';
import type { Reader } from './values.js';

/** The value of one option. Anything illegal is a problem; the nearest legal number is used, or the default. */
export function readOption<T>(
  options: Map<string, UciOption>,
  name: string,
  reader: Reader<T>,
  problems: Problem[],
): T {
  const option = options.get(name);
  if (!option) return reader.fallback;
  const text = option.values.at(-1) ?? '';
  reportOverruled(option, problems);
  const value = reader.read(text);
  if (value !== undefined) return value;
  const instead = reader.nearest?.(text) ?? reader.fallback;
  const used = instead === undefined ? 'ignored' : `using ${toText(instead)}`;
  problems.push({ ...placeOf(option), text: `not ${reader.legal}; ${used}` });
  return instead;
}

/** Says that an option is set twice. */
export function reportOverruled(option: UciOption | undefined, problems: Problem[]): void {
  if (!option || option.overruled.length === 0) return;
  const lines = option.overruled.slice(0, 3).join(' and ');
  problems.push({ ...placeOf(option), text: `set before in line ${lines}; this one counts` });
}

/** Where an option stands, for a problem about it. */
export function placeOf(option: UciOption | undefined): Pick<Problem, 'line' | 'option' | 'value'> {
  if (!option) return {};
  return { line: option.line, option: `option ${option.name}`, value: option.values.at(-1) ?? '' };
}

function toText(value: unknown): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}
