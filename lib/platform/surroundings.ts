import { examineOffload, examineRules } from '../config/examine.js';
import type { Problem, Rule } from '../model.js';
import { rulesBeforeMain, suppressors } from '../routing/rules.js';
import type { Exec } from '../system/exec.js';

/** ms. It prints a list that the kernel has. */
const TIMEOUT = 5000;

/** What else on this machine decides where packets go. A program that is not there has nothing to say. */
export async function examineSurroundings(exec: Exec, rules: Rule[] = []): Promise<Problem[]> {
  const { stdout } = await exec.start('nft', ['list', 'flowtables'], { timeout: TIMEOUT }).finished;
  return [...examineRules(rulesBeforeMain(rules), suppressors(rules)), ...examineOffload(stdout)];
}
