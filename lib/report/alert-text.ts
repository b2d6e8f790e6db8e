import { printable } from '../state/format.js';
import { kindOf, type Notice } from './alerts.js';
import { toJson } from './json.js';
import { duration, statusWord } from './words.js';

/** What a plugin is given for an alert. */
export interface Message {
  /** Variables of its environment: plain ASCII, each of them one line. */
  env: Record<string, string>;
  /** Its standard input. */
  input: string;
}

/** Where and when an alert is told. */
export interface Occasion {
  host: string;
  /** s since the epoch. */
  time: number;
}

/** By the level of an alert, as ntfy counts: 1-5, the last is the gravest. */
const NTFY_PRIORITY = { info: 2, warning: 3, error: 4, critical: 5 };

/**
 * An alert as a plugin gets it.
 *
 * @param format that of the plugin
 * @param variables its own, which win over none of ours
 */
export function messageOf(
  told: Notice,
  { host, time }: Occasion,
  format: string,
  variables: Record<string, string>,
): Message {
  // What others said of a line is in its reason.
  const notice = { ...told, reason: printable(told.reason) };
  const [title, text] = [titleOf(notice, host), textOf(notice)];
  const ours = {
    KEY: notice.key,
    STATE: notice.state,
    LEVEL: notice.level,
    WAN: notice.wan ?? '',
    DEVICE: notice.device ?? '',
    OLD_STATUS: notice.from ?? '',
    NEW_STATUS: notice.to ?? '',
    REASON: notice.reason,
    TIME: `${Math.round(time)}`,
    HOST: host,
    TITLE: title,
    TEXT: text,
  };
  const clean = Object.entries(ours).map(([name, value]) => [name, printable(value)]);
  const shown: Shown = { notice, title: printable(title), text: printable(text), variables };
  const body = format === 'json' ? jsonOf(notice, host, time, shown.text) : (BODIES[format] ?? plain)(shown);
  return { env: { ...variables, ...Object.fromEntries(clean) }, input: body };
}

interface Shown {
  notice: Notice;
  title: string;
  text: string;
  variables: Record<string, string>;
}

/** What each service takes. */
const BODIES: Record<string, (shown: Shown) => string> = {
  slack: ({ title, text }) => line({ text: `${escapeSlack(title)}\n${escapeSlack(text)}` }),
  // Nobody is called by what a line says.
  discord: ({ title, text }) => line({ content: `${title}\n${text}`, allowed_mentions: { parse: [] } }),
  ntfy: ({ notice, title, text, variables }) =>
    line({ topic: variables.TOPIC ?? '', title, message: text, priority: NTFY_PRIORITY[notice.level] }),
  telegram: ({ title, text, variables }) => line({ chat_id: variables.CHAT ?? '', text: `${title}\n${text}` }),
};

function plain({ title, text }: Shown): string {
  return `${title}\n${text}\n`;
}

function jsonOf(
  { key, state, level, wan, device, from, to, reason, lasted }: Notice,
  host: string,
  time: number,
  text: string,
) {
  return line({
    ...{ key, state, level, wan: wan ?? null, device: device ?? null, from: from ?? null, to: to ?? null, reason },
    ...{ time: Math.round(time), host, duration_s: lasted === undefined ? null : Math.round(lasted), text },
  });
}

function line(value: unknown): string {
  return `${toJson(value)}\n`;
}

/** The three signs by which a text could mean more there. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `router: wan1 down (warning)`, `router: over: wan1 down` */
function titleOf({ key, state, level, wan }: Notice, host: string): string {
  const [, word] = /^wan-(?:quota-)?(\w+)$/.exec(kindOf(key)) ?? [];
  const said = kindOf(key).startsWith('wan-quota-') ? `${word} % of its data used` : word;
  const what = said === undefined ? (key === 'no-wan-up' ? 'no WAN is up' : 'trouble') : `${wan} ${said}`;
  return state === 'begin' ? `${host}: ${what} (${level})` : `${host}: over: ${what}`;
}

function textOf({ key, state, wan, device, to, reason, lasted }: Notice): string {
  const after = state === 'end' && lasted !== undefined ? ` after ${duration(lasted)}` : '';
  if (wan !== undefined) {
    const who = device === undefined || device === wan ? wan : `${wan} (${device})`;
    return `${who} ${to === undefined ? 'gone' : statusWord(to)}${after}: ${reason}`;
  }
  const begun = key === 'no-wan-up' ? 'no WAN is up' : 'a round could not do its work';
  return state === 'begin' ? `${begun}: ${reason}` : `it is over${after}: ${reason}`;
}
