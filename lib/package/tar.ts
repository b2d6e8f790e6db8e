import { folders, type PackageFile } from './files.js';

/** The form is POSIX' ("ustar Interchange Format" in its page about pax). It is written here so that no tar need be there. */
const BLOCK = 512;
const NAME_BYTES = 100;
/** All in it is root's and from 1970, so that the same entries give the same bytes. */
const OWNER = 0;
const TIME = 0;

export interface Entry {
  /** A folder's ends with a slash. */
  name: string;
  mode: number;
  content?: Uint8Array;
}

/** The archive of these entries, in their order. */
export function tar(entries: Entry[]): Buffer {
  const blocks = entries.flatMap((entry) => [header(entry), ...padded(entry.content)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** The files, and all folders that they are in. */
export function entries(files: PackageFile[]): Entry[] {
  return folders(files).flatMap((folder) => [
    { name: folder.path === '' ? './' : `./${folder.path}/`, mode: 0o755 },
    ...folder.files.map(({ path, mode, content }) => ({ name: `.${path}`, mode, content })),
  ]);
}

function padded(content: Uint8Array = Buffer.alloc(0)): Uint8Array[] {
  return [content, Buffer.alloc(-content.length & (BLOCK - 1))];
}

function header({ name, mode, content }: Entry): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new Error(`${name}: this archive has room for ${NAME_BYTES} bytes`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  block.write(name, 0);
  octal(mode, 100, 7);
  octal(OWNER, 108, 7);
  octal(OWNER, 116, 7);
  octal(content?.length ?? 0, 124, 11);
  octal(TIME, 136, 11);
  block.write(name.endsWith('/') ? '5' : '0', 156);
  block.write('ustar\0' + '00', 257, 'latin1');
  // The sum is made with eight spaces in its own place.
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(sum, 148, 6);
  block[154] = 0;
  return block;
}
