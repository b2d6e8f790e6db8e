import { MWAN, PROFILES, SETTINGS, STATE } from '../actuators/red/places.js';
import { defaultSettings, profilesIn } from '../config/ipfire/defaults.js';
import { isProfileName } from '../config/ipfire/profile.js';
import { type Files, readIpfire } from '../config/ipfire/settings.js';
import type { Config, Problem, Wan } from '../model.js';
import { tryReadText, writeAtomically } from '../system/files.js';
import { replaceKept } from '../system/ipfire/replace.js';
import { exists, isFolder } from '../system/tree.js';
import type { Context } from './context.js';

/** A profile, and what is made of it. */
export interface Known {
  name: string;
  /** Its place among the backup lines, from 1; absent: it is not in use. */
  place?: number;
  wan: Wan;
  problems: Problem[];
}

/** All profiles as lines, those in use first; what the settings name and there is not is among them. */
export function knownProfiles(files: Files): Known[] {
  const used = profilesIn(files.settings ?? '');
  const others = Object.keys(files.profiles).filter((name) => isProfileName(name) && !used.includes(name));
  const { config, problems } = withProfiles(files, [...used, ...others.sort()]);
  return config.wans
    .filter(({ name }) => name !== 'primary')
    .map((wan) => ({
      name: wan.name,
      ...(used.includes(wan.name) ? { place: used.indexOf(wan.name) + 1 } : {}),
      wan,
      problems: problems.filter(({ option, value }) => isAbout(wan.name, option, value)),
    }));
}

/** The configuration as if it were turned on, with these lines in this order. */
export function withProfiles(files: Files, names: string[]): { config: Config; problems: Problem[] } {
  const settings = `${files.settings ?? ''}\nBACKUP_PROFILES='${names.join(' ')}'\n`;
  return readIpfire({ ...files, settings, enabled: true });
}

function isAbout(name: string, option: string | undefined, value: string | undefined): boolean {
  const isFile =
    option === `profile ${name}` || option?.startsWith(`profile ${name},`) || option?.startsWith(`profile ${name}:`);
  return isFile || (option === 'BACKUP_PROFILES' && value === name);
}

/** Makes the folders of the configuration, those with secrets for root only. */
export function makeFolders({ engine }: Context): void {
  for (const [path, mode] of [
    [MWAN, 0o755],
    [PROFILES, 0o700],
    [STATE, 0o700],
  ] as const) {
    if (!isFolder(engine, path)) engine.files.makeFolder(path, mode);
  }
}

/** Makes the settings where there are none; whether it did. */
export function makeSettings({ engine }: Context, profiles: string[]): boolean {
  if (exists(engine, SETTINGS)) return false;
  writeAtomically(engine, SETTINGS, defaultSettings(profiles));
  return true;
}

/** Changes the settings, whose owner and mode stay. */
export async function changeSettings(context: Context, change: (text: string) => string | undefined): Promise<boolean> {
  const text = change(tryReadText(context.engine, SETTINGS) ?? '');
  if (text === undefined) return false;
  await replaceKept(context, SETTINGS, text);
  return true;
}
