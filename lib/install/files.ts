import cronD from '../../cron/mini-mwan' with { type: 'text' };
import minute from '../../cron/minute' with { type: 'text' };
import hook from '../../hotplug/iface/25-mini-mwan' with { type: 'text' };
import init from '../init/mini-mwan' with { type: 'text' };
import functions from '../launch/functions' with { type: 'text' };
import launcher from '../launch/mini-mwan' with { type: 'text' };
import native from '../launch/native' with { type: 'text' };
import node from '../launch/node' with { type: 'text' };
import quickjs from '../launch/quickjs' with { type: 'text' };
import acl from '../rpcd/acl.json' with { type: 'json' };
import rpcd from '../rpcd/mini-mwan' with { type: 'text' };
import config from './default.uci' with { type: 'text' };

/** The program as it was built for an engine. */
export interface Program {
  kind: 'quickjs' | 'node' | 'native';
  /** Their content has a character for each byte. */
  files: { name: string; bytes: string }[];
}

/** A file that install lays down. */
export interface InstalledFile {
  path: string;
  /** Its content, a character for each byte. */
  bytes: string;
  mode: number;
  /** It is the user's: one that is there stays. */
  config?: boolean;
}

/** What kind of system it is for. */
export interface Ground {
  openwrt: boolean;
  /** cron reads /etc/crontabs, as BusyBox does, and not /etc/cron.d. */
  crontabs: boolean;
}

export const CRONTAB = '/etc/crontabs/root';
export const FOLDER = '/usr/lib/mini-mwan';
/** The program's own files, where it is not one executable. */
export const PROGRAM = `${FOLDER}/program`;
/** Folders and the crontab, a line each, that install had to make and that others may use since. */
export const MADE = `${FOLDER}/made`;

const COMMAND = '/usr/bin/mini-mwan';
const ENGINES = { quickjs, node, native };

/** The files, in the order in which they are laid down: what starts the others comes last. */
export function installedFiles(program: Program, { openwrt, crontabs }: Ground): InstalledFile[] {
  const always: InstalledFile[] = [
    ...programFiles(program),
    { path: `${FOLDER}/engine`, bytes: ENGINES[program.kind], mode: 0o644 },
    { path: '/etc/config/mini-mwan', bytes: config, mode: 0o644, config: true },
    { path: `${FOLDER}/functions`, bytes: functions, mode: 0o644 },
    { path: `${FOLDER}/minute`, bytes: minute, mode: 0o755 },
  ];
  const openwrtOnly: InstalledFile[] = [
    { path: '/usr/libexec/rpcd/mini-mwan', bytes: rpcd, mode: 0o755 },
    { path: '/usr/share/rpcd/acl.d/mini-mwan.json', bytes: `${JSON.stringify(acl, null, 2)}\n`, mode: 0o644 },
    { path: '/etc/init.d/mini-mwan', bytes: init, mode: 0o755 },
    { path: '/etc/hotplug.d/iface/25-mini-mwan', bytes: hook, mode: 0o755 },
  ];
  const timer: InstalledFile[] = [{ path: '/etc/cron.d/mini-mwan', bytes: cronD, mode: 0o644 }];
  return [...always, ...(openwrt ? openwrtOnly : []), ...(crontabs ? [] : timer)];
}

/** Is it the file that is started? Its name never changes; it names the others, whose names change with their content. */
export function isFirst({ name }: { name: string }): boolean {
  return name.startsWith('main.');
}

function programFiles({ kind, files }: Program): InstalledFile[] {
  if (kind === 'native') return files.map(({ bytes }) => ({ path: COMMAND, bytes, mode: 0o755 }));
  const [first, parts] = [files.filter(isFirst), files.filter((file) => !isFirst(file))];
  return [
    // The one that loads the others comes behind them.
    ...[...parts, ...first].map(({ name, bytes }) => ({ path: `${PROGRAM}/${name}`, bytes, mode: 0o644 })),
    { path: COMMAND, bytes: launcher, mode: 0o755 },
  ];
}
