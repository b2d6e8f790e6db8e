import { parseUci } from '../config/uci.js';
import { EXIT, type ExitCode, fileError, Trouble } from '../explain.js';
import type { Draft } from '../import/draft.js';
import { readMultiwanbond } from '../import/multiwanbond/multiwanbond.js';
import { readMwan3 } from '../import/mwan3/mwan3.js';
import { noteLines } from '../import/notes.js';
import { draftText } from '../import/write.js';
import { parseJson } from '../json.js';
import { parseLinks } from '../observe/links.js';
import { toJson } from '../report/json.js';
import type { Context } from '../run/context.js';
import { readText } from '../system/files.js';

/** ms that ip may take. */
const IP_TIMEOUT = 5000;

/** Prints a configuration of ours that is made of mwan3's, and says on stderr what is not in it. */
export async function importMwan3(context: Context, { file }: { file: string }): Promise<ExitCode> {
  const parsed = parseUci(read(context, file));
  const remedy = ["mwan3's is /etc/config/mwan3"];
  if ('text' in parsed) throw new Trouble(EXIT.config, `${file}, line ${parsed.line}: ${parsed.text}`, remedy);
  return print(context, 'mwan3', file, readMwan3(parsed.sections), remedy);
}

/** The same of MultiWANBond's. Where that names only addresses, the devices are those that have them on this machine. */
export async function importMultiwanbond(context: Context, { file }: { file: string }): Promise<ExitCode> {
  const json = parseJson(read(context, file));
  if (json === undefined) throw new Trouble(EXIT.config, `${file}: not JSON`);
  return print(context, 'MultiWANBond', file, readMultiwanbond(json, await findDevices(context)), []);
}

function read({ engine }: Context, file: string): string {
  let reason = 'no such file or directory';
  try {
    const text = readText(engine, file);
    if (text !== undefined) return text;
  } catch (error) {
    reason = fileError(error);
  }
  throw new Trouble(EXIT.config, `${file}: ${reason}`);
}

/** The machine's devices, by their IPv4 addresses; none where ip does not say. */
async function findDevices({ exec }: Context): Promise<Map<string, string>> {
  const { stdout } = await exec.start('ip', ['-j', 'addr', 'show'], { timeout: IP_TIMEOUT }).finished;
  const links = parseLinks(parseJson(stdout)) ?? [];
  return new Map(links.flatMap(({ device, addresses }) => addresses.map(({ address }) => [address, device] as const)));
}

function print(
  { options, say, note }: Context,
  program: string,
  file: string,
  draft: Draft | { fault: string },
  remedy: string[],
): ExitCode {
  if ('fault' in draft)
    throw new Trouble(EXIT.config, `${file}: not a configuration of ${program}: ${draft.fault}`, remedy);
  const [text, notes] = [draftText(draft), noteLines(draft.notes)];
  if (options.json) {
    say(toJson({ configuration: text, notes }));
    return EXIT.ok;
  }
  say(text.trimEnd());
  const next = [
    'next:',
    '    read it, and write it to /etc/config/mini-mwan',
    `    stop ${program}, and set option enabled '1' in the section settings`,
    '    mini-mwan validate',
  ];
  for (const line of [...notes, ...next]) note(line);
  return EXIT.ok;
}
