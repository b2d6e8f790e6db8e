import { dirname } from 'node:path';
import { EXIT, type ExitCode } from '../explain.js';
import { withoutLine } from '../install/crontab.js';
import { CRONTAB, FOLDER, type InstalledFile, installedFiles, MADE } from '../install/files.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { layDown, list, look, removeEmpty, takeAway } from '../system/tree.js';
import { type Context, withLock } from './context.js';
import { at, findPlace, type Place, readProgram, runServices, stayInside } from './place.js';
import { removeOurs } from './restore.js';

/** Where rounds, the hook and the service leave files, and their names. */
const RUNTIME = '/var/run';
const RUNTIME_FILE = /^mini-mwan\.(status|event|started|code)/;

interface Done {
  path: string;
  outcome: 'removed' | 'kept';
  /** What is unusual about it. */
  note?: string;
}

/** Removes what install laid down, all routes of ours, and nothing else. */
export async function uninstall(context: Context, { root }: { root?: string }): Promise<ExitCode> {
  const place = await findPlace(context, 'uninstall', root);
  if (place.live && place.openwrt) {
    await runServices(context, [
      ['mini-mwan', 'stop'],
      ['mini-mwan', 'disable'],
    ]);
  }
  // The lock first: with a round that goes on for long, nothing is removed yet.
  return place.live
    ? withLock(context, LAST_PATIENCE, () => removeAndTell(context, place))
    : removeAndTell(context, place);
}

async function removeAndTell(context: Context, place: Place): Promise<ExitCode> {
  const { options, say } = context;
  const files: Done[] = [];
  const tell = (done: Done) => {
    files.push(done);
    if (!options.json) say(`${done.outcome.padEnd(7)}  ${done.path}${done.note ? ` (${done.note})` : ''}`);
  };
  for await (const done of removeAll(place)) tell(done);
  if (place.live && place.openwrt) await runServices(context, [['rpcd', 'reload']]);
  // Without the program no other round can begin, so this is the last word.
  const exitCode = place.live ? await removeOurs({ ...context, ...(options.json ? { say: () => {} } : {}) }) : EXIT.ok;
  if (place.live) for await (const done of removeRuntime()) tell(done);
  if (options.json) say(JSON.stringify({ files }));
  else if (files.length === 0) say('nothing is there to remove');
  return exitCode;
}

/** In the reverse of the order in which they were laid down: what starts rounds goes first. */
async function* removeAll(place: Place): AsyncGenerator<Done> {
  const { root, crontabs } = place;
  const files = installedFiles(await readProgram(), place);
  if (crontabs) yield* step(place, CRONTAB, removeLine);
  for (const file of [...files].reverse()) yield* step(place, file.path, (path) => remove(path, file));

  const note = await look(root + MADE);
  const known = [CRONTAB, MADE, ...files.map(({ path }) => path)].flatMap(withFolders);
  // The note says no more than what could have been made.
  const made = [FOLDER, ...String(note?.content ?? '').split('\n')].filter((path) => known.includes(path));
  yield* step(place, MADE, async (path) => ((await takeAway(path)) ? { outcome: 'removed' } : undefined));
  for (const path of made.sort((a, b) => b.length - a.length)) {
    await at(root + path, 'removed', () => removeEmpty(root + path));
  }
}

async function* step(
  { root }: Place,
  file: string,
  work: (path: string) => Promise<Omit<Done, 'path'> | undefined>,
): AsyncGenerator<Done> {
  const path = root + file;
  await stayInside(root, path);
  const done = await at(path, 'removed', () => work(path));
  if (done) yield { path, ...done };
}

async function remove(path: string, { text, config }: InstalledFile): Promise<Omit<Done, 'path'> | undefined> {
  const found = await look(path);
  if (!found) return undefined;
  const same = found.content?.equals(Buffer.from(text)) === true;
  if (config && !same) return { outcome: 'kept', note: 'it is yours' };
  await takeAway(path);
  return { outcome: 'removed', ...(same ? {} : { note: 'it was not as this version lays it down' }) };
}

async function removeLine(path: string): Promise<Omit<Done, 'path'> | undefined> {
  const found = await look(path);
  if (!found?.content) return undefined;
  const before = found.content.toString('latin1');
  const after = withoutLine(before);
  if (after === before) return undefined;
  await layDown(path, Buffer.from(after, 'latin1'), found.mode);
  return { outcome: 'removed', note: 'our line' };
}

async function* removeRuntime(): AsyncGenerator<Done> {
  for (const name of (await list(RUNTIME)).filter((file) => RUNTIME_FILE.test(file))) {
    const path = `${RUNTIME}/${name}`;
    if (await at(path, 'removed', () => takeAway(path))) yield { path, outcome: 'removed' };
  }
}

/** A path and all folders above it. */
function withFolders(path: string): string[] {
  return path === '/' ? [] : [path, ...withFolders(dirname(path))];
}
