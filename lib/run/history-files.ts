import { type Engine, SystemError } from '../engine/engine.js';
import { formatSample, type Sample } from '../history/sample.js';
import { attempt, MAX_BYTES, setAside, whoElseWrites } from '../system/files.js';

/** Bytes of samples that wait: more than an hour's, and the database could not be written for so long. */
const MOST = 250_000;

/** The files of history, all of them beside the state file. */
export function historyFiles(state: string) {
  return {
    database: `${state}.history`,
    /** What rounds have left for it. */
    samples: `${state}.samples`,
    /** The same while it is being written. */
    taken: `${state}.samples.taken`,
    /** What was complained of last. */
    not_kept: `${state}.history.not-kept`,
    not_copied: `${state}.history.not-copied`,
    /** Of who copies it. */
    lock: `${state}.history.lock`,
  };
}

/** Leaves a sample for whoever writes the next ones. A disk that is full is no trouble of its own. */
export function leaveSample({ files }: Engine, state: string, sample: Sample): void {
  const { samples } = historyFiles(state);
  const text = formatSample(sample);
  attempt(() => {
    const size = files.lstat(samples)?.size ?? 0;
    // Up to three bytes for each; so that it can be read.
    if (size > MOST || size + 3 * text.length > MAX_BYTES) return;
    const file = files.openToAppend(samples, 0o600);
    try {
      files.writeText(file, text);
    } finally {
      files.close(file);
    }
  });
}

/** Throws where others than root and we could have made the file. */
export function requireOwn(engine: Engine, path: string): void {
  const there = engine.files.lstat(path);
  const objection = there && (there.kind === 'file' ? whoElseWrites(engine, there) : 'it is no regular file');
  if (objection !== undefined) throw new SystemError(`${path}: ${objection}`);
}

/** Sets a database aside that cannot be used. @returns its name then */
export function setDatabaseAside(engine: Engine, path: string): string {
  const aside = setAside(engine, path);
  // They are of the file that was there.
  for (const end of ['-wal', '-shm', '-journal']) attempt(() => engine.files.remove(path + end));
  return aside;
}
