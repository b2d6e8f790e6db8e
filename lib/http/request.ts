/** What somebody asks for, as far as it is understood. */
export interface Request {
  /** One of PATHS. */
  path: Path;
  query: ReadonlyMap<string, string>;
}

/** Why there is no answer: the status of HTTP, and words for whoever asked. */
export interface Refusal {
  status: 400 | 404 | 405;
  reason: string;
}

export const PATHS = ['/health', '/metrics', '/metrics/history', '/status'] as const;
export type Path = (typeof PATHS)[number];

/** How one parameter is written, and that in words. */
type Parameter = [pattern: RegExp, legal: string];

const MOMENT: Parameter = [/^[\dTZ:. +-]{10,35}$/, 'no time as 2026-11-26T14:30:00Z'];

/** Parameters of each path. */
const PARAMETERS: Record<Path, Record<string, Parameter>> = {
  '/health': {},
  '/metrics': { also: [/^(mwan3|multiwanbond)$/, 'none of those that there are'] },
  // What these mean is read by lib/http/history.ts.
  '/metrics/history': {
    range: [/^\d{1,9}[smhdw]$/, 'no span as 30s, 5m, 1h, 7d or 2w'],
    from: MOMENT,
    to: MOMENT,
    metrics: [/^[a-z_]+(,[a-z_]+)*$/, 'no list of names as rtt_ms,loss_percent'],
    wan: [/^[ -~]{1,400}$/, 'no name of a WAN'],
    limit: [/^([1-9]\d{0,3}|10000)$/, 'no number from 1 to 10000'],
    offset: [/^\d{1,9}$/, 'no number from 0 to 999999999'],
    after: [/^[\dTZ:-]{20}~[a-z_]{1,40}~(raw|1m|5m|1h)~[ -~]{1,400}$/, 'not what an answer before had'],
  },
  '/status': {},
};
/** Characters. All that anybody can mean is shorter. */
const LONGEST = 1000;

/** Reads what a web server says by variables (RFC 3875): all of it may be written by anybody. */
export function readRequest(env: Record<string, string | undefined>): Request | Refusal {
  const { REQUEST_METHOD: method = '', PATH_INFO: info = '', QUERY_STRING: text = '' } = env;
  const path = PATHS.find((known) => known === info || `${known}/` === info);
  if (path === undefined) return { status: 404, reason: `there is ${PATHS.join(', ')}` };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'only GET and HEAD' };
  const query = readQuery(text);
  if (!query) return { status: 400, reason: 'what stands behind the question mark is not understood' };
  const legal = PARAMETERS[path];
  for (const [name, value] of query) {
    // What somebody wrote is not said again: it may be anything.
    if (!Object.hasOwn(legal, name)) return { status: 400, reason: refusalOf(Object.keys(legal)) };
    const [pattern, words] = legal[name] as Parameter;
    if (!pattern.test(value)) return { status: 400, reason: `${name} is ${words}` };
  }
  return { path, query };
}

function refusalOf(names: string[]): string {
  return names.length === 0
    ? 'no parameter is known here'
    : `only these parameters are known here: ${names.join(', ')}`;
}

/** Undefined if it is too long, is not encoded as it should be, or says something twice. */
function readQuery(text: string): Map<string, string> | undefined {
  if (text.length > LONGEST) return undefined;
  const query = new Map<string, string>();
  for (const part of text.split('&').filter(Boolean)) {
    const at = part.includes('=') ? part.indexOf('=') : part.length;
    const [name, value] = [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    if (name === undefined || value === undefined || query.has(name)) return undefined;
    query.set(name, value);
  }
  return query;
}

/** All that is known here is ASCII. */
function decode(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}
