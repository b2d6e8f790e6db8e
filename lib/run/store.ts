import type { Engine } from '../engine/engine.js';
import { EXIT, type ExitCode, fileError, Trouble } from '../explain.js';
import type { State } from '../model.js';
import { ubusText } from '../report/ubus.js';
import { STOPPED } from '../report/words.js';
import { formatState } from '../state/format.js';
import { parseState } from '../state/parse.js';
import { attempt, readOwn, removeFile, replaceFile, setAside, writeAtomically } from '../system/files.js';
import { isStopped, startCommands } from '../system/service.js';
import type { Unsaved } from '../world.js';

/** The state file as it was left, and what is wrong with it in words. */
export interface Remembered {
  /** As it was read. */
  text?: string;
  state?: State;
  problem?: string;
}

/** `keep`: look only; otherwise what cannot be used is set aside. */
export function loadState(engine: Engine, path: string, keep: boolean): Remembered {
  try {
    const text = readOwn(engine, path);
    if (text === undefined) return {};
    const state = parseState(text);
    if (state) return { text, state };
    const what = `${path} is no state file, or not whole`;
    if (keep) return { text, problem: what };
    return { text, problem: `${what}; it is now ${setAside(engine, path)}, and nothing is remembered` };
  } catch (error) {
    return { problem: `${path} cannot be read: ${fileError(error)}; nothing is remembered` };
  }
}

/** The state of the last round, for whoever only looks; throws a Trouble where there is none. */
export function requireState(engine: Engine, path: string): State {
  const { state, problem } = loadState(engine, path, true);
  if (state) return state;
  if (isStopped(engine)) throw new Trouble(EXIT.cannotRun, STOPPED, startCommands(engine));
  throw new Trouble(EXIT.cannotRun, problem ?? 'no round has run yet', ['run: mini-mwan check --verbose']);
}

/**
 * Writes the state file, and beside it the answer for ubus. An old state would send the traffic back to where it was then,
 * an old answer would pass for news: neither stays if the new one cannot be written.
 */
export function saveState(engine: Engine, path: string, state: State): Unsaved | undefined {
  const text = formatState(state);
  const isSaved = attempt(() => writeAtomically(engine, path, text));
  // The room that a configuration takes is better used for a state.
  if (!isSaved) attempt(() => removeFile(engine, configurationPath(path)));
  const unsaved = isSaved ? undefined : save(engine, path, text, 'the next round remembers nothing');
  if (unsaved !== undefined) {
    dropAnswer(engine, path);
    return { text: unsaved, lost: true };
  }
  const unanswered = save(engine, answerPath(path), ubusText(state), 'ubus has no answer');
  return unanswered === undefined ? undefined : { text: unanswered, lost: false };
}

/** Has the next round begin as if there had been none. */
export function dropState(engine: Engine, path: string): void {
  attempt(() => removeFile(engine, path));
}

/** Takes the answer for ubus back. */
export function dropAnswer(engine: Engine, path: string): void {
  attempt(() => removeFile(engine, answerPath(path)));
}

/** The configuration that a round could read last. */
export function keptConfiguration(engine: Engine, path: string): string | undefined {
  try {
    return readOwn(engine, configurationPath(path));
  } catch {
    // What others may have written is none of ours.
    return undefined;
  }
}

/** Keeps it. Where that is not possible, a mistake in the file stops the rounds, and no more than that. */
export function keepConfiguration(engine: Engine, path: string, text: string): void {
  // As secret as the file may be.
  attempt(() => replaceFile(engine, configurationPath(path), 0o600, (file) => engine.files.writeText(file, text)));
}

function configurationPath(path: string): string {
  return `${path}.config`;
}

function answerPath(path: string): string {
  return `${path}.json`;
}

function save(engine: Engine, path: string, text: string, consequence: string): string | undefined {
  try {
    writeAtomically(engine, path, text);
    return undefined;
  } catch (error) {
    attempt(() => removeFile(engine, path));
    return `${path} cannot be written: ${fileError(error)}; ${consequence}`;
  }
}

/** Of whoever asks whether the router is on the Internet. */
export function exitCodeOf(state: State): ExitCode {
  return state.wans.some(({ verdict }) => verdict.status === 'up') ? EXIT.ok : EXIT.noneUp;
}
