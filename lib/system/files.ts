// Synchronous inside: nothing else could go on meanwhile, and Node's threads cost a round more than all of its files.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Larger than any configuration or state file that means anything (250 WANs have 150 kB), and read in a tenth of a second. */
const MAX_BYTES = 400_000;
/** Bit of a folder's mode: only the owner of a file may rename or remove it (inode(7)). */
const STICKY = 0o1000;
const NOT_REGULAR = 'it is no regular file';

/**
 * The text of a regular file; undefined if there is none. Throws the system's error, or one that says what else it is:
 * a pipe or a device would keep us waiting.
 */
export async function readText(path: string, maxBytes = MAX_BYTES): Promise<string | undefined> {
  return read(path, 0, maxBytes, () => undefined);
}

/** The text of a file that only root or we can have put there: in a folder for everybody, anybody could have written it. */
export async function readOwn(path: string): Promise<string | undefined> {
  return read(path, constants.O_NOFOLLOW, MAX_BYTES, whoElseWrites).catch((error) => {
    throw error.code === 'ELOOP' ? refusal('it is a symbolic link') : error;
  });
}

/** @param objection what is wrong with the file that was opened: not with one that was there before */
async function read(path: string, flags: number, maxBytes: number, objection: (found: Stats) => string | undefined) {
  try {
    // Some devices do something as soon as they are opened.
    statRegular(path);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
    try {
      const found = fstatSync(file);
      const reason = objection(found) ?? (found.isFile() ? undefined : NOT_REGULAR);
      if (reason !== undefined) throw refusal(reason);
      if (found.size > maxBytes) throw refusal(`it is larger than ${maxBytes / 1e6} MB`);
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Who may change it besides root and us, in words; undefined if nobody may. */
export function whoElseWrites(found: Stats): string | undefined {
  const { uid, gid, mode } = found;
  if (uid !== 0 && uid !== process.geteuid?.()) return `it belongs to user ${uid}`;
  // What is in a folder like /tmp is safe from all but its owner.
  const sticky = found.isDirectory() && (mode & STICKY) !== 0;
  return (mode & (gid === 0 ? 0o002 : 0o022)) !== 0 && !sticky ? 'others may write it' : undefined;
}

/** As the system throws errors, with words in place of its code. */
export function refusal(words: string): Error {
  return Object.assign(new Error(), { code: words });
}

/** All that comes by our standard input; throws if it is too much. */
export async function readInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BYTES) throw new Error('too much input');
  }
  return text;
}

function statRegular(path: string) {
  const found = statSync(path);
  if (found.isDirectory()) throw refusal('EISDIR');
  if (!found.isFile()) throw refusal(NOT_REGULAR);
  return found;
}

/** Writes the file so that a reader sees the old text or the new one, whole. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  // A rename would put the file in place of a device, too.
  if (statSync(path, { throwIfNoEntry: false })) statRegular(path);
  await replaceFile(path, text, 0o644);
}

/**
 * Puts a file in place of whatever is there but a folder: a temporary file beside it, then a rename.
 *
 * @param mode permissions, whatever the umask
 */
export async function replaceFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  sweep(path);
  const temporary = `${path}.${process.pid}.tmp`;
  // Exclusive, so never through a link that somebody puts in its place.
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      fchmodSync(file, mode);
      writeFileSync(file, content);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Removes the temporary files of processes that were killed before they could rename them; one may have had our number. */
function sweep(path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  const isLeft = (entry: string) => {
    const [, pid] = /^\.(\d+)\.tmp$/.exec(entry.slice(name.length)) ?? [];
    return entry.startsWith(name) && pid !== undefined && !isAnother(Number(pid));
  };
  try {
    for (const entry of readdirSync(folder)) if (isLeft(entry)) unlinkSync(join(folder, entry));
  } catch {
    // What cannot be removed keeps nobody from writing.
  }
}

/** Is it the number of a process other than ours? */
function isAnother(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Renames a file that cannot be used, so that it can be looked at: to its name with `.corrupt`. */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.corrupt`;
  renameSync(path, aside);
  return aside;
}

/** Removes a regular file, and nothing else. */
export async function removeFile(path: string): Promise<void> {
  statRegular(path);
  rmSync(path);
}
