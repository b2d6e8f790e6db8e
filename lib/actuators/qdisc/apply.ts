import type { Change } from '../../model.js';
import type { Tools } from '../../system/exec.js';
import { forgetQueue, rememberQueue } from '../../system/queues.js';
import type { Refusal } from '../actuator.js';
import { HANDLE, placeOf, type Thing } from './thing.js';

/** ms that `tc` and `ip` get for one change. They take a few; the kernel may load a module first. */
export const TC_TIMEOUT = 5000;

/** Makes the changes one after the other. What a rate was is remembered before it is changed, and forgotten once it is put back. */
export async function apply(tools: Tools, changes: Change<Thing>[]): Promise<Refusal | undefined> {
  for (const [index, { verb, thing, command }] of changes.entries()) {
    if (verb !== 'del' && !remember(tools, thing))
      return { index, reason: 'what it was cannot be kept beside the state file' };
    const [program = '', ...args] = command;
    const { exitCode, stderr, failure } = await tools.exec.start(program, args, { timeout: TC_TIMEOUT }).finished;
    const reason = failure ?? (stderr.trim() || `exit ${exitCode}`);
    // What has been refused is not there; of what does not end, nobody knows.
    if (exitCode !== undefined && exitCode !== 0 && verb === 'add') forgetQueue(tools, keptAs(thing));
    if (exitCode !== 0) return { index, reason };
    if (verb === 'del' && thing.kind !== 'redirect') forgetQueue(tools, keptAs(thing));
  }
  return undefined;
}

function remember(tools: Tools, thing: Thing): boolean {
  switch (thing.kind) {
    case 'rate': {
      const { former, qdisc } = thing;
      return rememberQueue(tools, thing.device, {
        handle: qdisc.handle,
        ...(former === 'unlimited' ? {} : { rate: former }),
      });
    }
    // That something of ours is there is known by it when nobody asks for it any more.
    case 'cake':
    case 'ingress':
      rememberQueue(tools, keptAs(thing), { handle: HANDLE });
      return true;
    default:
      return true;
  }
}

function keptAs({ kind, device }: Thing): string {
  return kind === 'ingress' ? placeOf(device) : device;
}
