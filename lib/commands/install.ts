import { type Engine, SystemError } from '../engine/engine.js';
import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { withLine } from '../install/crontab.js';
import type { InstalledFile } from '../install/file.js';
import { CRONTAB, installedFiles, installedFolders, MADE, PROGRAM } from '../install/files.js';
import { dirname } from '../path.js';
import { toJson } from '../report/json.js';
import type { Context } from '../run/context.js';
import { at, findPlace, flush, isPart, type Place, readProgram, runServices, stayInside } from '../run/place.js';
import { exists, isFolder, layDown, list, look, makeFolders, takeAway } from '../system/tree.js';

/** `kept`: the user's own. `removed`: an older version's. */
type Outcome = 'created' | 'updated' | 'unchanged' | 'kept' | 'removed';

/** Lays down all files that mini-mwan needs to run by itself. A second time it changes nothing. */
export async function install(context: Context, { root, http }: { root?: string; http?: boolean }): Promise<ExitCode> {
  const { engine, options, say } = context;
  const found = findPlace(context, 'install', root);
  if (http && found.ipfire)
    throw new Trouble(EXIT.config, '--http: on IPFire there is no web server that would answer for it');
  // Where it is there already, it was asked for.
  const place = { ...found, http: found.http || http === true };
  const files: { path: string; outcome: Outcome }[] = [];
  for (const file of layAll(engine, place)) {
    files.push(file);
    if (!options.json && !isPart(place, file.path)) say(`${file.outcome.padEnd(9)}  ${file.path}`);
  }
  const changed = files.some(({ outcome }) => outcome !== 'unchanged' && outcome !== 'kept');
  if (changed && place.live && place.openwrt) {
    await runServices(context, [
      ['mini-mwan', 'enable'],
      ['mini-mwan', 'start'],
      ['cron', 'enable'],
      // BusyBox' crond does not run as long as there is no crontab.
      ['cron', 'restart'],
      ['rpcd', 'reload'],
    ]);
  }
  if (changed && place.live) await flush(context);
  if (options.json) say(toJson({ changed, files }));
  else for (const line of changed ? nextSteps(place) : ['nothing changed: all of it was there']) say(line);
  return EXIT.ok;
}

function* layAll(engine: Engine, place: Place): Generator<{ path: string; outcome: Outcome }> {
  const { root } = place;
  const step = (file: string, work: (path: string) => Outcome) => {
    const path = root + file;
    return { path, outcome: at(path, 'written', () => work(path)) };
  };
  const files = installedFiles(readProgram(engine), place);
  const crontab = place.crontabs ? [CRONTAB] : [];
  const note = prepare(engine, place, [MADE, ...files.map(({ path }) => path), ...crontab]);
  yield step(MADE, (path) => layDown(engine, path, note, 0o644));
  for (const file of files) yield step(file.path, (path) => lay(engine, path, file));
  // The program's files have other names in every version.
  const old = list(engine, root + PROGRAM).map((name) => `${PROGRAM}/${name}`);
  for (const path of old.filter((name) => !files.some((file) => file.path === name))) {
    yield step(path, (left) => (takeAway(engine, left) ? 'removed' : 'unchanged'));
  }
  for (const file of crontab) yield step(file, (path) => addLine(engine, path));
}

/** Makes the folders. Returns the text that says what was not there, so that uninstall leaves all else. */
function prepare(engine: Engine, place: Place, files: string[]): string {
  const { root } = place;
  const made: string[] = [];
  for (const file of files) {
    stayInside(engine, root, root + file);
    const folder = dirname(root + file);
    made.push(...at(folder, 'made', () => makeFolders(engine, folder)));
  }
  for (const { path, mode } of installedFolders(place)) {
    stayInside(engine, root, root + path);
    if (isFolder(engine, root + path)) continue;
    at(root + path, 'made', () => engine.files.makeFolder(root + path, mode));
    made.push(root + path);
  }
  if (files.includes(CRONTAB) && !exists(engine, root + CRONTAB)) made.push(root + CRONTAB);
  const before = at(root + MADE, 'read', () => look(engine, root + MADE));
  const lines = (before?.content ?? '').split('\n');
  return [...new Set([...lines, ...made.map((path) => path.slice(root.length))])]
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join('');
}

function lay(engine: Engine, path: string, { bytes, mode, config }: InstalledFile): Outcome {
  const found = config ? look(engine, path) : undefined;
  // Whatever is there instead, a link too, is the user's choice.
  if (found) return found.content === bytes ? 'unchanged' : 'kept';
  return layDown(engine, path, bytes, mode);
}

function addLine(engine: Engine, path: string): Outcome {
  const found = look(engine, path);
  if (found && found.content === undefined) throw new SystemError('it is no regular file');
  // As bytes it stays as it is, whatever it is written in.
  return layDown(engine, path, withLine(found?.content ?? ''), found?.mode ?? 0o600);
}

function nextSteps({ root, live, ipfire }: Place): string[] {
  if (ipfire) return ['next:', '    mini-mwan profile create NAME', '    mini-mwan enable'];
  const config = `name your WANs in ${root}/etc/config/mini-mwan, and set option enabled '1' there`;
  return ['next:', `    ${config}`, ...(live ? ['    mini-mwan validate', '    mini-mwan check --verbose'] : [])];
}
