import type { Engine } from '../../engine/engine.js';
import type { Change } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import { forgetLimit, rememberLimit } from '../../system/mptcp-limit.js';
import type { Refusal } from '../actuator.js';
import { apply as applyByIp } from '../routes/apply.js';
import type { Thing } from './thing.js';

/** Makes the changes by one `ip`. The limit that is raised is remembered before, and forgotten once it is as it was. */
export async function apply(
  { exec, engine }: { exec: Exec; engine: Engine },
  changes: Change<Thing>[],
): Promise<Refusal | undefined> {
  const limit = changes.find(({ thing }) => thing.kind === 'limit');
  if (limit?.verb === 'add') await rememberLimit(engine, exec);
  const refusal = await applyByIp(exec, changes);
  if (!refusal && limit?.verb === 'del') forgetLimit(engine);
  return refusal;
}
