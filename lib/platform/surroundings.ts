import { examineOffload, examineRules } from '../config/examine.js';
import type { NetifdInterface, Problem } from '../model.js';
import { asList, asName, asRecord, parseJson } from '../network/json.js';
import { rulesBeforeMain } from '../network/rules.js';
import type { Exec } from '../system/exec.js';

/** ms. Both print a list that the kernel has. */
const TIMEOUT = 5000;

/**
 * What else on this machine decides where packets go. A program that is not there has nothing to say.
 *
 * @param interfaces of netifd: rules to the table of one are its own, and it puts them back
 */
export async function examineSurroundings(exec: Exec, interfaces: NetifdInterface[] = []): Promise<Problem[]> {
  const ask = async (program: string, args: string[]) =>
    (await exec.start(program, args, { timeout: TIMEOUT }).finished).stdout;
  const [rules, flowtables] = await Promise.all([
    ask('ip', ['-N', '-j', 'rule', 'show']),
    ask('nft', ['list', 'flowtables']),
  ]);
  const tables = interfaces.map(({ table }) => `${table}`);
  const others = asList(parseJson(rules))?.filter((rule) => !tables.includes(asName(asRecord(rule)?.table) ?? ''));
  return [...examineRules(rulesBeforeMain(others)), ...examineOffload(flowtables)];
}
