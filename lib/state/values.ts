/** A part of the state file as `ini` takes it, and gives it back. */
export type Section = Record<string, unknown>;

/** The key with its value; nothing where there is none. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

/** A text that is not empty. */
export function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Names and addresses reach the screen and the commands that it offers: only what can be one. */
export function matching(value: unknown, pattern: RegExp): string | undefined {
  const text = words(value);
  return text !== undefined && pattern.test(text) ? text : undefined;
}

/** Only numbers that are written again as they were read. */
export function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && /^\d{1,16}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  return read <= Number.MAX_SAFE_INTEGER ? read : undefined;
}
