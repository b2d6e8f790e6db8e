import { needsMore, readSettings } from '../config/settings.js';
import { parseUci } from '../config/uci.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, fileError, Trouble } from '../explain.js';
import { basename, dirname } from '../path.js';
import type { Tools } from '../system/exec.js';
import { readText, tryReadText } from '../system/files.js';
import { findExposure } from '../system/trust.js';
import type { Configuration, Source } from './platform.js';

/** Where `uci set` keeps what is not committed yet, a file for each configuration. */
const STAGED = '/tmp/.uci';
const UCI_FOLDER = '/etc/config';
/** ms. uci reads a file and prints it. */
const UCI_TIMEOUT = 5000;

/** A file in UCI's format, with what waits for `uci commit` where there is uci. */
export function uciConfiguration(tools: Tools): Configuration {
  return { read: (file) => read(file, tools), parse };
}

/** Loaded for a configuration that needs it. */
const loadBeyond = () => import('../config/beyond.js');

async function parse(file: string, text: string) {
  const parsed = parseUci(text);
  if ('sections' in parsed)
    return readSettings(
      parsed.sections,
      needsMore(parsed.sections) ? await (await loadBeyond()).readersOf(parsed.sections) : undefined,
    );
  const hint = 'the routes stay as they are until this is mended';
  throw new Trouble(EXIT.config, `${file}, line ${parsed.line}: ${parsed.text}`, [hint]);
}

async function read(file: string, tools: Tools): Promise<Source> {
  const { engine } = tools;
  const text = readFile(engine, file);
  if (text === undefined) {
    const { EXAMPLE } = await import('./words.js');
    throw new Trouble(EXIT.config, `there is no configuration ${file}`, EXAMPLE);
  }
  const source = (await readStaged(file, text, tools)) ?? { text, merged: false };
  const exposed = findExposure(engine, file) ?? (source.merged ? findExposure(engine, stagedOf(file)) : undefined);
  return exposed ? { ...source, exposed } : source;
}

function readFile(engine: Engine, file: string): string | undefined {
  try {
    return readText(engine, file);
  } catch (error) {
    throw new Trouble(EXIT.config, `${file} cannot be read: ${fileError(error)}`);
  }
}

function stagedOf(file: string): string {
  return `${STAGED}/${basename(file)}`;
}

/** The configuration with the changes that wait for `uci commit`, as every other OpenWrt program sees it; undefined if none do. */
async function readStaged(file: string, text: string, { engine, exec }: Tools): Promise<Source | undefined> {
  if (dirname(file) !== UCI_FOLDER || !tryReadText(engine, stagedOf(file))) return undefined;
  const name = basename(file);
  const { stdout, exitCode, failure } = await exec.start('uci', ['export', name], { timeout: UCI_TIMEOUT }).finished;
  // Nothing at all would be a configuration in which mini-mwan is disabled.
  const isExport = exitCode === 0 && stdout.startsWith('package ');
  if (isExport) return { text: stdout, merged: true };
  const what = failure ?? (exitCode === 0 ? 'its answer is not understood' : `exit ${exitCode}`);
  return { text, merged: false, problem: `uci export ${name}: ${what}; what is not committed does not count` };
}
