import cronD from '../../cron/mini-mwan' with { type: 'text' };
import minute from '../../cron/minute' with { type: 'text' };
import hook from '../../hotplug/iface/25-mini-mwan' with { type: 'text' };
import cgi from '../cgi/mini-mwan' with { type: 'text' };
import { PLUGINS } from '../config/plugins.js';
import init from '../init/mini-mwan' with { type: 'text' };
import functions from '../launch/functions' with { type: 'text' };
import launcher from '../launch/mini-mwan' with { type: 'text' };
import native from '../launch/native' with { type: 'text' };
import node from '../launch/node' with { type: 'text' };
import quickjs from '../launch/quickjs' with { type: 'text' };
import graphite from '../plugins/graphite' with { type: 'text' };
import influxdb from '../plugins/influxdb' with { type: 'text' };
import mail from '../plugins/mail' with { type: 'text' };
import webhook from '../plugins/webhook' with { type: 'text' };
import acl from '../rpcd/acl.json' with { type: 'json' };
import rpcd from '../rpcd/mini-mwan' with { type: 'text' };
import config from './default.uci' with { type: 'text' };
import type { Folder, InstalledFile } from './file.js';
import { ipfireFiles, ipfireFolders } from './ipfire.js';

/** The program as it was built for an engine. */
export interface Program {
  kind: 'quickjs' | 'node' | 'native';
  /** Their content has a character for each byte. */
  files: { name: string; bytes: string }[];
}

/** What kind of system it is for. */
export interface Ground {
  openwrt: boolean;
  ipfire: boolean;
  /** cron reads /etc/crontabs, as BusyBox does, and not /etc/cron.d. */
  crontabs: boolean;
  /** A web server is to answer for it. */
  http: boolean;
}

export const CRONTAB = '/etc/crontabs/root';
export const FOLDER = '/usr/lib/mini-mwan';
/** The program's own files, where it is not one executable. */
export const PROGRAM = `${FOLDER}/program`;
/** Folders and the crontab, a line each, that install had to make and that others may use since. */
export const MADE = `${FOLDER}/made`;

const COMMAND = '/usr/bin/mini-mwan';
/** IPFire's updates know nothing of what is in that folder. */
const OWN_COMMAND = '/usr/local/bin/mini-mwan';
const ENGINES = { quickjs, node, native };

/** What a web server starts: in the folder that uhttpd has for that on OpenWrt, or that lighttpd and others have on Debian. */
export function cgiPath({ openwrt }: Pick<Ground, 'openwrt'>): string {
  return `${openwrt ? '/www/cgi-bin' : '/usr/lib/cgi-bin'}/mini-mwan`;
}

/** The files, in the order in which they are laid down: what starts the others comes last. */
export function installedFiles(program: Program, ground: Ground): InstalledFile[] {
  const { openwrt, crontabs, ipfire, http } = ground;
  const command = ipfire ? OWN_COMMAND : COMMAND;
  const uci: InstalledFile = { path: '/etc/config/mini-mwan', bytes: config, mode: 0o644, config: true };
  const always: InstalledFile[] = [
    ...programFiles(program, command),
    { path: `${FOLDER}/engine`, bytes: ENGINES[program.kind].replace(COMMAND, command), mode: 0o644 },
    ...(ipfire ? [] : [uci]),
    { path: `${FOLDER}/functions`, bytes: functions, mode: 0o644 },
    { path: `${FOLDER}/minute`, bytes: minute, mode: 0o755 },
  ];
  if (ipfire) return [...always, ...ipfireFiles()];
  const plugins = Object.entries({ graphite, influxdb, mail, webhook }).map(
    ([name, bytes]): InstalledFile => ({ path: `${PLUGINS}/${name}`, bytes, mode: 0o755 }),
  );
  const openwrtOnly: InstalledFile[] = [
    { path: '/usr/libexec/rpcd/mini-mwan', bytes: rpcd, mode: 0o755 },
    { path: '/usr/share/rpcd/acl.d/mini-mwan.json', bytes: `${JSON.stringify(acl, null, 2)}\n`, mode: 0o644 },
    { path: '/etc/init.d/mini-mwan', bytes: init, mode: 0o755 },
    { path: '/etc/hotplug.d/iface/25-mini-mwan', bytes: hook, mode: 0o755 },
  ];
  const timer: InstalledFile[] = [{ path: '/etc/cron.d/mini-mwan', bytes: cronD, mode: 0o644 }];
  const web: InstalledFile[] = http ? [{ path: cgiPath(ground), bytes: cgi, mode: 0o755 }] : [];
  return [...always, ...plugins, ...web, ...(openwrt ? openwrtOnly : []), ...(crontabs ? [] : timer)];
}

/** Folders that must be there whatever is in them. */
export function installedFolders({ ipfire }: Ground): Folder[] {
  return ipfire ? ipfireFolders() : [];
}

/** Is it the file that is started? Its name never changes; it names the others, whose names change with their content. */
export function isFirst({ name }: { name: string }): boolean {
  return name.startsWith('main.');
}

function programFiles({ kind, files }: Program, command: string): InstalledFile[] {
  if (kind === 'native') return files.map(({ bytes }) => ({ path: command, bytes, mode: 0o755 }));
  const [first, parts] = [files.filter(isFirst), files.filter((file) => !isFirst(file))];
  return [
    // The one that loads the others comes behind them.
    ...[...parts, ...first].map(({ name, bytes }) => ({ path: `${PROGRAM}/${name}`, bytes, mode: 0o644 })),
    { path: command, bytes: launcher, mode: 0o755 },
  ];
}
