import { ENABLED, SETTINGS } from '../actuators/red/places.js';
import { EXIT, type ExitCode } from '../explain.js';
import { toJson } from '../report/json.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { requireIpfire } from '../run/ipfire.js';
import { at } from '../run/place.js';
import { knownProfiles, makeFolders, makeSettings } from '../run/profiles.js';
import { ground } from '../system/ipfire/ground.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { log } from '../system/log.js';
import { exists, layDown } from '../system/tree.js';
import { check } from './check.js';

/** What fcron runs every minute, once installed. */
const JOB = '/etc/fcron.minutely/mini-mwan';

/** Turns mini-mwan on, and runs a round if there is a line to fail over to. */
export async function enable(context: Context): Promise<ExitCode> {
  const { engine, options } = context;
  requireIpfire(context, 'enable');
  requireRoot(context, 'enable');
  const { was, made, lines } = await withLock(context, LAST_PATIENCE, () => turnOn(context));
  const say = (text: string) => options.json || context.say(text);
  if (made) say(`created    ${SETTINGS}`);
  say(was ? 'mini-mwan was enabled already' : 'mini-mwan is enabled');
  const ready = lines
    .filter(({ place, wan }) => place !== undefined && wan.unusable === undefined)
    .map(({ name }) => name);
  const idle = lines.filter(({ place }) => place === undefined).map(({ name }) => name);
  const driven = exists(engine, JOB);
  const next = [
    ...(driven ? [] : ['nothing runs rounds yet: mini-mwan install']),
    ...(ready.length > 0
      ? []
      : idle.length > 0
        ? [`in ${SETTINGS}: BACKUP_PROFILES='${idle.join(' ')}'`]
        : ['mini-mwan profile create NAME']),
  ];
  if (options.json) context.say(toJson({ enabled: true, settings_created: made, backups: ready, next }));
  else if (ready.length > 0) say(`backup lines, in this order: ${ready.join(', ')}`);
  else say('there is no backup line yet that can be used');
  if (!options.json && next.length > 0) for (const line of ['next:', ...next.map((line) => `    ${line}`)]) say(line);
  return ready.length === 0
    ? EXIT.ok
    : check(options.json ? { ...context, say: () => {} } : context, { dryRun: false });
}

async function turnOn(context: Context) {
  const { engine } = context;
  const files = await ground(context).files();
  const was = files.enabled;
  const made = at(SETTINGS, 'written', () => {
    makeFolders(context);
    return makeSettings(context, Object.keys(files.profiles).sort());
  });
  // The last thing: with it, rounds begin.
  at(ENABLED, 'written', () => layDown(engine, ENABLED, '', 0o644));
  if (!was) await log(context, [{ priority: 'notice', text: 'enabled by hand' }]);
  return { was, made, lines: knownProfiles(await ground(context).files()) };
}
