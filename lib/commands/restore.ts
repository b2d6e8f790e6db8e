import { EXIT, type ExitCode } from '../explain.js';
import { toSentence } from '../report/change.js';
import { steer } from '../steer.js';
import { type Context, dropAnswer, requireRoot, withLock } from './context.js';

/** Removes every route of ours and nothing else. Needs no configuration: what is ours is marked in the kernel. */
export async function restore(context: Context): Promise<ExitCode> {
  requireRoot(context, 'restore');
  return withLock(context, async (unlocked) => {
    if (unlocked !== undefined) context.complain([unlocked]);
    const exitCode = await removeOurs(context);
    await dropAnswer(context.options.state);
    return exitCode;
  });
}

async function removeOurs(context: Context): Promise<ExitCode> {
  const platform = await context.platform();
  // Without any WAN, nothing is wanted.
  const look = async () => ({ seen: await platform.observe(), uplinks: [] });
  const helm = { mode: 'failover' as const, platform, look, changing: () => {}, dryRun: false };
  const { changes, problems, refused } = await steer(helm, await look(), new Map());
  if (context.options.json) context.say(JSON.stringify({ removed: changes.length }));
  else for (const change of changes) context.say(toSentence(change));
  for (const { text, remedy = [] } of problems) context.complain([text, ...remedy.map((line) => `  ${line}`)]);
  return refused ? EXIT.routes : EXIT.ok;
}
