import { type Engine, SystemError } from '../../lib/engine/engine.js';

/**
 * Opens a path again and again, while somebody else puts other things in its place, and counts what came of it: by the error, or
 * by whether the open file is the one that must not be reached.
 *
 * @param how a function of Files
 */
export function race({ files, ticks }: Engine, [how = '', path = '', secret = '', ms = '']: string[]) {
  const open = {
    open: () => files.open(path, false),
    openLock: () => files.openLock(path),
    create: () => files.create(path, 0o600),
  }[how] as () => number;
  const forbidden = files.stat(secret)?.identity;
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (const end = ticks() + Number(ms); ticks() < end; ) {
    try {
      const file = open();
      const { identity, kind } = files.statOpen(file);
      count(identity === forbidden ? 'reached' : kind);
      files.close(file);
    } catch (error) {
      count(error instanceof SystemError ? error.code : String(error));
    }
  }
  return counts;
}
