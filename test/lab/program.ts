import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The built program, as it is started on each engine: what ships is what is tested. */
export const QUICKJS = [
  ...(process.env.MINI_MWAN_ENGINE ?? 'qjs --no-unhandled-rejection --strip-source -m').split(' '),
  resolve('dist/quickjs/main.js'),
];
export const NODE = [process.execPath, resolve('dist/node/main.mjs')];

/** The scripts that the system runs, as they lie in /usr/lib/mini-mwan. */
export interface Scripts {
  /** For cron. */
  minute: string;
  /** For netifd. */
  hook: string;
  /** What both share. */
  functions: string;
}

/**
 * Lays the scripts down in a folder, as install does in /usr/lib/mini-mwan.
 *
 * @param program how they start the program: words
 */
export async function layScripts(folder: string, program: string[]): Promise<Scripts> {
  await mkdir(folder, { recursive: true });
  const lay = async (file: string, name: string) => {
    const path = join(folder, name);
    // A copy first, for its mode.
    await copyFile(file, path);
    await writeFile(path, (await readFile(file, 'utf8')).replaceAll('/usr/lib/mini-mwan', folder));
    return path;
  };
  await writeFile(join(folder, 'engine'), `engine='${program.join(' ')}'\ncan_run() { :; }\n`);
  const functions = await lay('lib/launch/functions', 'functions');
  return {
    functions,
    minute: await lay('cron/minute', 'minute'),
    hook: await lay('hotplug/iface/25-mini-mwan', 'hook'),
  };
}

/** A command that starts the program. */
export function commandText(program: string[]): string {
  return `#!/bin/sh\nexec ${program.join(' ')} "$@"\n`;
}
