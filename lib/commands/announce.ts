import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { asList, asRecord, type Json, parseJson } from '../json.js';
import type { Announcements } from '../report/announcement.js';
import { safe } from '../report/words.js';
import { exposureProblem } from '../run/configuration.js';
import type { Context } from '../run/context.js';
import { runPlugins } from '../run/plugins.js';
import { startAgain } from '../run/restart.js';
import { MAX_BYTES } from '../system/files.js';
import { runHook } from '../system/hooks.js';
import { takeLock } from '../system/lock.js';
import { log } from '../system/log.js';
import { leaveService } from '../system/service.js';
import { findExposure } from '../system/trust.js';

/** ms that a hook may take. One that wants longer can go to the background itself. */
const LIMIT = 30_000;
/** ms to wait for the hooks of the rounds before. */
const PATIENCE = 90_000;

/** Does what is to be done behind a round. Started by `check`, not by people. */
export async function announceAll(context: Context): Promise<ExitCode> {
  const { engine } = context;
  const { plugins, restart, ...hooks } = parse(parseJson(await engine.input(MAX_BYTES).catch(() => '')));
  leaveService(engine);
  // None of it waits for another.
  const [exitCode] = await Promise.all([
    hooks.list.length === 0 ? EXIT.ok : runHooks(context, hooks),
    plugins && runPlugins(context, plugins),
    restart && startAgain(context, restart),
  ]);
  return exitCode;
}

/** Runs the hooks for what a round found, one after the other, as netifd does. */
async function runHooks(context: Context, { hotplug, notify, list }: Announcements): Promise<ExitCode> {
  const { engine, exec, options } = context;
  const run = async (program: string, args: string[], env: Record<string, string>) => {
    const failure = await runHook(exec, program, args, env, LIMIT);
    if (failure === undefined) return;
    const text = `${program}, ${env.ACTION} of ${env.INTERFACE}: ${failure}`;
    await log(context, [{ priority: 'err', text: safe(text, 400) }]);
  };
  // In the order of the rounds: a script that hears last that a WAN is up must be right.
  const path = `${options.state}.announce.lock`;
  const lock = await takeLock(context, path, PATIENCE).catch(() => undefined);
  if (!lock) {
    await log(context, [
      { priority: 'err', text: `the hooks of a round before hang; ${list.length} transitions are not told` },
    ]);
    return EXIT.cannotRun;
  }
  const exposed = notify === undefined ? undefined : findExposure(engine, notify);
  if (exposed) await log(context, [{ priority: 'warning', text: safe(exposureProblem(exposed).text, 400) }]);
  for (const { event, full, crossing } of list) {
    if (hotplug !== undefined && crossing) await run(hotplug, ['iface'], event);
    if (notify !== undefined) await run(notify, [], full);
  }
  lock.release();
  return EXIT.ok;
}

function parse(json: Json): Announcements {
  const { hotplug, notify, list, plugins, restart } = asRecord(json) ?? {};
  const known = asList(list)?.every(
    (entry) => isVariables(asRecord(entry)?.event) && isVariables(asRecord(entry)?.full),
  );
  const programs = [hotplug, notify].every((program) => program === undefined || typeof program === 'string');
  const isWork = [asRecord(plugins)?.plugins, asRecord(plugins)?.notices].every(asList);
  const isRestart = typeof asRecord(restart)?.name === 'string';
  if (known && programs && (isWork || plugins === undefined) && (isRestart || restart === undefined))
    return json as Announcements;
  throw new Trouble(EXIT.config, 'announce is started by check, with what it found');
}

function isVariables(json: Json): boolean {
  const record = asRecord(json);
  return record !== undefined && Object.values(record).every((value) => typeof value === 'string');
}
