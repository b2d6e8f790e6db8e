import * as os from 'os';
import { encode, toBuffer } from './bytes.js';
import { whenWritable } from './loop.js';

/** Bytes that a pipe takes at once if it takes anything: PIPE_BUF of pipe(7). */
const PIPE_BUF = 4096;

/** The end of a pipe that a child reads. */
export interface Pipe {
  /** Writes as the child reads; it may end before it has read everything. */
  say(text: string): void;
  /** Closes it when all is written. */
  end(closed?: () => void): void;
  /** Closes it, whatever is still to be written. */
  close(): void;
}

export function createPipe(file: number): Pipe {
  const waiting: ArrayBuffer[] = [];
  let [at, isOpen] = [0, true];
  let stop: (() => void) | undefined;
  let whenEmpty: (() => void) | undefined;
  const close = () => {
    stop?.();
    if (isOpen) os.close(file);
    isOpen = false;
    whenEmpty?.();
    whenEmpty = undefined;
  };
  const write = () => {
    const [first] = waiting;
    if (!first) return;
    const length = os.write(file, first, at, Math.min(PIPE_BUF, first.byteLength - at));
    at += length;
    // Nobody reads any more.
    if (length < 0) return close();
    if (at < first.byteLength) return;
    waiting.shift();
    at = 0;
    if (waiting.length > 0) return;
    stop?.();
    stop = undefined;
    if (whenEmpty) close();
  };
  return {
    say: (text) => {
      const bytes = toBuffer(encode(text));
      if (!isOpen || bytes.byteLength === 0) return;
      waiting.push(bytes);
      stop ??= whenWritable(file, write);
    },
    end: (closed = () => {}) => {
      whenEmpty = closed;
      if (waiting.length === 0) close();
    },
    close,
  };
}
