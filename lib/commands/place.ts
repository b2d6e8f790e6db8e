import { dirname, resolve } from 'node:path';
import { EXIT, fileError, Trouble } from '../explain.js';
import { runHook } from '../system/hooks.js';
import { exists, isFolder, look, trueFolder } from '../system/tree.js';
import type { Context } from './context.js';

/** Where install lays down and uninstall takes away. */
export interface Place {
  /** Goes in front of every path: empty for this system. */
  root: string;
  /** This system, whose services are started and stopped. */
  live: boolean;
  openwrt: boolean;
  crontabs: boolean;
}

/** Package managers' records: opkg's up to OpenWrt 24.10, then apk's. */
const RECORDS = ['/usr/lib/opkg/info/mini-mwan.control', '/lib/apk/packages/mini-mwan.list'];

/** ms. `stop` waits for a round that is under way. */
const SERVICE_TIMEOUT = 90_000;

/** @param root as given with --root; undefined: this system */
export async function findPlace({ io }: Context, command: string, root: string | undefined): Promise<Place> {
  const live = root === undefined;
  if (live && io.uid !== 0) {
    const remedy = [`in a folder of your own: mini-mwan ${command} --root DIR`];
    throw new Trouble(EXIT.cannotRun, `${command} changes /etc and /usr and must be run as root`, remedy);
  }
  if (root === '') throw new Trouble(EXIT.config, '--root needs the name of a folder', ['see: mini-mwan --help']);
  const base = live ? '' : resolve(root).replace(/\/$/, '');
  if (!live && !(await isFolder(resolve(root)))) {
    throw new Trouble(EXIT.config, `--root ${root}: there is no such folder`, ['name one that is there, or make it']);
  }
  for (const record of RECORDS) {
    if (!(await exists(base + record))) continue;
    const remedy = ['to update it: opkg install mini-mwan_VERSION_all.ipk', 'to remove it: opkg remove mini-mwan'];
    throw new Trouble(EXIT.cannotRun, `${base}${record}: mini-mwan is here as a package`, remedy);
  }
  const openwrt = await exists(`${base}/etc/openwrt_release`);
  return { root: base, live, openwrt, crontabs: openwrt || (await exists(`${base}/etc/crontabs`)) };
}

/** Text of the running program: the build is one file, so it is the one that this code is in. */
export async function readProgram(): Promise<string> {
  const path = import.meta.filename;
  const content = (await at(path, 'read', () => look(path)))?.content;
  if (!content) throw new Trouble(EXIT.cannotRun, `the program is no longer at ${path}`);
  return content.toString();
}

/** Does something with a path; what goes wrong becomes a Trouble. */
export async function at<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(EXIT.cannotRun, `${path} cannot be ${what}: ${fileError(error)}`, [
      'what was done before that is listed above; once it is mended, run it again',
    ]);
  }
}

/** A link in the tree could lead out of it: nothing is written there. */
export async function stayInside(root: string, path: string): Promise<void> {
  if (root === '') return;
  const inside = await at(root, 'read', () => trueFolder(root));
  const folder = await at(path, 'reached', () => trueFolder(dirname(path)));
  if (folder === inside || folder.startsWith(`${inside}/`)) return;
  throw new Trouble(EXIT.cannotRun, `${dirname(path)} leads out of ${root}, to ${folder}; nothing is changed there`);
}

/** Asks the services of an OpenWrt system, as a package does; a failure is told, and stops nothing. */
export async function runServices({ exec, complain }: Context, calls: [name: string, action: string][]): Promise<void> {
  for (const [name, action] of calls) {
    const script = `/etc/init.d/${name}`;
    if (!(await exists(script))) continue;
    const failure = await runHook(script, [action], exec.env, SERVICE_TIMEOUT);
    if (failure !== undefined) complain([`${script} ${action}: ${failure}`]);
  }
}
