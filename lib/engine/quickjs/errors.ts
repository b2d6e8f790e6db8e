import { strerror } from 'std';
import { SystemError } from '../engine.js';

/** Names of the errors that are told apart, by number: up to 34 they are the same on all processors (asm-generic/errno-base.h). */
const CODES: Record<number, string> = {
  1: 'EPERM',
  2: 'ENOENT',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  17: 'EEXIST',
  20: 'ENOTDIR',
  21: 'EISDIR',
  23: 'ENFILE',
  24: 'EMFILE',
  28: 'ENOSPC',
  30: 'EROFS',
};

export const ENOENT = 2;
export const EEXIST = 17;

/** What a function of `os` returned; throws a SystemError if it is the negative number of an error. */
export function check(result: number): number {
  if (result < 0) throw systemError(-result);
  return result;
}

/** @param result a value with its error */
export function checkValue<T>([value, errno]: [T, number]): T {
  if (errno !== 0) throw systemError(errno);
  return value;
}

function systemError(errno: number): SystemError {
  return new SystemError(CODES[errno] ?? strerror(errno).toLowerCase());
}
