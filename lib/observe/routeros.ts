import { asList, asRecord, type Json, parseJson } from '../json.js';
import type { Entry, Former, Routeros, Script, Sight } from '../routeros.js';

/** What is asked of a RouterOS machine: the entries of a menu that bear one of these names, or all. */
export interface Question {
  menu: string;
  /** By what they are told apart. Absent: all are meant. */
  by?: 'name' | 'comment';
  names: string[];
  fields: string[];
  /** Where it is refused, one goes on without. */
  optional?: true;
}

/** A change of one entry. */
export interface Order {
  menu: string;
  by: 'name' | 'comment';
  entry: Pick<Entry, 'id' | 'name'>;
  set: Record<string, string>;
}

/** Its fields; `raw`: all its text. */
export interface Item {
  fields: Record<string, string>;
  raw: string;
}

export const QUEUES = 'queue tree';
export const RULES = 'ip firewall mangle';
export const ROUTES = 'ip route';
const [NETWATCH, SCRIPTS, SCHEDULER] = ['tool netwatch', 'system script', 'system scheduler'] as const;

/** bit/s; more than any queue has. */
const MOST_RATE = 1e13;

/** What must be asked to see all that is steered, or was. Those that may be refused stand last. */
export function questionsFor({ routes, rule, shaper, force }: Routeros, former: Former[]): Question[] {
  const named = (kind: Former['kind']) =>
    former.flatMap((one) => (one.kind === kind && 'name' in one ? [one.name] : []));
  const pairs = former.flatMap((one) => (one.kind === 'rates' ? [one.queues.up.name, one.queues.down.name] : []));
  const ask = (menu: string, by: 'name' | 'comment', all: string[], fields: string[]): Question[] => {
    const names = [...new Set(all)];
    return names.length === 0 ? [] : [{ menu, by, names, fields: ['.id', by, ...fields] }];
  };
  const all = (menu: string, fields: string[]): Question => ({ menu, names: [], fields, optional: true });
  return [
    ...ask(QUEUES, 'name', [...Object.values(shaper?.queues ?? {}), ...pairs], ['max-limit', 'disabled']),
    ...ask(RULES, 'comment', [...(rule === undefined ? [] : [rule]), ...named('rule')], ['disabled']),
    ...ask(
      ROUTES,
      'comment',
      [...routes.map(({ comment }) => comment), ...named('route')],
      [...['disabled', 'inactive', 'distance']],
    ),
    ...(force
      ? []
      : [
          all(NETWATCH, ['host', 'disabled', 'up-script', 'down-script', 'test-script']),
          all(SCHEDULER, ['name', 'disabled', 'on-event']),
          all(SCRIPTS, ['name', 'source']),
        ]),
  ];
}

/**
 * Of a list, however long, what was asked for: so one that bears a name twice is seen to, wherever its entries stand.
 *
 * @param answers to each question, in their order; undefined: it was refused
 */
export function toSight(questions: Question[], answers: (Item[] | undefined)[]): Sight {
  const of = (menu: string) => {
    const at = questions.findIndex((question) => question.menu === menu);
    const { by = 'name', names = [] } = questions[at] ?? {};
    const asked = new Set(names);
    return (answers[at] ?? []).flatMap(({ fields }) =>
      asked.has(fields[by] ?? '') ? (toEntry(fields, by) ?? []) : [],
    );
  };
  const scripts = questions.flatMap(({ menu, optional }, i) =>
    optional ? (answers[i] ?? []).flatMap((item) => toScript(menu, item)) : [],
  );
  const isHidden = questions.some(({ optional }, i) => optional && !answers[i]);
  const shown = { queues: of(QUEUES), rules: of(RULES), routes: of(ROUTES), scripts };
  return { ...shown, ...(isHidden ? { hidden: true as const } : {}) };
}

/**
 * The same answers without what nobody needs for a decision: entries and fields that were not asked for, and of scripts, which may
 * hold passwords, all but which of our names they mention.
 */
export function withoutSecrets(questions: Question[], answers: (Item[] | undefined)[]): (Item[] | undefined)[] {
  const ours = questions.flatMap(({ names }) => names);
  const only = ({ fields }: Item, kept: readonly string[]) =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => kept.includes(key)));
  return questions.map(({ by, names, fields }, i) =>
    answers[i]?.flatMap((item): Item[] => {
      if (by) return names.includes(item.fields[by] ?? '') ? [{ fields: only(item, fields), raw: '' }] : [];
      const mentioned = ours.filter((name) => item.raw.includes(name));
      const raw = mentioned.join('\n');
      return mentioned.length === 0 ? [] : [{ fields: only(item, ['name', 'host', 'disabled']), raw }];
    }),
  );
}

function toEntry(fields: Record<string, string>, by: 'name' | 'comment'): Entry | undefined {
  const { '.id': id = '', [by]: name, disabled, inactive, distance = '' } = fields;
  const rate = readRate(fields['max-limit'] ?? '');
  if (name === undefined || rate === undefined || (id !== '' && !/^\*[0-9A-Fa-f]{1,16}$/.test(id))) return undefined;
  return {
    ...{ id, name, disabled: isTrue(disabled), inactive: isTrue(inactive), rate },
    distance: /^\d{1,3}$/.test(distance) ? Number(distance) : 1,
  };
}

function toScript(menu: string, { fields, raw }: Item): Script[] {
  if (isTrue(fields.disabled)) return [];
  const what = { [NETWATCH]: 'netwatch', [SCHEDULER]: 'schedule' }[menu] ?? 'script';
  return [{ place: `${what} ${(fields.host ?? fields.name ?? '').slice(0, 60)}`.trim(), text: raw }];
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === 'yes';
}

/** bit/s of `800M`, `1500k`, `500000000` or `unlimited`; 0: no limit; undefined: it is no rate. */
export function readRate(text: string): number | undefined {
  if (text === '' || text === 'unlimited') return 0;
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)([kKMG]?)(?:bps)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1;
  return Math.min(Math.round(Number(digits) * factor), MOST_RATE);
}

/**
 * A list of entries as REST prints it, or one alone; undefined if it is none. Numbers may be numbers. It is as long as whoever asked
 * takes output: what is cut off could be the second one of a name, or the script that owns something.
 */
export function parseItems(text: string): Item[] | undefined {
  const json = parseJson(text);
  const list = asList(json) ?? (asRecord(json) ? [json] : undefined);
  const items = list?.map((entry) => asRecord(entry));
  if (!items?.every((item) => item !== undefined)) return undefined;
  return items.map((item): Item => {
    const fields = Object.fromEntries(Object.entries(item).flatMap(([key, value]) => toField(key, value)));
    return { fields, raw: Object.values(fields).join('\n') };
  });
}

function toField(key: string, value: Json): [string, string][] {
  return ['string', 'number', 'boolean'].includes(typeof value) ? [[key, String(value)]] : [];
}

/** The beginning of an entry: its number, its flags and what follows. */
const FIRST = /^ {0,4}\d{1,9}((?: {1,4}[A-Za-z+]{1,8}(?= |$)){0,4}) *(.*)$/;
const FIELD = /(?:^| )([a-z0-9.-]{1,40})=("(?:[^"\\]|\\.)*"|[^ ]*)/g;

/** The entries that `print detail` shows, as `0 X ;;; comment`, all of them; none where nothing looks like one. */
export function parsePrint(text: string): Item[] {
  const items: { flags: string; comment?: string; lines: string[] }[] = [];
  for (const line of text.replace(/\r/g, '').split('\n')) {
    const [, flags, rest] = FIRST.exec(line) ?? [];
    const last = items.at(-1);
    if (flags !== undefined && rest !== undefined) {
      const comment = rest.startsWith(';;; ') ? rest.slice(4).trimEnd() : undefined;
      items.push({ flags, lines: [comment ?? rest], ...(comment === undefined ? {} : { comment }) });
    } else if (last && line.startsWith(' ')) last.lines.push(line.trim());
  }
  return items.map(({ flags, comment, lines }) => {
    const body = comment === undefined ? lines : lines.slice(1);
    const pairs = [...body.join(' ').matchAll(FIELD)].map(([, key, value]): [string, string] => [
      `${key}`,
      bare(value),
    ]);
    const fields = {
      ...Object.fromEntries(pairs),
      ...(comment === undefined ? {} : { comment }),
      ...(flags.includes('X') ? { disabled: 'true' } : {}),
      ...(flags.includes('I') ? { inactive: 'true' } : {}),
    };
    return { fields, raw: lines.join('\n') };
  });
}

function bare(text = ''): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
