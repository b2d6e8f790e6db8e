import type { Change } from '../../model.js';
import type { Tools } from '../../system/exec.js';
import { forgetLimit, rememberLimit } from '../../system/mptcp-limit.js';
import type { Refusal } from '../actuator.js';
import { apply as applyByIp } from '../routes/apply.js';
import type { Thing } from './thing.js';

/**
 * Makes the changes by one `ip`, but for what began on a dead line: a kernel before 5.13 cannot end that, and then it ends by itself.
 * The limit that is raised is remembered before, and forgotten once it is as it was.
 */
export async function apply(tools: Tools, changes: Change<Thing>[]): Promise<Refusal | undefined> {
  for (const [index, { verb, thing }] of changes.entries()) {
    if (thing.kind === 'limit' && verb === 'add' && !rememberLimit(tools, thing.former ?? thing.subflows))
      return { index, reason: 'what it was cannot be kept beside the state file' };
  }
  const dead = changes.filter(({ thing }) => thing.kind === 'severed');
  const others = changes.filter((change) => !dead.includes(change));
  const refusal = others.length > 0 ? await applyByIp(tools.exec, others) : undefined;
  for (const change of dead) await applyByIp(tools.exec, [change]);
  const refused = refusal && others[refusal.index];
  if (refused) return { ...refusal, index: changes.indexOf(refused) };
  if (others.some(({ verb, thing }) => verb === 'del' && thing.kind === 'limit')) forgetLimit(tools);
  return undefined;
}
