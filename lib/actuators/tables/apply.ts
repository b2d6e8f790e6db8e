import type { Change } from '../../model.js';
import type { Clients } from '../../system/dhcpcd.js';
import type { Exec } from '../../system/exec.js';
import type { Refusal } from '../actuator.js';
import { inOrder } from './in-order.js';
import type { Thing } from './thing.js';

/** How it is done: by `ip` and dhcpcd, and in the files of our clients. */
export interface Means {
  exec: Exec;
  clients: Clients;
}

/** ms. dhcpcd goes into the background at once, and waits at the most ten seconds for one that is to end. */
const DHCPCD_TIMEOUT = 15_000;

/** Makes the changes in their order: by one `ip` what it can do at a time, and clients by dhcpcd. */
export function apply(means: Means, changes: Change<Thing>[]): Promise<Refusal | undefined> {
  const isClient = ({ thing }: Change<Thing>) => thing.kind === 'client';
  return inOrder(means.exec, changes, isClient, (change) => applyClient(means, change));
}

async function applyClient(
  { exec, clients }: Means,
  { verb, thing, command: [program = '', ...args] }: Change<Thing>,
): Promise<Refusal | undefined> {
  if (thing.kind !== 'client') return undefined;
  // What it leaves in the background must not be waited for.
  const run = () => exec.start(program, args, { timeout: DHCPCD_TIMEOUT, output: 'none' }).finished;
  if (verb !== 'del') clients.prepare(thing.device);
  const { exitCode, failure } = await run();
  const reason = failure ?? `exit ${exitCode}`;
  if (verb !== 'del') return exitCode === 0 ? undefined : { index: 0, reason };
  // It may have ended by itself.
  if (clients.isRunning(thing.device)) return { index: 0, reason };
  clients.end(thing.device);
  return undefined;
}
