import { EXIT, fileError, Trouble } from '../explain.js';
import type { State } from '../model.js';
import type { Unsaved } from '../platform/outside.js';
import { ubusText } from '../report/ubus.js';
import { formatState, parseState } from '../state/state.js';
import { readOwn, removeFile, setAside, writeAtomically } from '../system/files.js';

/** The state file as it was left, and what is wrong with it in words. */
export interface Remembered {
  /** As it was read. */
  text?: string;
  state?: State;
  problem?: string;
}

/** `keep`: look only; otherwise what cannot be used is set aside. */
export async function loadState(path: string, keep: boolean): Promise<Remembered> {
  try {
    const text = await readOwn(path);
    if (text === undefined) return {};
    const state = parseState(text);
    if (state) return { text, state };
    const what = `${path} is no state file of this version`;
    if (keep) return { text, problem: what };
    return { text, problem: `${what}; it is now ${await setAside(path)}, and nothing is remembered` };
  } catch (error) {
    return { problem: `${path} cannot be read: ${fileError(error)}; nothing is remembered` };
  }
}

/** The state of the last round, for whoever only looks; throws a Trouble where there is none. */
export async function requireState(path: string): Promise<State> {
  const { state, problem } = await loadState(path, true);
  if (!state) throw new Trouble(EXIT.cannotRun, problem ?? 'no round has run yet', ['run: mini-mwan check --verbose']);
  return state;
}

/**
 * Writes the state file, and beside it the answer for ubus. An old state would send the traffic back to where it was then,
 * an old answer would pass for news: neither stays if the new one cannot be written.
 */
export async function saveState(path: string, state: State): Promise<Unsaved | undefined> {
  const unsaved = await save(path, formatState(state), 'the next round remembers nothing');
  if (unsaved !== undefined) {
    await dropAnswer(path);
    return { text: unsaved, lost: true };
  }
  const unanswered = await save(answerPath(path), ubusText(state), 'ubus has no answer');
  return unanswered === undefined ? undefined : { text: unanswered, lost: false };
}

/** Leaves what the looks between two rounds go by, or nothing; without it every look is a round. */
export async function saveQuiet(path: string, text: string | undefined): Promise<void> {
  const quiet = `${path}.quiet`;
  if (text === undefined) await removeFile(quiet).catch(() => {});
  else await writeAtomically(quiet, text).catch(() => removeFile(quiet).catch(() => {}));
}

/**
 * As saveQuiet, for a round whose answers are from before the routes were read: what came between is not known. So no more than
 * a file that says the same stays; by that one they were compared before the answers.
 */
export async function keepQuiet(path: string, text: string | undefined): Promise<void> {
  const left = await readOwn(`${path}.quiet`).catch(() => undefined);
  if (text === undefined || text !== left) await saveQuiet(path, undefined);
}

/** Takes the answer for ubus back. */
export async function dropAnswer(path: string): Promise<void> {
  await removeFile(answerPath(path)).catch(() => {});
}

function answerPath(path: string): string {
  return `${path}.json`;
}

async function save(path: string, text: string, consequence: string): Promise<string | undefined> {
  try {
    await writeAtomically(path, text);
    return undefined;
  } catch (error) {
    await removeFile(path).catch(() => {});
    return `${path} cannot be written: ${fileError(error)}; ${consequence}`;
  }
}
