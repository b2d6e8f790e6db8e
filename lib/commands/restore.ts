import { EXIT, type ExitCode, fileError } from '../explain.js';
import type { Change, Problem } from '../model.js';
import { remedyLines } from '../platform/platform.js';
import { reconcile } from '../reconcile.js';
import { toJson } from '../report/json.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { dropAnswer } from '../run/store.js';
import { setHashPolicy } from '../system/hash-policy.js';
import { LAST_PATIENCE } from '../system/lock.js';

/** Removes every route of ours and nothing else. Needs no configuration: what is ours is marked in the kernel. */
export async function restore(context: Context): Promise<ExitCode> {
  requireRoot(context, 'restore');
  return withLock(context, LAST_PATIENCE, async (unlocked) => {
    if (unlocked !== undefined) context.complain([unlocked]);
    return removeOurs(context);
  });
}

/** The same for who has the lock. */
export async function removeOurs(context: Context): Promise<ExitCode> {
  const platform = await context.platform();
  // Without any WAN, nothing is wanted.
  const look = async () => ({ seen: await platform.observe(), paths: [] });
  const course = { mode: 'failover' as const, sticky: false };
  const removed: Change[] = [];
  const problems: Problem[] = [];
  let refused = false;
  for (const actuator of await platform.actuators()) {
    const task = { actuator, course, look, changing: () => {}, dryRun: false };
    const done = await reconcile(task, await look(), new Map());
    removed.push(...done.changes);
    problems.push(...done.problems);
    refused ||= done.refused;
  }
  const policy = resetHashPolicy(context);
  dropAnswer(context.engine, context.options.state);
  if (context.options.json) context.say(toJson({ removed: removed.length }));
  else for (const { sentence } of removed) context.say(sentence);
  if (policy !== undefined && !context.options.json) context.say(policy);
  for (const problem of problems) {
    const lines = await remedyLines(platform, problem);
    context.complain([problem.text, ...lines.map((line) => `  ${line}`)]);
  }
  return refused ? EXIT.routes : EXIT.ok;
}

function resetHashPolicy({ engine, options, complain }: Context): string | undefined {
  try {
    return setHashPolicy(engine, options.state, undefined);
  } catch (error) {
    complain([`the hash policy cannot be set to what it was: ${fileError(error)}`]);
    return undefined;
  }
}
