import { readSettings } from '../config/settings.js';
import { parseUci, type UciSection } from '../config/uci.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, fileError, Trouble } from '../explain.js';
import type { Config, Problem } from '../model.js';
import { basename, dirname } from '../path.js';
import type { Tools } from '../system/exec.js';
import { readText, tryReadText } from '../system/files.js';
import { exists } from '../system/tree.js';
import { type Exposure, findExposure } from '../system/trust.js';
import type { Source } from '../world.js';

/** Where `uci set` keeps what is not committed yet, a file for each configuration. */
const STAGED = '/tmp/.uci';
const UCI_FOLDER = '/etc/config';
/** ms. uci reads a file and prints it. */
const UCI_TIMEOUT = 5000;

const EXAMPLE = [
  'the smallest one that works:',
  "  config settings 'settings'",
  "          option enabled '1'",
  "  config interface 'wan'",
  "          option device 'eth1'",
  "          option metric '10'",
  "          list ping_target '1.1.1.1'",
  "          list ping_target '8.8.8.8'",
  '  (and a second interface like it)',
];

/** Reads the configuration. Throws a Trouble if there is none, or if it is no UCI: routes are left alone then. */
export async function loadConfiguration(file: string, tools: Tools): Promise<{ config: Config; problems: Problem[] }> {
  return understandConfiguration(file, await readConfiguration(file, tools));
}

/** What the text means. Throws a Trouble if it is no UCI. */
export function understandConfiguration(file: string, { text, merged, problem, fault, exposed }: Source) {
  const { config, problems } = readSettings(readSections(file, text));
  const unstaged: Problem[] = problem === undefined ? [] : [{ text: problem }];
  const faulty: Problem[] = fault === undefined ? [] : [faultProblem(fault)];
  const known = merged ? problems.map(({ line: _, ...other }) => other) : [...unstaged, ...problems];
  return { config, problems: [...faulty, ...known, ...(exposed ? [exposureProblem(exposed)] : [])] };
}

function readSections(file: string, text: string): UciSection[] {
  const parsed = parseUci(text);
  if (!('text' in parsed)) return parsed.sections;
  const hint = 'the routes stay as they are until this is mended';
  throw new Trouble(EXIT.config, `${file}, line ${parsed.line}: ${parsed.text}`, [hint]);
}

function faultProblem(fault: string): Problem {
  return { text: `${fault}; going on by the last one that could be read`, remedy: ['see: mini-mwan validate'] };
}

/** What the configuration says is done as root, as are the programs that it names. */
export function exposureProblem({ path, reason }: Exposure): Problem {
  const text = `${path}: ${reason}, and could have mini-mwan do anything as root`;
  return { text, remedy: [`chown root '${path}' && chmod go-w '${path}'`] };
}

/** The text of the configuration. Throws a Trouble if there is none. */
export async function readConfiguration(file: string, tools: Tools): Promise<Source> {
  const { engine } = tools;
  const text = readFile(engine, file);
  if (text === undefined) throw new Trouble(EXIT.config, `there is no configuration ${file}`, EXAMPLE);
  const source = (await readStaged(file, text, tools)) ?? { text, merged: false };
  const exposed = findExposure(engine, file) ?? (source.merged ? findExposure(engine, stagedOf(file)) : undefined);
  return exposed ? { ...source, exposed } : source;
}

/**
 * The same for whoever must go on: where the file is there, but is no UCI or cannot be read, the text that was kept.
 *
 * @param kept the last one that a round could read
 */
export async function readOrKept(file: string, kept: string | undefined, tools: Tools): Promise<Source> {
  try {
    const source = await readConfiguration(file, tools);
    // What is kept has been understood before.
    if (source.text === kept) return source;
    readSections(file, source.text);
    return { ...source, fresh: true };
  } catch (error) {
    if (!(error instanceof Trouble) || kept === undefined || !exists(tools.engine, file)) throw error;
    if ('text' in parseUci(kept)) throw error;
    // Its lines are not those of the file.
    return { text: kept, merged: true, fault: error.message };
  }
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
