import early from '../../cron/early' with { type: 'text' };
import cronD from '../../cron/mini-mwan' with { type: 'text' };
import minute from '../../cron/minute' with { type: 'text' };
import hook from '../../hotplug/iface/25-mini-mwan' with { type: 'text' };
import init from '../init/mini-mwan' with { type: 'text' };
import acl from '../rpcd/acl.json' with { type: 'json' };
import rpcd from '../rpcd/mini-mwan' with { type: 'text' };
import config from './default.uci' with { type: 'text' };

/** A file that install lays down. */
export interface InstalledFile {
  path: string;
  text: string;
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
/** Folders and the crontab, a line each, that install had to make and that others may use since. */
export const MADE = `${FOLDER}/made`;

/**
 * The files, in the order in which they are laid down: what starts the others comes last.
 *
 * @param program text of the program itself
 */
export function installedFiles(program: string, { openwrt, crontabs }: Ground): InstalledFile[] {
  const always: InstalledFile[] = [
    { path: '/usr/bin/mini-mwan', text: program, mode: 0o755 },
    { path: '/etc/config/mini-mwan', text: config, mode: 0o644, config: true },
    { path: `${FOLDER}/early`, text: early, mode: 0o644 },
    { path: `${FOLDER}/minute`, text: minute, mode: 0o755 },
  ];
  const openwrtOnly: InstalledFile[] = [
    { path: '/usr/libexec/rpcd/mini-mwan', text: rpcd, mode: 0o755 },
    { path: '/usr/share/rpcd/acl.d/mini-mwan.json', text: `${JSON.stringify(acl, null, 2)}\n`, mode: 0o644 },
    { path: '/etc/init.d/mini-mwan', text: init, mode: 0o755 },
    { path: '/etc/hotplug.d/iface/25-mini-mwan', text: hook, mode: 0o755 },
  ];
  const timer: InstalledFile[] = [{ path: '/etc/cron.d/mini-mwan', text: cronD, mode: 0o644 }];
  return [...always, ...(openwrt ? openwrtOnly : []), ...(crontabs ? [] : timer)];
}
