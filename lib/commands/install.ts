import { dirname } from 'node:path';
import { EXIT, type ExitCode } from '../explain.js';
import { withLine } from '../install/crontab.js';
import { CRONTAB, type InstalledFile, installedFiles, MADE } from '../install/files.js';
import { exists, layDown, look, makeFolders } from '../system/tree.js';
import type { Context } from './context.js';
import { at, findPlace, type Place, readProgram, runServices, stayInside } from './place.js';

/** `kept`: the user's own. */
type Outcome = 'created' | 'updated' | 'unchanged' | 'kept';

/** Lays down all files that mini-mwan needs to run by itself. A second time it changes nothing. */
export async function install(context: Context, { root }: { root?: string }): Promise<ExitCode> {
  const { options, say } = context;
  const place = await findPlace(context, 'install', root);
  const files: { path: string; outcome: Outcome }[] = [];
  for await (const file of layAll(place)) {
    files.push(file);
    if (!options.json) say(`${file.outcome.padEnd(9)}  ${file.path}`);
  }
  const changed = files.some(({ outcome }) => outcome === 'created' || outcome === 'updated');
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
  if (options.json) say(JSON.stringify({ changed, files }));
  else for (const line of changed ? nextSteps(place) : ['nothing changed: all of it was there']) say(line);
  return EXIT.ok;
}

async function* layAll(place: Place): AsyncGenerator<{ path: string; outcome: Outcome }> {
  const files = installedFiles(await readProgram(), place);
  const crontab = place.crontabs ? [CRONTAB] : [];
  const note = await prepare(place, [MADE, ...files.map(({ path }) => path), ...crontab]);
  yield* step(place, MADE, (path) => layDown(path, Buffer.from(note), 0o644));
  for (const file of files) yield* step(place, file.path, (path) => lay(path, file));
  for (const file of crontab) yield* step(place, file, addLine);
}

async function* step({ root }: Place, file: string, work: (path: string) => Promise<Outcome>) {
  const path = root + file;
  yield { path, outcome: await at(path, 'written', () => work(path)) };
}

/** Makes the folders. Returns the text that says what was not there, so that uninstall leaves all else. */
async function prepare({ root }: Place, files: string[]): Promise<string> {
  const made: string[] = [];
  for (const file of files) {
    await stayInside(root, root + file);
    const folder = dirname(root + file);
    made.push(...(await at(folder, 'made', () => makeFolders(folder))));
  }
  if (files.includes(CRONTAB) && !(await exists(root + CRONTAB))) made.push(root + CRONTAB);
  const before = await at(root + MADE, 'read', () => look(root + MADE));
  const lines = String(before?.content ?? '').split('\n');
  return [...new Set([...lines, ...made.map((path) => path.slice(root.length))])]
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join('');
}

async function lay(path: string, { text, mode, config }: InstalledFile): Promise<Outcome> {
  const content = Buffer.from(text);
  const found = config ? await look(path) : undefined;
  // Whatever is there instead, a link too, is the user's choice.
  if (found) return found.content?.equals(content) ? 'unchanged' : 'kept';
  return layDown(path, content, mode);
}

async function addLine(path: string): Promise<Outcome> {
  const found = await look(path);
  if (found && !found.content) throw Object.assign(new Error(), { code: 'it is no regular file' });
  // latin1 keeps every byte as it is, whatever the crontab is written in.
  const text = withLine(found?.content?.toString('latin1') ?? '');
  return layDown(path, Buffer.from(text, 'latin1'), found?.mode ?? 0o600);
}

function nextSteps({ root, live }: Place): string[] {
  const config = `name your WANs in ${root}/etc/config/mini-mwan, and set option enabled '1' there`;
  return ['next:', `    ${config}`, ...(live ? ['    mini-mwan validate', '    mini-mwan check --verbose'] : [])];
}
