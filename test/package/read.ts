import { inflateRawSync } from 'node:zlib';

/** A file or folder of a package. Everything in one is root's. */
export interface Found {
  /** From the root, with the slash. */
  path: string;
  folder: boolean;
  mode: number;
  content: Buffer;
}

export interface PackageRead {
  /** Its fields, by the names that the format has for them. */
  info: Record<string, unknown>;
  scripts: Record<string, string>;
  userFiles: string[];
  /** In the order in which they are in the package. */
  found: Found[];
}

export function demand(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}

/** All of it must be compressed data. */
export function inflated(bytes: Buffer): Buffer {
  const { buffer, engine } = inflateRawSync(bytes, { info: true }) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  demand(engine.bytesWritten === bytes.length, 'something behind the compressed data');
  return buffer;
}
