import type { Wan } from '../../model.js';
import type { Answer, Question, Said } from '../question.js';

/** Characters of headers and page that are read, and in which a text is looked for: then curl is killed, whatever is to come. */
const MAX_OUTPUT = 16_000;
/** Bytes of a page that nobody looks at: none of a longer one is fetched where the server says how long it is. */
const MAX_PAGE = 8000;
/** curl's exit codes (EXIT CODES of curl(1)) that tell of the line or of who answers there: all others are faults of our own. */
const ON_THE_LINE = [7, 8, 16, 18, 28, 35, 52, 55, 56, 60, 63, 92];
const NOT_TRUSTED = 60;
/** Faults of our own that can show up behind a connection: memory, files, certificates and engines of this machine. */
const OURS = [2, 4, 23, 26, 27, 43, 48, 53, 54, 58, 59, 66, 77, 80, 82];

/** What an HTTP server must answer. */
type Wanted = NonNullable<Wan['http']>;

/**
 * One page, without a look at where it redirects to.
 *
 * @param wanted host: the page is asked for by this name, which is not looked up, and a certificate must be for it
 * @param timeout s
 */
export function httpQuestion(
  target: { method: 'http' | 'https'; host: string; port?: number | undefined; path?: string | undefined },
  wanted: Wanted,
  device: string,
  timeout: number,
): Question {
  const { method, host, port = method === 'https' ? 443 : 80, path = '' } = target;
  const name = wanted.host ?? host;
  const args = [
    // Nothing of a configuration of curl's own, and no signs with a meaning in the path.
    ...['-q', '-g'],
    ...['-s', '-S', '-i', '-m', String(timeout)],
    // Without `if!` it would take the name of a device that is not there for one of a host, and look it up.
    ...['--interface', `if!${device}`],
    ...['-w', '%{stderr}\\n%{time_connect}\\n'],
    ...(wanted.host === undefined ? [] : ['--resolve', `${name}:${port}:${host}`]),
    ...(wanted.text === undefined ? ['--max-filesize', String(MAX_PAGE)] : []),
    `${method}://${name}:${port}/${path}`,
  ];
  return { program: 'curl', args, maxOutput: MAX_OUTPUT, read: (said) => readPage(said, wanted) };
}

function readPage(said: Said, { status, text }: Wanted): Answer | undefined {
  const { stdout, stderr, beginning = stdout } = said;
  // What a server says before its answer: 100 Continue, 103 Early Hints.
  const page = beginning.replace(/^(?:HTTP\/[\d.]{1,3} 1\d\d\b[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)+/, '');
  const code = /^HTTP\/[\d.]{1,3} (\d{3})\b/.exec(page)?.[1];
  // A curl that is at fault itself says no such word.
  const isEndless = said.beginning?.startsWith('HTTP/');
  if (code === undefined) return isEndless ? lost('no page in its first 16 kB') : readFailure(stderr);
  const isMeant = status === undefined ? code.startsWith('2') : Number(code) === status;
  if (!isMeant) return lost(`status ${code}`);
  const [, body = ''] = /\r?\n\r?\n([\s\S]*)/.exec(page) ?? [];
  if (text !== undefined && !body.includes(text)) return lost('another text');
  const time = connectTime(stderr);
  return { answered: true, ...(time === undefined ? {} : { rtt: Number(time) * 1000 }) };
}

function readFailure(stderr: string): Answer | undefined {
  const [, number, words = ''] = /^curl: \((\d{1,3})\) (.*)$/m.exec(stderr) ?? [];
  const code = Number(number);
  if (code === NOT_TRUSTED) return lost('its certificate is not valid');
  // It says so with a number that has other meanings, too.
  if (ON_THE_LINE.includes(code) || words.includes('HTTP/0.9')) return { answered: false };
  // With other numbers, too: somebody is there, and speaks something else.
  const isConnected = Number(connectTime(stderr)) > 0;
  return isConnected && number !== undefined && !OURS.includes(code) ? lost('no HTTP that curl knows') : undefined;
}

/** s until it was connected, as `-w` has it. Of a curl that was killed it is not known. */
function connectTime(stderr: string): string | undefined {
  return /^(\d{1,4}\.\d{1,9})$/m.exec(stderr)?.[1];
}

function lost(instead: string): Answer {
  return { answered: false, instead };
}
