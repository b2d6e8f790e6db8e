import { asRecord, asText, parseJson } from '../json.js';
import type { Item, Order, Question } from './routeros.js';
import { parseItems } from './routeros.js';

/** One that did not work. */
export interface Failure {
  /** In words. */
  text: string;
  /** The same once more may work. Of a change: nobody knows whether it was done. */
  again: boolean;
  /** The other way may work. */
  elsewhere?: true;
  /** What is to be changed is not there any more, or is another one. */
  gone?: true;
  /** RouterOS says that it has no such thing, or that we may not: asked again, it says the same. */
  refused?: true;
}

export interface Request {
  method: 'GET' | 'POST' | 'PATCH';
  /** Behind `/rest/`. */
  path: string;
  body?: string;
}

/** How one gets to it. */
export interface Access {
  host: string;
  port: number;
  user: string;
  password: string;
  ca?: string;
  pin?: string;
  /** s */
  timeout: number;
}

/** Bytes of one answer. */
const MAX_ANSWER = 1_000_000;
/** More than are asked for at once. */
const MOST_ANSWERS = 20;
/** curl's exit codes (EXIT CODES of curl(1)) where it does not trust whoever answers. */
const NOT_TRUSTED = [51, 60, 77, 90];
/** The same for an answer that is larger than it may be. */
const TOO_LARGE = 63;

/** Exact names, whatever signs they have: a filter in the address is not read that exactly. */
export function readRequest({ menu, by, names, fields }: Question): Request {
  const query = by
    ? [...names.map((name) => `${by}=${name}`), ...(names.length > 1 ? [`#${'|'.repeat(names.length - 1)}`] : [])]
    : [];
  const body = { '.proplist': fields, ...(query.length > 0 ? { '.query': query } : {}) };
  return { method: 'POST', path: `${pathOf(menu)}/print`, body: JSON.stringify(body) };
}

/** All values are text. */
export function writeRequest({ menu, entry, set }: Order): Request {
  return { method: 'PATCH', path: `${pathOf(menu)}/${entry.id}`, body: JSON.stringify(set) };
}

function pathOf(menu: string): string {
  return menu.replaceAll(' ', '/');
}

/** What curl is told on its standard input: so no other process sees the password. One connection carries all requests. */
export function curlConfig(access: Access, requests: Request[]): string {
  const { host, port, user, password, ca, pin, timeout } = access;
  const place = `https://${host.includes(':') ? `[${host}]` : host}:${port}/rest/`;
  const parts = requests.map(({ method, path, body }) =>
    [
      ['url', `${place}${path}`],
      ['user', `${user}:${password}`],
      ['request', method],
      ...(body === undefined
        ? []
        : [['header', 'Content-Type: application/json'] as const, ['data-raw', body] as const]),
      ...(ca === undefined ? [] : [['cacert', ca] as const]),
      ...(pin === undefined ? [] : [['pinnedpubkey', pin] as const]),
      ...[
        ['max-time', `${timeout}`] as const,
        ['proto', '=https'] as const,
        ['max-filesize', `${MAX_ANSWER}`] as const,
      ],
      ['write-out', '\\n%{http_code}\\n'],
    ]
      .map(([option, value = '']) => `${option} = ${quoted(value)}`)
      // Whoever bears the pinned key needs no authority that vouches for it.
      .concat([
        'silent',
        'show-error',
        'globoff',
        'fail-with-body',
        ...(pin !== undefined && ca === undefined ? ['insecure'] : []),
      ])
      .join('\n'),
  );
  // Whoever is not let in does not knock again at once.
  return `fail-early\n${parts.join('\nnext\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
}

/** What curl has printed: the answers, as far as they came, each with its status. */
export function splitAnswers(stdout: string): { status: number; body: string }[] {
  const parts = stdout.split(/\n(\d{3})\n/, 2 * MOST_ANSWERS);
  return parts.flatMap((body, i) =>
    i % 2 === 0 && parts[i + 1] !== undefined ? [{ status: Number(parts[i + 1]), body }] : [],
  );
}

/** curl's exit code for an answer whose status is no success. */
export const NO_SUCCESS = 22;

/** Why curl failed. @param failure why it did not end by itself */
export function curlFailure(exitCode: number | undefined, stderr: string, failure: string | undefined): Failure {
  if (failure !== undefined) return { text: `curl: ${failure}`, again: failure.startsWith('no end'), elsewhere: true };
  const [, words = `exit ${exitCode}`] = /^curl: \(\d{1,3}\) (.*)$/m.exec(stderr) ?? [];
  if (NOT_TRUSTED.includes(exitCode ?? 0))
    return { text: `its certificate is not trusted (${words})`, again: false, elsewhere: true };
  if (exitCode === TOO_LARGE) return { text: `its answer is too long (${words})`, again: false, elsewhere: true };
  return { text: words, again: true, elsewhere: true };
}

/** Whether RouterOS says, by whichever way, that it has no such thing, or that we may not see it. */
export function isRefusal(said: string): boolean {
  return /^(?:[a-z ]{1,20}[:-] ?)?(?:bad command name|no such command|not enough permissions|not allowed)/.test(said);
}

/** Why the machine did not do it; undefined if it did. */
export function statusFailure({ status, body }: { status: number; body: string }): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const { message, detail } = asRecord(parseJson(body)) ?? {};
  const said = asText(detail) ?? asText(message) ?? '';
  const words = said === '' ? `status ${status}` : `status ${status}: ${said.slice(0, 200)}`;
  if (status === 401) return { text: `it does not let us in (${words})`, again: false };
  if (status === 403) return { text: `it does not let us in (${words})`, again: false, refused: true };
  if (status === 404) return { text: words, again: false, gone: true, refused: true };
  // RouterOS refuses with status 500, too; REST alone where only its policy `api` is missing.
  const isRefused = isRefusal(said);
  const elsewhere = status >= 500 || status === 408;
  return {
    ...{ text: words, again: elsewhere && !isRefused },
    ...(elsewhere ? { elsewhere } : {}),
    ...(isRefused ? { refused: true as const } : {}),
  };
}

/** The entries of an answer; a Failure if it is none. */
export function readAnswer(answer: { status: number; body: string }): Item[] | Failure {
  return (
    statusFailure(answer) ??
    parseItems(answer.body) ?? { text: 'its answer is not understood', again: true, elsewhere: true }
  );
}
