import { type Engine, SystemError } from '../engine/engine.js';
import { whoElseWrites } from './files.js';

/** Makes a folder that only we may read, or takes one that is empty. Throws the system's error, or one that says what it is. */
export function createFolder(engine: Engine, path: string): void {
  const { files } = engine;
  const there = files.stat(path);
  if (!there) {
    files.makeFolder(path, 0o700);
    return;
  }
  if (there.kind !== 'folder') throw new SystemError('EEXIST');
  const objection = whoElseWrites(engine, there);
  if (objection !== undefined) throw new SystemError(objection);
  if (files.list(path).length > 0) throw new SystemError('it is there and not empty');
  // Whether it can be written, only a file tells.
  const trial = `${path}/trial`;
  writeNew(engine, trial, '');
  files.remove(trial);
}

/** Writes a file that is not there yet and that only we may read: never through a link that somebody puts in its place. */
export function writeNew({ files }: Engine, path: string, text: string): void {
  const file = files.create(path, 0o600);
  try {
    files.writeText(file, text);
  } finally {
    files.close(file);
  }
}
