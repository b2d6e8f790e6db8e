import { changeValues, readValues } from './values.js';

const KEY = 'BACKUP_PROFILES';

/** mwan/settings as it is made where there is none, with the names of the profiles that there are. */
export function defaultSettings(profiles: string[]): string {
  return changeValues('', {
    CHECK_INTERVAL: '30',
    CHECK_HOST: '8.8.8.8 1.1.1.1',
    MAX_RETRIES: '3',
    FAILBACK_DELAY: '300',
    FAILBACK_ATTEMPTS: '3',
    [KEY]: profiles.join(' '),
  });
}

/** The names in BACKUP_PROFILES, in their order. */
export function profilesIn(settings: string): string[] {
  const { values } = readValues(settings, { ours: true });
  return (values[KEY] ?? '').split(/[\s,]+/).filter(Boolean);
}

/** The settings with one more profile, behind the others; undefined if it is in them. All other lines stay as they are. */
export function withProfile(settings: string, name: string): string | undefined {
  const names = profilesIn(settings);
  if (names.includes(name)) return undefined;
  return changeValues(settings, { [KEY]: [...names, name].join(' ') }, { ours: true });
}
