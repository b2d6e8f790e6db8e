import { FORMER, PROFILES, SETTINGS } from '../actuators/red/places.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, type ExitCode } from '../explain.js';
import { withoutLine } from '../install/crontab.js';
import type { InstalledFile } from '../install/file.js';
import { CRONTAB, FOLDER, installedFiles, installedFolders, MADE, PROGRAM } from '../install/files.js';
import { dirname } from '../path.js';
import { toJson } from '../report/json.js';
import { type Context, withLock } from '../run/context.js';
import { at, findPlace, flush, isPart, type Place, readProgram, runServices, stayInside } from '../run/place.js';
import { routerosPath } from '../run/routeros-store.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { exists, layDown, list, look, removeEmpty, takeAway } from '../system/tree.js';
import { turnOff } from './disable.js';
import { removeOurs } from './restore.js';

/** Where rounds, the hook and the service leave files, and their names. */
const RUNTIME: [folder: string, name: RegExp][] = [
  ['/var/run', /^mini-mwan\.(status|event|started|lease|new)/],
  // With what logrotate makes of it.
  ['/var/log', /^mwan\.log(\.\d+(\.gz)?)?$/],
];

const OTHER = 'it was not as this version lays it down';

interface Done {
  path: string;
  outcome: 'removed' | 'kept';
  /** What is unusual about it. */
  note?: string;
}

/** Removes what install laid down, all routes of ours, and nothing else. */
export async function uninstall(context: Context, { root }: { root?: string }): Promise<ExitCode> {
  const place = findPlace(context, 'uninstall', root);
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
  const { engine, options, say } = context;
  const files: Done[] = [];
  const tell = (done: Done) => {
    files.push(done);
    if (options.json || isPart(place, done.path)) return;
    say(`${done.outcome.padEnd(7)}  ${done.path}${done.note ? ` (${done.note})` : ''}`);
  };
  const quiet = { ...context, ...(options.json ? { say: () => {} } : {}) };
  const restore = async () => {
    if (!place.live) return EXIT.ok;
    return place.ipfire ? (await turnOff(quiet)).exitCode : removeOurs(quiet);
  };
  // First, as long as all that it takes is there; and where there is no lock, once more when no other round can begin.
  const exitCodes = [await restore()];
  if (place.ipfire && exitCodes[0] === EXIT.routes) {
    context.complain(['RED is not back on the primary yet: nothing is removed', '  try again: mini-mwan uninstall']);
    return EXIT.routes;
  }
  const kept = routerosPath(options.state);
  // How it was is written nowhere else.
  if (place.live && exists(engine, kept)) {
    const remedy = ['  try again: mini-mwan uninstall', `  or leave it there as it is: rm ${kept}`];
    context.complain(['what was changed on RouterOS machines is not put back yet: nothing is removed', ...remedy]);
    return EXIT.routes;
  }
  for (const done of removeAll(engine, place)) tell(done);
  exitCodes.push(await restore());
  if (place.live && place.openwrt) await runServices(context, [['rpcd', 'reload']]);
  if (place.live) for (const done of removeRuntime(engine)) tell(done);
  if (place.ipfire) for (const done of keepSettings(engine, place)) tell(done);
  if (files.length > 0 && place.live) await flush(context);
  if (options.json) say(toJson({ files }));
  else if (files.length === 0) say('nothing is there to remove');
  return exitCodes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}

/** In the reverse of the order in which they were laid down: what starts rounds goes first. */
function* removeAll(engine: Engine, place: Place): Generator<Done> {
  const { root, crontabs } = place;
  const step = function* (file: string, work: (path: string) => Omit<Done, 'path'> | undefined): Generator<Done> {
    const path = root + file;
    stayInside(engine, root, path);
    const done = at(path, 'removed', () => work(path));
    if (done) yield { path, ...done };
  };
  const files = installedFiles(readProgram(engine), place);
  if (crontabs) yield* step(CRONTAB, (path) => removeLine(engine, path));
  for (const file of [...files].reverse()) yield* step(file.path, (path) => remove(engine, path, file));
  // Of another version than this one.
  const others = list(engine, root + PROGRAM).map((name) => `${PROGRAM}/${name}`);
  for (const other of others) {
    yield* step(other, (path) => (takeAway(engine, path) ? { outcome: 'removed', note: OTHER } : undefined));
  }

  const note = look(engine, root + MADE);
  const folders = installedFolders(place).map(({ path }) => path);
  const known = [CRONTAB, MADE, ...files.map(({ path }) => path), ...folders].flatMap(withFolders);
  // The note says no more than what could have been made.
  const made = [PROGRAM, FOLDER, ...(note?.content ?? '').split('\n')].filter((path) => known.includes(path));
  yield* step(MADE, (path) => (takeAway(engine, path) ? { outcome: 'removed' } : undefined));
  for (const path of made.sort((a, b) => b.length - a.length)) {
    at(root + path, 'removed', () => removeEmpty(engine, root + path));
  }
}

function remove(engine: Engine, path: string, { bytes, config }: InstalledFile): Omit<Done, 'path'> | undefined {
  const found = look(engine, path);
  if (!found) return undefined;
  const same = found.content === bytes;
  if (config && !same) return { outcome: 'kept', note: 'it is yours' };
  takeAway(engine, path);
  return { outcome: 'removed', ...(same ? {} : { note: OTHER }) };
}

function removeLine(engine: Engine, path: string): Omit<Done, 'path'> | undefined {
  const found = look(engine, path);
  if (found?.content === undefined) return undefined;
  const after = withoutLine(found.content);
  if (after === found.content) return undefined;
  layDown(engine, path, after, found.mode);
  return { outcome: 'removed', note: 'our line' };
}

function* removeRuntime(engine: Engine): Generator<Done> {
  for (const [folder, ours] of RUNTIME) {
    for (const name of list(engine, folder).filter((file) => ours.test(file))) {
      const path = `${folder}/${name}`;
      if (at(path, 'removed', () => takeAway(engine, path))) yield { path, outcome: 'removed' };
    }
  }
}

/** On IPFire, install lays down no settings: what is there was made since. */
function* keepSettings(engine: Engine, { root }: Place): Generator<Done> {
  const kept = [SETTINGS, FORMER, ...list(engine, root + PROFILES).map((name) => `${PROFILES}/${name}`)];
  for (const path of kept.map((name) => root + name).filter((name) => exists(engine, name)))
    yield { path, outcome: 'kept', note: 'it is yours' };
}

/** A path and all folders above it. */
function withFolders(path: string): string[] {
  return path === '/' ? [] : [path, ...withFolders(dirname(path))];
}
