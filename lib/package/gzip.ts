import { gzipSync } from 'node:zlib';

/** Where RFC 1952 has the system on which it was made. */
const SYSTEM = 9;
const UNIX = 3;

/** Compressed, with nothing in it of where and when. */
export function gzip(content: Uint8Array): Buffer {
  const compressed = gzipSync(content, { level: 9 });
  // zlib writes its own, and no time.
  compressed[SYSTEM] = UNIX;
  return compressed;
}
