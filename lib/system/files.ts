import { type Engine, type Stat, SystemError } from '../engine/engine.js';
import { basename, dirname } from '../path.js';

/** Larger than any configuration or state file that means anything (250 WANs have 150 kB), and read in a tenth of a second. */
export const MAX_BYTES = 400_000;
/** Bit of a folder's mode: only the owner of a file may rename or remove it (inode(7)). */
const STICKY = 0o1000;
const NOT_REGULAR = 'it is no regular file';

/**
 * The text of a regular file; undefined if there is none. Throws the system's error, or one that says what else it is:
 * a pipe or a device would keep us waiting.
 */
export function readText(engine: Engine, path: string, maxBytes = MAX_BYTES): string | undefined {
  return readUnless(engine, path, true, maxBytes, () => undefined);
}

/** The text of a file that only root or we can have put there: in a folder for everybody, anybody could have written it. */
export function readOwn(engine: Engine, path: string): string | undefined {
  return readUnless(engine, path, false, MAX_BYTES, (found) => whoElseWrites(engine, found));
}

/** As readText; undefined, too, if it cannot be read. */
export function tryReadText(engine: Engine, path: string): string | undefined {
  try {
    return readText(engine, path);
  } catch {
    return undefined;
  }
}

/** As readText. @param objection what is wrong with the file that was opened: not with one that was there before */
export function readUnless(
  { files }: Engine,
  path: string,
  follow: boolean,
  maxBytes: number,
  objection: (found: Stat) => string | undefined,
): string | undefined {
  // Some devices do something as soon as they are opened.
  const there = follow ? files.stat(path) : files.lstat(path);
  if (!there) return undefined;
  if (there.kind === 'link') throw new SystemError('it is a symbolic link');
  requireRegular(there);
  let file: number;
  try {
    file = files.open(path, follow);
  } catch (error) {
    // It has been removed in the meantime.
    if ((error as SystemError).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = files.statOpen(file);
    const reason = objection(found) ?? (found.kind === 'file' ? undefined : NOT_REGULAR);
    if (reason !== undefined) throw new SystemError(reason);
    if (found.size > maxBytes) throw new SystemError(`it is larger than ${maxBytes / 1e6} MB`);
    return files.readText(file);
  } finally {
    files.close(file);
  }
}

function requireRegular({ kind }: Stat): void {
  if (kind === 'folder') throw new SystemError('EISDIR');
  if (kind !== 'file') throw new SystemError(NOT_REGULAR);
}

/** Who may change it besides root and us, in words; undefined if nobody may. */
export function whoElseWrites(engine: Engine, { kind, uid, gid, mode }: Stat): string | undefined {
  if (uid !== 0 && uid !== engine.uid) return `it belongs to user ${uid}`;
  // What is in a folder like /tmp is safe from all but its owner.
  const sticky = kind === 'folder' && (mode & STICKY) !== 0;
  return (mode & (gid === 0 ? 0o002 : 0o022)) !== 0 && !sticky ? 'others may write it' : undefined;
}

/** Writes the file so that a reader sees the old text or the new one, whole. */
export function writeAtomically(engine: Engine, path: string, text: string): void {
  const there = engine.files.stat(path);
  // A rename would put the file in place of a device, too.
  if (there) requireRegular(there);
  replaceFile(engine, path, 0o644, (file) => engine.files.writeText(file, text));
}

/**
 * Puts a file in place of whatever is there but a folder: a temporary file beside it, then a rename.
 *
 * @param mode permissions, whatever the umask
 * @param write given the open file
 */
export function replaceFile(engine: Engine, path: string, mode: number, write: (file: number) => void): void {
  const { files } = engine;
  sweep(engine, path);
  const temporary = `${path}.${engine.pid}.tmp`;
  try {
    // It is not there yet, so never through a link that somebody puts in its place.
    const file = files.create(temporary, mode);
    try {
      if (files.statOpen(file).mode !== mode) files.setMode(file, mode);
      write(file);
    } finally {
      files.close(file);
    }
    files.rename(temporary, path);
  } catch (error) {
    attempt(() => files.remove(temporary));
    throw error;
  }
}

/** Removes the temporary files of processes that were killed before they could rename them; one may have had our number. */
function sweep(engine: Engine, path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  const isLeft = (entry: string) => {
    const [, pid] = (entry.startsWith(name) && /^\.(\d+)\.tmp$/.exec(entry.slice(name.length))) || [];
    return pid !== undefined && (Number(pid) === engine.pid || !engine.isAlive(Number(pid)));
  };
  // What cannot be removed keeps nobody from writing.
  attempt(() => {
    for (const entry of engine.files.list(folder)) if (isLeft(entry)) engine.files.remove(`${folder}/${entry}`);
  });
}

/** Renames a file that cannot be used, so that it can be looked at: to its name with `.corrupt`. */
export function setAside({ files }: Engine, path: string): string {
  const aside = `${path}.corrupt`;
  files.rename(path, aside);
  return aside;
}

/** Removes a regular file, and nothing else. */
export function removeFile({ files }: Engine, path: string): void {
  const there = files.stat(path);
  if (!there) throw new SystemError('ENOENT');
  requireRegular(there);
  files.remove(path);
}

/** Does what may fail; whether it did not. */
export function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
