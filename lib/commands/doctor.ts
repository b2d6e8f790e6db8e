import { ETHERNET, PPP, PROFILES, ROLE, SETTINGS, STATE } from '../actuators/red/places.js';
import { parseRole } from '../actuators/red/role.js';
import { profilesIn } from '../config/ipfire/defaults.js';
import { readValues } from '../config/ipfire/values.js';
import {
  examineAbilities,
  examinePrograms,
  examineScripts,
  FILES,
  type Finding,
  NAMES,
  NETWORKING,
} from '../doctor/ipfire.js';
import { examineDialling, examineNames } from '../doctor/ipfire-settings.js';
import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { ipfireFiles } from '../install/ipfire.js';
import { dirname } from '../path.js';
import { toJson } from '../report/json.js';
import { count, safe } from '../report/words.js';
import type { Context } from '../run/context.js';
import { requireIpfire } from '../run/ipfire.js';
import { withProfiles } from '../run/profiles.js';
import type { Tools } from '../system/exec.js';
import { tryReadText, whoElseWrites } from '../system/files.js';
import { ground } from '../system/ipfire/ground.js';
import { readRole } from '../system/ipfire/look.js';
import { exists, list, look } from '../system/tree.js';
import type { Role } from '../uplink.js';

const MODEMS = ['QMI', 'MODEM', 'SERIAL'];
/** ms for a program that says what it can do. */
const TIMEOUT = 5000;

/** Says of each thing that mini-mwan stands on whether it is so on this IPFire; of use after a core update. Changes nothing. */
export async function doctor(context: Context): Promise<ExitCode> {
  requireIpfire(context, 'doctor');
  const findings = [
    ...examineScripts(readScripts(context)),
    ...examinePrograms(await findPrograms(context)),
    ...examineAbilities(await askPrograms(context)),
    ...examineOwn(context),
    ...(await examineCards(context)),
    ...examineFiles(context),
  ];
  const wrong = findings.filter((finding) => finding.wrong !== undefined);
  if (context.options.json) context.say(toJson({ works: wrong.length === 0, findings }));
  else {
    for (const finding of findings) for (const line of toLines(finding)) context.say(line);
    context.say(wrong.length === 0 ? 'all is as mini-mwan knows it' : count(wrong.length, 'problem'));
  }
  return wrong.length === 0 ? EXIT.ok : EXIT.noneUp;
}

function toLines({ what, wrong, means, remedy }: Finding): string[] {
  if (wrong === undefined) return [`ok      ${safe(what, 200)}`];
  const more = [means, remedy].flatMap((text) => (text === undefined ? [] : [`        ${safe(text, 300)}`]));
  return [`not ok  ${safe(`${what}: ${wrong}`, 300)}`, ...more];
}

function readScripts({ engine }: Context): Record<string, string | undefined> {
  const names = list(engine, NETWORKING).map((name) => `${NETWORKING}/${name}`);
  const all = names.map((path) => tryReadText(engine, path) ?? '').join('\n');
  const texts = FILES.map((file) => [file, file === NETWORKING ? all : tryReadText(engine, file)]);
  return Object.fromEntries(texts);
}

async function findPrograms({ exec }: Context): Promise<Set<string>> {
  const found = await Promise.all(NAMES.map(async (name) => ({ name, path: await exec.find(name) })));
  return new Set(found.flatMap(({ name, path }) => (path === undefined ? [] : [name])));
}

async function askPrograms({ exec }: Context) {
  const ask = async (program: string, ...args: string[]) => {
    const { stdout } = await exec.start(program, args, { timeout: TIMEOUT, output: 'mixed' }).finished;
    return stdout;
  };
  const [address, dhcpcd] = await Promise.all([ask('ip', '-j', 'addr', 'show', 'dev', 'lo'), ask('dhcpcd', '--help')]);
  return { address, dhcpcd };
}

/** What install has laid down. */
function examineOwn({ engine }: Context): Finding[] {
  return ipfireFiles().map(({ path, bytes, mode }): Finding => {
    const found = exists(engine, path) ? look(engine, path) : undefined;
    const what = `${path} is ours`;
    const means = 'mini-mwan does not run by itself as it should';
    const wrong = !found
      ? 'it is not there'
      : found.content !== bytes
        ? 'it is another one'
        : (found.mode & mode) !== mode
          ? 'it cannot be run'
          : undefined;
    return { what, ...(wrong === undefined ? {} : { wrong, means, remedy: 'mini-mwan install' }) };
  });
}

/** The network cards of the lines in use; which those are is not known where nobody knows who the primary is. */
async function examineCards(context: Context): Promise<Finding[]> {
  const [, damage] = roleOf(context);
  if (damage !== undefined) return [];
  const files = await ground(context).files();
  const { wans } = withProfiles(files, profilesIn(files.settings ?? '')).config;
  // A modem's device is named by its driver.
  const devices = wans.flatMap(({ uplink }) => (uplink && !MODEMS.includes(uplink.type) ? [uplink.device] : []));
  return examineNames(readValues(tryReadText(context.engine, ETHERNET) ?? '').values, devices);
}

/** Files of IPFire's and of ours as they are now. */
function examineFiles({ engine, exec }: Context): Finding[] {
  const text = (path: string) => readValues(tryReadText(engine, path) ?? '').values;
  const [role, damage] = roleOf({ engine, exec });
  const [file, folder] = [engine.files.stat(ETHERNET), engine.files.stat(dirname(ETHERNET))];
  const isOwned = file?.uid === folder?.uid && ((file?.mode ?? 0) & 0o600) === 0o600;
  return [
    ...(role?.dialled === undefined ? examineDialling(text(ETHERNET), text(PPP)) : []),
    {
      what: `${ETHERNET} can be saved by the web interface`,
      ...(isOwned
        ? {}
        : {
            wrong: 'it does not belong to it',
            means: 'what is set there is lost',
            remedy: `chown --reference=${dirname(ETHERNET)} ${ETHERNET} && chmod 644 ${ETHERNET}`,
          }),
    },
    {
      what: `${ROLE} can be read`,
      ...(damage === undefined
        ? {}
        : {
            wrong: damage,
            means: 'no round can tell what is to become of RED',
            remedy: `set RED to what it is to be, by setup, and: rm ${ROLE}`,
          }),
    },
    ...[SETTINGS, PROFILES, STATE, dirname(SETTINGS)].flatMap((path): Finding[] => {
      const found = engine.files.stat(path);
      if (!found) return [];
      const reason = whoElseWrites(engine, found);
      const means = 'whoever may could have mini-mwan do as they like';
      const remedy = `chown root ${path} && chmod go-w ${path}`;
      return [
        { what: `${path} is for root to write`, ...(reason === undefined ? {} : { wrong: reason, means, remedy }) },
      ];
    }),
  ];
}

/** What must last, or why it cannot be read. */
function roleOf(tools: Tools): [role: Role | undefined, damage?: string] {
  try {
    return [parseRole(readRole(tools) ?? '')];
  } catch (error) {
    if (error instanceof Trouble) return [undefined, error.message];
    throw error;
  }
}
