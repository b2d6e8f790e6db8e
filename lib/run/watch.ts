import { EXIT, type ExitCode, explain, Trouble } from '../explain.js';
import { toJson } from '../report/json.js';
import { safe } from '../report/words.js';
import { repeat } from '../system/repeat.js';
import type { Context } from './context.js';

/** ms between two screens: a round that begins is seen soon, and the router has other things to do. */
const PAUSE = 2000;
/** Cursor to the first line, and everything behind it erased: ECMA-48 CUP and ED. */
const CLEAR = '\x1b[H\x1b[J';

/** One look, as lines. */
type Look = (context: Context) => Promise<string[]>;

/** Shows the same again and again until Ctrl-C. What is wrong for the moment is part of the screen. */
export async function watch(context: Context, look: Look): Promise<ExitCode> {
  const { options, engine } = context;
  const { out } = engine;
  let between = '';
  await repeat(engine, PAUSE, async () => {
    const lines = options.json ? await jsonLines(context, look) : await screenLines(context, look);
    out.write(`${out.isTTY && !options.json ? CLEAR : between}${lines.map((line) => `${line}\n`).join('')}`);
    if (!options.json) between = '\n';
  });
  // Behind the ^C that the terminal shows.
  if (out.isTTY) out.write('\n');
  return EXIT.ok;
}

async function screenLines(context: Context, look: Look): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (lines: string[]) => void complaints.push(...lines.map((line) => safe(line, 1000)));
  const lines = await look({ ...context, complain }).catch((error) =>
    troubleOf(error).lines.map((line) => safe(line, 1000)),
  );
  return [...lines, ...complaints];
}

async function jsonLines(context: Context, look: Look): Promise<string[]> {
  return look(context).catch((error) => [toJson({ error: troubleOf(error).lines[0] })]);
}

/** What can happen, in words; anything else is a bug and ends it. */
function troubleOf(error: unknown) {
  if (!(error instanceof Trouble)) throw error;
  return explain(error);
}
