import type { Engine } from '../engine/engine.js';
import { EXIT, fileError, Trouble } from '../explain.js';
import { asList, asRecord, asText, type Json, parseJson } from '../json.js';
import { readText } from '../system/files.js';
import { createFolder, writeNew } from '../system/folder.js';

/** Format of the folder. One of another version is not replayed. */
const VERSION = 1;
/** Bytes of the calls: ten looks at a system on which `ip` prints as much as `exec` takes. */
const MAX_CALLS = 100_000_000;

/** The files of a recording: the first two as the round read them, then what it asked and was told, and what it printed. */
const FILES = { config: 'config', state: 'state', calls: 'calls.json', decisions: 'decisions.txt' } as const;

/** Something that the round asked of the world, and the answer. */
export interface Call {
  call: string;
  /** What a program was given on its stdin. */
  input?: string;
  answer: Json;
}

/** A round as it can be decided again. */
export interface Recording {
  /** Paths of the configuration and of the state file, for messages. */
  paths: { config: string; state: string };
  dryRun: boolean;
  /** It printed JSON. */
  json: boolean;
  /** No round is in it, but what was done behind one. */
  of?: 'routeros';
  /** Their texts; absent if they could not be read. */
  config?: string | undefined;
  state?: string | undefined;
  /** What was wrong with the state file, and why other rounds could run at the same time, in words. */
  stateProblem?: string | undefined;
  unlocked?: string | undefined;
  /** In the order of their answers. */
  calls: Call[];
}

/** Makes the folder, before anything is done that should be recorded. Throws a Trouble if it cannot hold a recording. */
export function prepareRecording(engine: Engine, folder: string): void {
  try {
    createFolder(engine, folder);
  } catch (error) {
    throw new Trouble(EXIT.config, `nothing can be recorded in '${folder}': ${fileError(error)}; no round was run`, [
      'name a folder that is not there yet, or that is empty',
    ]);
  }
}

/**
 * Fills the folder. Throws the system's error.
 *
 * @param program version of mini-mwan
 * @param decisions what the round printed
 */
export function writeRecording(
  engine: Engine,
  folder: string,
  recording: Recording,
  program: string,
  decisions: string,
): void {
  const { config, state, ...rest } = recording;
  const has = { config: config !== undefined, state: state !== undefined };
  const write = (name: string, text: string) => writeNew(engine, `${folder}/${name}`, text);
  const head = { version: VERSION, program, has, ...rest };
  if (config !== undefined) write(FILES.config, config);
  if (state !== undefined) write(FILES.state, state);
  write(FILES.decisions, decisions);
  // Last, because without it the others are no recording.
  write(FILES.calls, `${JSON.stringify(head, null, 2)}\n`);
}

/** Reads a folder again. Throws a Trouble if it is no recording of this version, and whole. */
export function readRecording(engine: Engine, folder: string): Recording {
  const file = `${folder}/${FILES.calls}`;
  const head = asRecord(parseJson(readPart(engine, file, MAX_CALLS)));
  if (!head) throw damaged(file, 'it is not JSON of a recording');
  if (head.version !== VERSION) {
    const version = typeof head.version === 'number' ? `version ${head.version}` : 'no known version';
    throw damaged(file, `it is of ${version}, and this mini-mwan replays version ${VERSION}`);
  }
  const [paths, has] = [asRecord(head.paths), asRecord(head.has)];
  const [config, state] = [asText(paths?.config), asText(paths?.state)];
  const calls = asList(head.calls)?.map(asCall);
  const switches = [has?.config, has?.state, head.dryRun, head.json];
  if (config === undefined || state === undefined || !calls || switches.some((value) => typeof value !== 'boolean')) {
    throw damaged(file, 'a part of it is missing');
  }
  return {
    paths: { config, state },
    dryRun: head.dryRun === true,
    json: head.json === true,
    ...(head.of === 'routeros' ? { of: head.of } : {}),
    ...(has?.config === true ? { config: readPart(engine, `${folder}/${FILES.config}`) } : {}),
    ...(has?.state === true ? { state: readPart(engine, `${folder}/${FILES.state}`) } : {}),
    stateProblem: asText(head.stateProblem),
    unlocked: asText(head.unlocked),
    calls: calls.map((call, i) => {
      if (!call) throw damaged(file, `call ${i + 1} is none`);
      return call;
    }),
  };
}

function asCall(value: Json): Call | undefined {
  const { call, input, answer } = asRecord(value) ?? {};
  if (typeof call !== 'string' || answer === undefined) return undefined;
  if (input === undefined) return { call, answer };
  return typeof input === 'string' ? { call, input, answer } : undefined;
}

function readPart(engine: Engine, path: string, maxBytes?: number): string {
  let text: string | undefined;
  try {
    text = readText(engine, path, maxBytes);
  } catch (error) {
    throw damaged(path, fileError(error));
  }
  if (text === undefined) throw damaged(path, 'there is no such file');
  return text;
}

function damaged(file: string, what: string): Trouble {
  return new Trouble(EXIT.config, `${file} cannot be replayed: ${what}`, [
    'a folder is recorded by: mini-mwan check --record FOLDER',
  ]);
}
