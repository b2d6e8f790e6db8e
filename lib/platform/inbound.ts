import { TABLE } from '../actuators/inbound/marks.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { PROTOCOL } from '../actuators/tables/thing.js';
import { parseJson } from '../json.js';
import type { Observation } from '../model.js';
import { parseMarks } from '../observe/marks.js';
import { parseTables, tablesQuestion } from '../observe/tables.js';
import type { Exec } from '../system/exec.js';

/** Loaded where an option asks for it, and where something of it is left. */
export { inbound } from '../actuators/inbound/inbound.js';

/** What is there of ours beyond table main and the rules. */
export async function lookFurther(exec: Exec, seen: Observation): Promise<Observation> {
  const run = (program: string, args: string[]) => exec.start(program, args, { timeout: IP_TIMEOUT }).finished;
  const [ip, nft] = await Promise.all([
    run('ip', ['-N', '-j', ...tablesQuestion(PROTOCOL).split(' ')]),
    run('nft', ['list', 'table', ...TABLE.split(' ')]),
  ]);
  const tables = ip.exitCode === 0 ? parseTables(parseJson(ip.stdout || '[]'), PROTOCOL) : undefined;
  return { ...seen, ...(tables ? { tables } : {}), marks: parseMarks(nft) };
}
