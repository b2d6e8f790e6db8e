import * as os from 'os';
import { bytesOf, decode } from './bytes.js';
import { check } from './errors.js';
import { whenReadable } from './loop.js';

/** Bytes that are read at once, and those of a line that nobody types. */
const PIECE = 4096;
const LONGEST = 100_000;

/** Bytes that came behind the last line. */
let rest = '';

/** See Engine. Ctrl-C is heard meanwhile, which it would not be in a call of read. */
export async function line(): Promise<string | undefined> {
  const buffer = new ArrayBuffer(PIECE);
  for (let over = false; ; ) {
    const end = rest.indexOf('\n');
    if (end >= 0 || over) {
      const found = end >= 0 || rest !== '' ? rest.slice(0, end >= 0 ? end : undefined) : undefined;
      rest = end >= 0 ? rest.slice(end + 1) : '';
      return found === undefined ? undefined : decode(found);
    }
    const length = await read(buffer);
    if (length > 0) rest += bytesOf(buffer, length);
    over = length <= 0 || rest.length > LONGEST;
  }
}

function read(buffer: ArrayBuffer): Promise<number> {
  // What is waited for is closed afterwards.
  const file = check(os.dup(0));
  return new Promise((resolve) => {
    const stop = whenReadable(file, () => {
      const length = os.read(file, buffer, 0, PIECE);
      stop();
      resolve(length);
      return false;
    });
  });
}
