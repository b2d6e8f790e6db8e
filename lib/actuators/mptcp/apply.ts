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
  const limit = changes.find(({ thing }) => thing.kind === 'limit');
  if (limit?.verb === 'add' && !(await rememberLimit(tools)))
    return { index: changes.indexOf(limit), reason: 'what it was cannot be kept beside the state file' };
  const [dead, others] = [true, false].map((is) => changes.filter(({ thing }) => (thing.kind === 'severed') === is));
  const refusal = others && others.length > 0 ? await applyByIp(tools.exec, others) : undefined;
  const refused = refusal && others?.[refusal.index];
  for (const change of dead ?? []) await applyByIp(tools.exec, [change]);
  if (refused) return { ...refusal, index: changes.indexOf(refused) };
  if (limit?.verb === 'del') forgetLimit(tools);
  return undefined;
}
