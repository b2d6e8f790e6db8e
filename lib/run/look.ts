import { RED } from '../actuators/red/places.js';
import { PRIMARY } from '../actuators/red/role.js';
import { EXIT, type ExitCode, explain } from '../explain.js';
import type { Config, Now, State } from '../model.js';
import { steeringOf } from '../optional.js';
import type { Platform } from '../platform/platform.js';
import { toJson } from '../report/json.js';
import type { RedSight } from '../report/red.js';
import { statusJson, statusLines } from '../report/status.js';
import { takeSurvey } from '../report/survey.js';
import { forget } from '../state/recent.js';
import { readClock } from '../system/clock.js';
import { isStopped, startCommands } from '../system/service.js';
import { exists } from '../system/tree.js';
import type { Red } from '../uplink.js';
import { createLook, view } from '../view.js';
import { readOrKept, understand } from './configuration.js';
import type { Context } from './context.js';
import { pendingBy } from './pending.js';
import { exitCodeOf, keptConfiguration, requireState } from './store.js';

/** ms. It asks for the age of a file. */
const STAT_TIMEOUT = 2000;

/** What the last round found and what the kernel's table is now, as lines. Probes nothing, changes nothing. */
export async function look(context: Context): Promise<{ lines: string[]; exitCode: ExitCode }> {
  const { engine, options, complain } = context;
  // A configuration that cannot be read does not keep anybody from looking.
  const platform = await context.platform();
  const config = await readConfig(context, platform);
  const last = (await readLast(context, platform)) ?? config;
  const remembered = requireState(engine, options.state);
  const stopped = isStopped(engine);
  const state = stopped ? forget(remembered) : remembered;
  // While it is stopped, no route of ours is wanted.
  const shown =
    last && !stopped
      ? await createLook(platform, last, state, readClock(engine).bootId)()
      : { seen: await platform.observe(), paths: [] };
  const { seen } = shown;
  const isEdited = config && !stopped && JSON.stringify(config) !== JSON.stringify(last);
  const now = readClock(engine);
  const actuators = await platform.actuators(config ?? last, seen);
  const steering = config && (await steeringOf(config));
  const survey = takeSurvey(pendingBy(actuators, state, now, steering?.steersOf), last, state, shown, now, {
    ...(stopped ? { stopped: startCommands(engine) } : {}),
    ...(seen.red ? { red: await redSight(context, seen.red, config ?? last) } : {}),
    ...(isEdited ? { edited: { config, paths: (await view(config, seen, state)).paths } } : {}),
  });
  const shaping = await shapingSight(context, config ?? last, now);
  if (shaping) survey.shaping = shaping;
  const others = await routerosSight(context, config ?? last, now);
  if (others) survey.routeros = others;
  if (config?.quotaPath !== undefined && !stopped) survey.uses = await usesOf(context, state);
  for (const text of [...seen.blind, ...(seen.blind6 === undefined ? [] : [seen.blind6])]) complain([text]);
  return {
    lines: options.json ? [toJson(statusJson(survey))] : statusLines(survey, await context.colour()),
    exitCode: config && !config.enabled ? EXIT.ok : exitCodeOf(state),
  };
}

/** How much WANs with a quota have used. */
async function usesOf(context: Context, state: State) {
  return (await import('./quota.js')).lastUses(context, state);
}

/** How the lines are that are kept quick. */
async function shapingSight({ engine, options }: Context, config: Config | undefined, now: Now) {
  if (!config?.shapers) return undefined;
  const [{ showShaping }, { loadShape }] = await Promise.all([
    import('../report/shape.js'),
    import('./shape-store.js'),
  ]);
  return showShaping(config.shapers, loadShape(engine, options.state, now.bootId), now);
}

/** How the RouterOS machines are that are steered, or were. */
async function routerosSight({ engine, options }: Context, config: Config | undefined, now: Now) {
  if (!config?.routeros && !exists(engine, `${options.state}.routeros`)) return undefined;
  const [{ showRouteros }, { loadRouteros }] = await Promise.all([
    import('../report/routeros.js'),
    import('./routeros-store.js'),
  ]);
  const names = config?.routeros?.map(({ name }) => name) ?? [];
  return showRouteros(names, loadRouteros(engine, options.state, now.bootId), now);
}

/** For how long RED has been up is the age of a file of IPFire's. */
async function redSight({ engine, exec }: Context, red: Red, config: Config | undefined): Promise<RedSight> {
  const { stdout } = await exec.start('stat', ['-c', '%Y', `${RED}/active`], { timeout: STAT_TIMEOUT }).finished;
  const since = readClock(engine).wall - Number(stdout.trim());
  const backups = config?.wans.filter(({ name }) => name !== PRIMARY).map(({ name }) => name) ?? [];
  return { red, backups, ...(red.active && stdout !== '' && since >= 0 ? { since } : {}) };
}

async function readConfig({ options, engine, complain }: Context, platform: Platform): Promise<Config | undefined> {
  try {
    const source = await readOrKept(platform, engine, options.config, keptConfiguration(engine, options.state));
    if (source.fault !== undefined) complain([source.fault]);
    return (await understand(platform, options.config, source)).config;
  } catch (error) {
    complain(explain(error).lines.slice(0, 1));
    return undefined;
  }
}

/** The configuration as the last round took it, which is kept beside the state; undefined if it is not there. */
async function readLast({ options, engine }: Context, platform: Platform): Promise<Config | undefined> {
  const text = keptConfiguration(engine, options.state);
  try {
    return text === undefined
      ? undefined
      : (await understand(platform, options.config, { text, merged: false })).config;
  } catch {
    // What cannot be read says as little.
    return undefined;
  }
}
