import { ENABLED, STATE } from '../actuators/red/places.js';
import { EXIT, type ExitCode } from '../explain.js';
import { toJson } from '../report/json.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { handBack } from '../run/hand-back.js';
import { requireIpfire } from '../run/ipfire.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { log } from '../system/log.js';
import { exists, takeAway } from '../system/tree.js';
import { removeOurs } from './restore.js';

/** Turns mini-mwan off: fails back, hands the line to IPFire, and has no round do anything from then on. */
export async function disable(context: Context): Promise<ExitCode> {
  const { options, say } = context;
  requireIpfire(context, 'disable');
  requireRoot(context, 'disable');
  return withLock(context, LAST_PATIENCE, async (unlocked) => {
    if (unlocked !== undefined) context.complain([unlocked]);
    const { was, exitCode, up } = await turnOff(options.json ? { ...context, say: () => {} } : context);
    if (options.json) say(toJson({ enabled: exitCode === EXIT.routes && was, red_active: up }));
    else if (exitCode !== EXIT.routes)
      say(was ? "mini-mwan is disabled; RED is IPFire's own" : 'it was disabled already');
    return exitCode;
  });
}

/** The same for who has the lock. `was`: it was turned on. `up`: RED is there. */
export async function turnOff(context: Context): Promise<{ was: boolean; exitCode: ExitCode; up: boolean }> {
  const { engine, exec, complain } = context;
  const was = exists(engine, ENABLED);
  const { exitCode, up } = await handBack(context, removeOurs);
  // Rounds go on trying.
  if (exitCode === EXIT.routes) return { was, exitCode, up };
  takeAway(engine, ENABLED);
  if (was) {
    await exec.start('sync', [STATE], { timeout: 10_000, output: 'none' }).finished;
    await log(context, [{ priority: 'notice', text: "disabled by hand; RED is IPFire's own" }]);
  }
  if (!up) complain(['RED is not up: IPFire goes on by itself, or waits to be told', '  see: /var/log/messages']);
  return { was, exitCode: up ? EXIT.ok : EXIT.noneUp, up };
}
