import { PROFILES, SETTINGS } from '../actuators/red/places.js';
import { profilesIn, withProfile } from '../config/ipfire/defaults.js';
import { CHOICES, fieldsOf, isOneLine, profileText, typeOf } from '../config/ipfire/new-profile.js';
import { isProfileName, TYPES } from '../config/ipfire/profile.js';
import { EXIT, type ExitCode, fileError, Trouble } from '../explain.js';
import { toJson } from '../report/json.js';
import { problemText, safe } from '../report/words.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { requireIpfire } from '../run/ipfire.js';
import { at } from '../run/place.js';
import { changeSettings, knownProfiles, makeFolders, makeSettings } from '../run/profiles.js';
import { readText, replaceFile } from '../system/files.js';
import { ground } from '../system/ipfire/ground.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { openTerminal } from '../system/terminal.js';
import { exists } from '../system/tree.js';
import type { Values } from '../uplink.js';

/** What can be given by options; all else is asked for. */
export interface Given {
  name: string;
  type?: string;
  device?: string;
  ip?: string;
  netmask?: string;
  gateway?: string;
  username?: string;
  /** File whose first line is the password. */
  passwordFile?: string;
  apn?: string;
  /** Number of one of IPFire's own dial profiles. */
  dialProfile?: string;
}

/** Makes a backup line: asks for what it must say, and writes it where all of it is right. */
export async function profileCreate(context: Context, given: Given): Promise<ExitCode> {
  const { name } = given;
  requireIpfire(context, 'profile create');
  requireRoot(context, 'profile create');
  requireFree(context, name);
  const values = await complete(context, given);
  if (!Object.values(values).every(isOneLine)) throw unwritten('a value has an end of line in it');
  const text = profileText(values);
  await examine(context, name, text);
  return withLock(context, LAST_PATIENCE, async () => {
    requireFree(context, name);
    const path = `${PROFILES}/${name}`;
    at(path, 'written', () => {
      makeFolders(context);
      replaceFile(context.engine, path, 0o600, (file) => context.engine.files.writeText(file, text));
    });
    const behind = await use(context, name);
    if (context.options.json) context.say(toJson({ created: path, backups: [...behind, name] }));
    else {
      context.say(`created    ${path}`);
      const after = behind.length > 0 ? `, behind ${behind.join(', ')}` : '';
      context.say(`${name} is in BACKUP_PROFILES of ${SETTINGS}${after}`);
      for (const line of ['next:', `    mini-mwan profile test ${name}`, '    mini-mwan enable']) context.say(line);
    }
    return EXIT.ok;
  });
}

function unwritten(why: string, remedy: string[] = []): Trouble {
  return new Trouble(EXIT.config, `${why}; nothing was written`, remedy);
}

function requireFree({ engine }: Context, name: string): void {
  if (!isProfileName(name))
    throw unwritten("not the name of a profile: 1 to 32 letters, digits, _ and -; 'primary' is IPFire's own line");
  const path = `${PROFILES}/${name}`;
  if (engine.files.lstat(path)) throw unwritten(`there is a profile '${name}' already`, [`it is: ${path}`]);
}

/** What the options say, and what is answered. */
async function complete(context: Context, given: Given): Promise<Values> {
  const { type, device = '', ip = '', netmask = '', gateway = '', username = '', apn = '', dialProfile } = given;
  const PASSWORD = given.passwordFile === undefined ? '' : readPassword(context, given.passwordFile);
  const options: Values = {
    DEVICE: device,
    IP: ip,
    NETMASK: netmask,
    GATEWAY: gateway,
    USERNAME: username,
    PASSWORD,
    APN: apn,
  };
  // All that it takes is in IPFire's own.
  if (dialProfile !== undefined)
    return { ...(type ? { TYPE: typeOf(type) } : {}), ...options, DIAL_PROFILE: dialProfile };
  const terminal = openTerminal(context);
  const list = CHOICES.map((choice, i) => `${i + 1} ${choice}`).join(', ');
  const TYPE = typeOf(type ?? (await terminal.ask(`type (${list}, or PPTP, VDSL): `)));
  if (!TYPES.some((known) => known === TYPE)) throw unwritten(`type '${safe(TYPE)}': not ${TYPES.join(' or ')}`);
  const values: Values = { TYPE, ...options };
  for (const { key, question, secret } of fieldsOf(TYPE)) {
    if (values[key] === '') values[key] = await terminal.ask(question, secret);
  }
  return values;
}

function readPassword({ engine }: Context, file: string): string {
  try {
    const [first] = (readText(engine, file) ?? '').split('\n');
    if (first) return first.replace(/\r$/, '');
  } catch (error) {
    throw unwritten(`--password-file ${file}: ${fileError(error)}`);
  }
  throw unwritten(`--password-file ${file}: its first line is to be the password, and there is none`);
}

/** Throws a Trouble where no line comes of it; says what else is odd. */
async function examine(context: Context, name: string, text: string): Promise<void> {
  const { complain, engine } = context;
  const files = await ground(context).files();
  const profiles = { ...files.profiles, [name]: text };
  const found = knownProfiles({ ...files, profiles }).find((known) => known.name === name);
  const said = (found?.problems ?? []).map(({ line: _, ...problem }) => problemText(problem, ''));
  if (!found || found.wan.unusable !== undefined)
    throw unwritten(said.shift() ?? found?.wan.unusable ?? 'no line comes of it', said);
  for (const words of said) complain([words]);
  const { device = '' } = found.wan.uplink ?? {};
  const path = device.startsWith('/') ? device : `/sys/class/net/${device}`;
  if (!exists(engine, path)) complain([`${device} is not there at the moment`]);
}

/** Names it in the settings. Returns those that come before it. */
async function use(context: Context, name: string): Promise<string[]> {
  const { profiles, settings } = await ground(context).files();
  const others = Object.keys(profiles).filter((other) => other !== name && isProfileName(other));
  if (at(SETTINGS, 'written', () => makeSettings(context, [...others.sort(), name]))) return others;
  await changeSettings(context, (text) => withProfile(text, name));
  return profilesIn(settings ?? '').filter((other) => other !== name);
}
