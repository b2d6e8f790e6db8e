import { examineOffload, examineRules } from '../config/examine.js';
import type { Problem } from '../model.js';
import { parseJson } from '../network/json.js';
import { rulesBeforeMain } from '../network/rules.js';
import type { Exec } from '../system/exec.js';

/** ms. Both print a list that the kernel has. */
const TIMEOUT = 5000;

/** What else on this machine decides where packets go. A program that is not there has nothing to say. */
export async function examineSurroundings(exec: Exec): Promise<Problem[]> {
  const ask = async (program: string, args: string[]) =>
    (await exec.start(program, args, { timeout: TIMEOUT }).finished).stdout;
  const [rules, flowtables] = await Promise.all([
    ask('ip', ['-N', '-j', 'rule', 'show']),
    ask('nft', ['list', 'flowtables']),
  ]);
  return [...examineRules(rulesBeforeMain(parseJson(rules))), ...examineOffload(flowtables)];
}
