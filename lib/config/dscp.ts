import type { FlowClass, Problem, Sharing } from '../model.js';
import { placeOf, reportOverruled } from './options.js';
import type { UciOption } from './uci.js';

/** By the names of RFC 2474, 2597, 3246, 5865 and 8622, which tc and nft have, too. */
const NAMES: Record<string, number> = {
  ...{ BE: 0, DF: 0, LE: 1, VA: 44, EF: 46 },
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((i) => [`CS${i}`, 8 * i])),
  ...Object.fromEntries([1, 2, 3, 4].flatMap((i) => [1, 2, 3].map((drop) => [`AF${i}${drop}`, 8 * i + 2 * drop]))),
};

/** Calls, games and conferences (RFC 4594, 8837), and what wants to stand back for all else. */
const DEFAULTS: Record<FlowClass, string[]> = {
  fast: ['EF', 'VA', 'CS5', 'CS4', 'AF41', 'AF42', 'AF43'],
  bulk: ['CS1', 'LE'],
};
export const FAST = DEFAULTS.fast;
const CLASSES = ['fast', 'bulk'] as const;

/** The DSCP values by which flows are told apart; undefined where none are. */
export function readClasses(
  options: Map<string, UciOption>,
  balance: Sharing | undefined,
  problems: Problem[],
): Record<FlowClass, number[]> | undefined {
  const [fast, bulk] = CLASSES.map((of) => {
    const option = options.get(`${of}_dscp`);
    const values = readDscpList(option, DEFAULTS[of], problems);
    if (option && balance !== 'adaptive')
      problems.push({ ...placeOf(option), text: "without effect: only option balance 'adaptive' looks at it" });
    return values;
  }) as [number[], number[]];
  if (balance !== 'adaptive') return undefined;
  const both = bulk.filter((value) => fast.includes(value));
  if (both.length > 0)
    problems.push({
      ...placeOf(options.get('bulk_dscp')),
      text: `${both.join(', ')} is in fast_dscp, too, which counts`,
    });
  return { fast, bulk: bulk.filter((value) => !both.includes(value)) };
}

/** The values that an option names, in rising order, each once. @param fallback what holds where it names none */
export function readDscpList(option: UciOption | undefined, fallback: string[], problems: Problem[]): number[] {
  reportOverruled(option, problems);
  // One option may name several, as UCI's own scripts take blanks for list separators.
  const words = (option?.values ?? []).flatMap((text, i) =>
    (text.match(/\S+/g) ?? []).map((word) => ({ word, value: readDscp(word), line: option?.lines[i] })),
  );
  const values = new Set(words.flatMap(({ value }) => value ?? []));
  const instead = values.size > 0 ? 'ignored' : `using ${fallback.join(' ')}`;
  for (const { word, line } of words.filter(({ value }) => value === undefined)) {
    const place = { ...placeOf(option), ...(line === undefined ? {} : { line }), value: word };
    problems.push({ ...place, text: `not a DSCP, as EF, AF41, CS1 or 0 to 63; ${instead}` });
  }
  const found = values.size > 0 ? [...values] : fallback.map((name) => readDscp(name) as number);
  return found.sort((a, b) => a - b);
}

function readDscp(text: string): number | undefined {
  const name = text.toUpperCase();
  if (Object.hasOwn(NAMES, name)) return NAMES[name];
  return /^\d{1,2}$/.test(text) && Number(text) < 64 ? Number(text) : undefined;
}
