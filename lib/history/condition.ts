import { asNumber, asRecord, asText, type Json } from '../json.js';
import { parseAnswers } from './answers.js';

/** How full a database is, and when it was copied. */
export interface Pages {
  /** Bytes that are taken, and of the whole file. */
  used: number;
  all: number;
  /** Boot, and s since boot. Absent: never. */
  saved?: { bootId: string; uptime: number };
}

/** What a check of the file found, in words; undefined if all is well, or nothing was checked. */
export function faultOf(stdout: string | undefined): string | undefined {
  const words = rowsOf(stdout).flatMap(({ kind, words }) => (kind === 'check' ? [asText(words) ?? ''] : []));
  return words.find((word) => word !== 'ok');
}

/** How full it is; undefined if that was not said. */
export function pagesOf(stdout: string | undefined): Pages | undefined {
  const { pages, free, size, saved } = rowsOf(stdout).find(({ kind }) => kind === 'pages') ?? {};
  const [all, unused, bytes] = [asNumber(pages), asNumber(free), asNumber(size)];
  if (all === undefined || unused === undefined || bytes === undefined) return undefined;
  const [, bootId, uptime] = /^(\S+) (\d+(?:\.\d+)?)$/.exec(asText(saved) ?? '') ?? [];
  return {
    used: (all - unused) * bytes,
    all: all * bytes,
    ...(bootId === undefined ? {} : { saved: { bootId, uptime: Number(uptime) } }),
  };
}

/** What a database and its copies are called together; undefined if it was never copied. */
export function nameOf(stdout: string | undefined): string | undefined {
  return asText(rowsOf(stdout).find(({ kind }) => kind === 'name')?.name);
}

function rowsOf(stdout = ''): Record<string, Json>[] {
  return (parseAnswers(stdout) ?? []).flat().map((row) => asRecord(row) ?? {});
}
