/**
 * apk's own binary form of a tree of values, and the blocks of its files: doc/apk-v3.5.scd and src/adb.h of apk-tools.
 * All numbers in it are little-endian.
 */

/** An object has its fields by the numbers of their slots, from 1 on. */
export type Value = number | string | Uint8Array | { array: Value[] } | { object: Record<number, Value> };

/** Four bits of a value's word say what it is, the other 28 are a number itself, or where on the heap the rest of it begins. */
const INT = 0x1;
const BLOB = { 1: 0x8, 2: 0x9, 4: 0xa };
const ARRAY = 0xd;
const OBJECT = 0xe;
const IMMEDIATE_END = 2 ** 28;

/** What a block holds, in the two bits above its size. */
export const BLOCK = { adb: 0, data: 2 };
const BLOCK_SIZE_END = 2 ** 30;

/** The content of a block of kind adb: eight bytes, of which the last four are the root's word, then the heap. */
export function encode(root: Value): Buffer {
  const parts: Uint8Array[] = [];
  let end = 8;
  /** What is alike, as are most owners and modes, is there once. */
  const places = new Map<string, number>();
  /** Returns where it is now. Numbers must lie where any processor can read them. */
  const put = (bytes: Buffer, alignment: number): number => {
    const key = alignment + bytes.toString('latin1');
    const at = places.get(key) ?? end + (-end & (alignment - 1));
    if (at >= end) {
      parts.push(Buffer.alloc(at - end), bytes);
      end = at + bytes.length;
      places.set(key, at);
    }
    return at;
  };
  const putBlob = (bytes: Uint8Array): number => {
    const size = bytes.length < 2 ** 8 ? 1 : bytes.length < 2 ** 16 ? 2 : 4;
    return word(BLOB[size], put(Buffer.concat([number(bytes.length, size), bytes]), size));
  };
  /** The first slot is the number of slots, itself included. */
  const putSlots = (type: number, slots: Value[]): number => {
    const words = Array.from(slots, (value) => number(value === undefined ? 0 : putValue(value), 4));
    return word(type, put(Buffer.concat([number(words.length + 1, 4), ...words]), 4));
  };
  const putValue = (value: Value): number => {
    if (typeof value === 'number') return word(INT, value);
    if (typeof value === 'string') return putValue(Buffer.from(value));
    if (value instanceof Uint8Array) return value.length === 0 ? 0 : putBlob(value);
    if ('array' in value) return value.array.length === 0 ? 0 : putSlots(ARRAY, value.array);
    return putSlots(OBJECT, Object.assign([], value.object).slice(1));
  };
  const rootWord = putValue(root);
  return Buffer.concat([number(0, 4), number(rootWord, 4), ...parts]);
}

/** A block of a file. What follows it begins at a multiple of eight. */
export function block(type: number, ...content: Uint8Array[]): Buffer {
  const size = content.reduce((sum, { length }) => sum + length, 4);
  if (size >= BLOCK_SIZE_END) throw new Error(`${size} bytes are too many for a block`);
  return Buffer.concat([number(type * BLOCK_SIZE_END + size, 4), ...content, Buffer.alloc(-size & 7)]);
}

export function number(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
}

function word(type: number, value: number): number {
  if (value >= IMMEDIATE_END) throw new Error(`${value} is too large for a value`);
  return type * IMMEDIATE_END + value;
}
