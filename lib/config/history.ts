import type { Config, Problem } from '../model.js';
import { placeOf, readOption } from './options.js';
import type { UciOption } from './uci.js';
import { flag, integer, type Reader } from './values.js';

/** Bytes of a MB. */
const MB = 1_000_000;

const PATH: Reader<string | undefined> = {
  read: (text) => (/^\/[\x20-\x7e]{1,200}$/.test(text) && !text.endsWith('/') ? text : undefined),
  legal: 'the whole path of a file, as /mnt/usb/mini-mwan.history',
  fallback: undefined,
};

/** What is kept of the past; nothing where nobody asks. */
export function readHistory(options: Map<string, UciOption>, problems: Problem[]): Pick<Config, 'history'> {
  const isKept = readOption(options, 'history', flag(false), problems);
  const path = readOption(options, 'history_path', PATH, problems);
  const size = readOption(options, 'history_size', integer(1, 20, 5), problems);
  const interval = readOption(options, 'history_interval', integer(5, 10_080, 60), problems);
  const idle = path === undefined ? options.get('history_interval') : undefined;
  if (idle) problems.push({ ...placeOf(idle), text: 'without effect: option history_path names no file' });
  if (!isKept) return {};
  return { history: { size: size * MB, ...(path === undefined ? {} : { copy: { path, interval: interval * 60 } }) } };
}
