import type { Routeros } from '../routeros.js';
import { type Item, type Order, parsePrint, type Question } from './routeros.js';
import type { Failure } from './routeros-rest.js';

/** What ssh is started with, but for its command: by key only, to a machine that is known, and never with a question to anybody. */
export function sshArgs(
  { host, user, timeout }: Routeros,
  { port, key, knownHosts }: NonNullable<Routeros['ssh']>,
): string[] {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    IdentitiesOnly: 'yes',
    PreferredAuthentications: 'publickey',
    ConnectTimeout: timeout,
    ...(knownHosts === undefined ? {} : { UserKnownHostsFile: knownHosts }),
  };
  return [
    ...['-F', 'none', '-T', '-a', '-x', '-i', key, '-p', `${port}`, '-l', user],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['--', host],
  ];
}

/** All questions in one command; what may be refused comes last. */
export function readCommand(questions: Question[]): string {
  return questions
    .map(({ menu, by, names }, i) => {
      const where = names.map((name) => `${by}="${name}"`).join(' || ');
      return `:put "#${i}#"; /${menu} print detail${by ? ` where ${where}` : ''}`;
    })
    .join('; ');
}

/** @returns of each question what was printed behind its mark; undefined: it was not reached, or refused */
export function readPrinted(questions: Question[], stdout: string): (Item[] | undefined)[] {
  const parts = stdout.replaceAll('\r', '').split(/^#(\d{1,2})#$/m);
  return questions.map((_, i) => {
    const at = parts.indexOf(`${i}`, 1);
    const text = at < 0 ? undefined : parts[at + 1];
    if (text === undefined) return undefined;
    const items = parsePrint(text);
    // What is no list is a complaint, as: bad command name.
    return items.length > 0 || text.trim() === '' || text.includes('Flags:') ? items : undefined;
  });
}

/** One entry, which bears its name alone. */
export function writeCommand({ menu, by, entry, set }: Order): string {
  const values = Object.entries(set).map(
    ([name, value]) => `${name}=${value === 'true' ? 'yes' : value === 'false' ? 'no' : value}`,
  );
  return `/${menu} set [find where ${by}="${entry.name}"] ${values.join(' ')}`;
}

/** Why ssh did not get there; undefined if it did. */
export function sshFailure(
  exitCode: number | undefined,
  stderr: string,
  failure: string | undefined,
): Failure | undefined {
  if (failure !== undefined) return { text: `ssh: ${failure}`, again: failure.startsWith('no end'), elsewhere: true };
  if (exitCode !== 255) return undefined;
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  const words = (lines.at(-1) ?? 'exit 255').slice(0, 200);
  if (/Permission denied|Too many authentication failures/.test(stderr))
    return { text: `it does not let us in (${words})`, again: false };
  if (/Host key verification failed|No \S{1,40} host key is known/.test(stderr))
    return { text: `its host key is not known (${words})`, again: false, elsewhere: true };
  return { text: words, again: true, elsewhere: true };
}
