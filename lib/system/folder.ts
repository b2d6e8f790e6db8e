import { constants } from 'node:fs';
import { access, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { refusal, whoElseWrites } from './files.js';

/** Makes a folder that only we may read, or takes one that is empty. Throws the system's error, or one that says what it is. */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const objection = whoElseWrites(await stat(path));
    if (objection !== undefined) throw refusal(objection);
    if ((await readdir(path)).length > 0) throw refusal('it is there and not empty');
    await access(path, constants.W_OK | constants.X_OK);
  }
}

/** Writes a file that is not there yet and that only we may read: never through a link that somebody puts in its place. */
export async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode: 0o600 });
}
