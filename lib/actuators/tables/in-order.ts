import type { Change } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Refusal } from '../actuator.js';
import { apply as applyByIp } from '../routes/apply.js';

/** Makes the changes in their order: by one `ip` what it can do at a time, the others by `applyOne`. Stops at the first refusal. */
export async function inOrder<T>(
  exec: Exec,
  changes: Change<T>[],
  isOther: (change: Change<T>) => boolean,
  applyOne: (change: Change<T>) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
  for (let index = 0; index < changes.length; ) {
    const change = changes[index] as Change<T>;
    const others = changes.slice(index).findIndex(isOther);
    const batch = others < 0 ? changes.slice(index) : changes.slice(index, index + others);
    const refusal = batch.length > 0 ? await applyByIp(exec, batch) : await applyOne(change);
    if (refusal) return { ...refusal, index: index + refusal.index };
    index += Math.max(1, batch.length);
  }
  return undefined;
}
