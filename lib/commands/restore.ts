import { ETHERNET } from '../actuators/red/places.js';
import { EXIT, type ExitCode, fileError } from '../explain.js';
import { remedyLines } from '../platform/platform.js';
import { reconcileAll } from '../reconcile.js';
import { toJson } from '../report/json.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { leaveRouteros } from '../run/routeros-leave.js';
import { dropShape } from '../run/shape-store.js';
import { dropAnswer, dropState } from '../run/store.js';
import { setHashPolicy } from '../system/hash-policy.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { exists } from '../system/tree.js';

/** Removes every route of ours and nothing else. Needs no configuration: what is ours is marked in the kernel. */
export async function restore(context: Context): Promise<ExitCode> {
  requireRoot(context, 'restore');
  return withLock(context, LAST_PATIENCE, async (unlocked) => {
    if (unlocked !== undefined) context.complain([unlocked]);
    const exitCode = await removeOurs(context);
    // By its old verdicts, the next round would take RED from the primary again: that one is to be tried.
    if (exists(context.engine, ETHERNET)) dropState(context.engine, context.options.state);
    return exitCode;
  });
}

/** The same for who has the lock. */
export async function removeOurs(context: Context): Promise<ExitCode> {
  // Before queues are put back: it would set them again.
  dropShape(context.engine, context.options.state);
  const platform = await context.platform();
  // Without any WAN, nothing is wanted.
  const look = async () => ({ seen: await platform.observe(), paths: [] });
  const actuators = await platform.actuators();
  const course = { mode: 'failover' as const, sticky: false };
  const task = { actuators, course, isLacking: false, look, changing: () => {}, dryRun: false };
  const first = await look();
  const { changes: removed, problems, refused } = await reconcileAll(task, first, new Map());
  const policy = resetHashPolicy(context);
  dropAnswer(context.engine, context.options.state);
  // Behind what is of this machine: another one may not answer.
  const elsewhere = await leaveRouteros(context);
  removed.push(...(elsewhere?.changes ?? []));
  if (context.options.json) context.say(toJson({ removed: removed.length }));
  else for (const { sentence } of removed) context.say(sentence);
  if (policy !== undefined && !context.options.json) context.say(policy);
  for (const problem of problems) {
    const lines = await remedyLines(platform, problem);
    context.complain([problem.text, ...lines.map((line) => `  ${line}`)]);
  }
  const { blind6 } = first.seen;
  if (blind6 !== undefined)
    context.complain([`${blind6}: what is there of it is left`, '  then again: mini-mwan restore']);
  if (elsewhere && elsewhere.problems.length > 0) context.complain(elsewhere.problems);
  const isLeft = refused || blind6 !== undefined || (elsewhere && elsewhere.problems.length > 0);
  return isLeft ? EXIT.routes : EXIT.ok;
}

function resetHashPolicy({ engine, options, complain }: Context): string | undefined {
  try {
    return setHashPolicy(engine, options.state, undefined);
  } catch (error) {
    complain([`the hash policy cannot be set to what it was: ${fileError(error)}`]);
    return undefined;
  }
}
