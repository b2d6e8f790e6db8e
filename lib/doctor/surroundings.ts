import { rulesBeforeMain, suppressors } from '../actuators/routes/rules.js';
import type { Observation, Problem } from '../model.js';
import type { Exec } from '../system/exec.js';
import { examineOffload, examineRules } from './examine.js';

/** ms. It prints a list that the kernel has. */
const TIMEOUT = 5000;

/** What else on this machine decides where packets go. A program that is not there has nothing to say. */
export async function examineSurroundings(
  exec: Exec,
  { rules = [], interfaces = [] }: Pick<Observation, 'rules' | 'interfaces'>,
): Promise<Problem[]> {
  const { stdout } = await exec.start('nft', ['list', 'flowtables'], { timeout: TIMEOUT }).finished;
  // Rules to the table of one of netifd's interfaces are its own, and it puts them back.
  const tables = interfaces.map(({ table }) => `${table}`);
  const others = rules.filter(({ table }) => !tables.includes(table));
  return [...examineRules(rulesBeforeMain(others), suppressors(others)), ...examineOffload(stdout)];
}
