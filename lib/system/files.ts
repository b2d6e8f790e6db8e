import { lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Larger than any configuration or state file that means anything. */
const MAX_BYTES = 1_000_000;

/**
 * The text of a regular file; undefined if there is none. Throws the system's error, or one that says what else it is:
 * a pipe or a device would keep us waiting.
 */
export async function readText(path: string, maxBytes = MAX_BYTES): Promise<string | undefined> {
  try {
    const found = await statRegular(path);
    if (found.size > maxBytes) throw Object.assign(new Error(), { code: `it is larger than ${maxBytes / 1e6} MB` });
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The text of a file that only root or we can have put there: in a folder for everybody, anybody could have written it. */
export async function readOwn(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
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

async function statRegular(path: string) {
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  if (!found.isFile()) throw Object.assign(new Error(), { code: 'it is no regular file' });
  return found;
}

/** Writes the file so that a reader sees the old text or the new one, whole. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  // A rename would put the file in place of a device, too.
  await statRegular(path).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  await replaceFile(path, text, 0o644);
}

/**
 * Puts a file in place of whatever is there but a folder: a temporary file beside it, then a rename.
 *
 * @param mode permissions, whatever the umask
 */
export async function replaceFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  await sweep(path);
  const temporary = `${path}.${process.pid}.tmp`;
  // Exclusive, so never through a link that somebody puts in its place.
  const file = await open(temporary, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes the temporary files of processes that were killed before they could rename them; one may have had our number. */
async function sweep(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const entry of await readdir(folder).catch(() => [])) {
    const [, pid] = /^\.(\d+)\.tmp$/.exec(entry.slice(name.length)) ?? [];
    if (!entry.startsWith(name) || pid === undefined || isAnother(Number(pid))) continue;
    await rm(join(folder, entry), { force: true }).catch(() => {});
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
  await rename(path, aside);
  return aside;
}

/** Removes a regular file, and nothing else. */
export async function removeFile(path: string): Promise<void> {
  await statRegular(path);
  await rm(path);
}
