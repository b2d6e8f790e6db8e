/** QuickJS has neither Buffer nor TextDecoder: text is UTF-8, and bytes are a string with a character for each. */

/** The first `length` bytes of a buffer, 16,384 at the most. */
export function bytesOf(buffer: ArrayBuffer, length: number): string {
  return String.fromCharCode.apply(null, new Uint8Array(buffer, 0, length) as unknown as number[]);
}

/** The bytes as `os` takes them. */
export function toBuffer(bytes: string): ArrayBuffer {
  const array = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) array[at] = bytes.charCodeAt(at);
  return array.buffer;
}

/** Text of its bytes; what is not UTF-8 stays as it is. */
export function decode(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  try {
    return decodeURIComponent(escape(bytes));
  } catch {
    return bytes;
  }
}

/** Bytes of a text. */
export function encode(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  // Half a character cannot be written.
  return unescape(encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?')));
}
