import { ETHERNET } from '../actuators/red/places.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, fileError, Trouble } from '../explain.js';
import { cgiPath, isFirst, PROGRAM, type Program } from '../install/files.js';
import { basename, dirname, resolve } from '../path.js';
import { runHook } from '../system/hooks.js';
import { exists, isFolder, list, readBytes, trueFolder } from '../system/tree.js';
import type { Context } from './context.js';

/** Where install lays down and uninstall takes away. */
export interface Place {
  /** Goes in front of every path: empty for this system. */
  root: string;
  /** This system, whose services are started and stopped. */
  live: boolean;
  openwrt: boolean;
  ipfire: boolean;
  crontabs: boolean;
  /** What a web server starts is there. */
  http: boolean;
}

/** Package managers' records, and what to do with a package: opkg's up to OpenWrt 24.10, then apk's. */
const RECORDS: [record: string, remedy: string[]][] = [
  [
    '/usr/lib/opkg/info/mini-mwan.control',
    ['to update it: opkg install mini-mwan_VERSION_all.ipk', 'to remove it: opkg remove mini-mwan'],
  ],
  [
    '/lib/apk/packages/mini-mwan.list',
    ['to update it: apk add --allow-untrusted mini-mwan-VERSION.apk', 'to remove it: apk del mini-mwan'],
  ],
];

/** ms. `stop` waits for a round that is under way. */
const SERVICE_TIMEOUT = 90_000;
/** ms. Slow flash, with much of others waiting, takes seconds. */
const FLUSH_TIMEOUT = 60_000;

/** @param root as given with --root; undefined: this system */
export function findPlace({ engine }: Context, command: string, root: string | undefined): Place {
  const live = root === undefined;
  if (live && engine.uid !== 0) {
    const remedy = [`in a folder of your own: mini-mwan ${command} --root DIR`];
    throw new Trouble(EXIT.cannotRun, `${command} changes /etc and /usr and must be run as root`, remedy);
  }
  if (root === '') throw new Trouble(EXIT.config, '--root needs the name of a folder', ['see: mini-mwan --help']);
  const base = live ? '' : resolve(engine.folder, root).replace(/\/$/, '');
  if (!live && !isFolder(engine, base === '' ? '/' : base)) {
    throw new Trouble(EXIT.config, `--root ${root}: there is no such folder`, ['name one that is there, or make it']);
  }
  for (const [record, remedy] of RECORDS) {
    if (!exists(engine, base + record)) continue;
    throw new Trouble(EXIT.cannotRun, `${base}${record}: mini-mwan is here as a package`, remedy);
  }
  const openwrt = exists(engine, `${base}/etc/openwrt_release`);
  const ipfire = !openwrt && exists(engine, base + ETHERNET);
  return {
    root: base,
    live,
    openwrt,
    ipfire,
    http: !ipfire && exists(engine, base + cgiPath({ openwrt })),
    crontabs: openwrt || (!ipfire && exists(engine, `${base}/etc/crontabs`)),
  };
}

/** The running program as it is on the disk: one executable, or all files of its folder. */
export function readProgram(engine: Engine): Program {
  const { files, kind, program } = engine;
  const folder = dirname(program);
  const names = kind === 'native' ? [basename(program)] : list(engine, folder).filter((name) => /\.m?js$/.test(name));
  return {
    kind,
    files: names.sort().map((name) => {
      const path = `${folder}/${name}`;
      return { name, bytes: at(path, 'read', () => readBytes(files, path)) };
    }),
  };
}

/** Does something with a path; what goes wrong becomes a Trouble. */
export function at<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(EXIT.cannotRun, `${path} cannot be ${what}: ${fileError(error)}`, [
      'what was done before that is listed above; once it is mended, run it again',
    ]);
  }
}

/** A link in the tree could lead out of it: nothing is written there. */
export function stayInside(engine: Engine, root: string, path: string): void {
  if (root === '') return;
  const inside = at(root, 'read', () => trueFolder(engine, root));
  const folder = at(path, 'reached', () => trueFolder(engine, dirname(path)));
  if (folder === inside || folder.startsWith(`${inside}/`)) return;
  throw new Trouble(EXIT.cannotRun, `${dirname(path)} leads out of ${root}, to ${folder}; nothing is changed there`);
}

/** Asks the services of an OpenWrt system, as a package does; a failure is told, and stops nothing. */
export async function runServices(
  { engine, exec, complain }: Context,
  calls: [name: string, action: string][],
): Promise<void> {
  for (const [name, action] of calls) {
    const script = `/etc/init.d/${name}`;
    if (!exists(engine, script)) continue;
    const failure = await runHook(exec, script, [action], {}, SERVICE_TIMEOUT);
    if (failure !== undefined) complain([`${script} ${action}: ${failure}`]);
  }
}

/** Has all that was written reach the flash: after a power cut, what was only renamed may be a name without a content. */
export async function flush({ exec, complain }: Context): Promise<void> {
  const failure = await runHook(exec, 'sync', [], {}, FLUSH_TIMEOUT);
  if (failure !== undefined) complain([`sync: ${failure}; keep the power on for a minute`]);
}

/** Of the program's files, the first one stands for all: it changes with each of them. */
export function isPart({ root }: Place, path: string): boolean {
  return dirname(path) === root + PROGRAM && !isFirst({ name: basename(path) });
}
