// Synchronous calls: nothing else could go on meanwhile, and Node's threads cost a round more than all of its files.
import {
  closeSync,
  fchmodSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** Larger than any configuration or state file that means anything. */
const MAX_BYTES = 1_000_000;

/**
 * The text of a regular file; undefined if there is none. Throws the system's error, or one that says what else it is:
 * a pipe or a device would keep us waiting.
 */
export async function readText(path: string, maxBytes = MAX_BYTES): Promise<string | undefined> {
  try {
    const found = statRegular(path);
    if (found.size > maxBytes) throw Object.assign(new Error(), { code: `it is larger than ${maxBytes / 1e6} MB` });
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The text of a file that only root or we can have put there: in a folder for everybody, anybody could have written it. */
export async function readOwn(path: string): Promise<string | undefined> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) throw Object.assign(new Error(), { code: 'it is a symbolic link' });
  const stranger = found && strangerOf(found.uid);
  if (stranger) throw Object.assign(new Error(), { code: stranger });
  return readText(path);
}

/** Says whose a file is, unless it is root's or ours. */
export function strangerOf(uid: number): string | undefined {
  return uid === 0 || uid === process.geteuid?.() ? undefined : `it belongs to user ${uid}`;
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
  if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  if (!found.isFile()) throw Object.assign(new Error(), { code: 'it is no regular file' });
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
  const temporary = `${path}.${process.pid}.tmp`;
  // A process of our number may have been killed here; exclusive, so never through a link that somebody puts in its place.
  rmSync(temporary, { force: true });
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
