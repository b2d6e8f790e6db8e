import manifest from '../package.json' with { type: 'json' };

/** What the program is called and does, and which it is. */
export const { version, description } = manifest;

/** For people: `0.1.0 (QuickJS)`. @param engine its name */
export function versionText(engine: string): string {
  return `${version} (${engine})`;
}
