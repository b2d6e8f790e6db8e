import { MWAN, PROFILES, STATE } from '../actuators/red/places.js';
import { LEASE_SCRIPT } from '../actuators/tables/lease-script.js';
import backup from '../ipfire/backup' with { type: 'text' };
import hook from '../ipfire/hook' with { type: 'text' };
import lease from '../ipfire/lease' with { type: 'text' };
import logrotate from '../ipfire/logrotate' with { type: 'text' };
import minutely from '../ipfire/minutely' with { type: 'text' };
import config from '../ipfire/mwan-config' with { type: 'text' };
import daemon from '../ipfire/mwan-daemon' with { type: 'text' };
import type { Folder, InstalledFile } from './file.js';

/** What IPFire runs while RED is up, or after it went down: in the order of their numbers, ours when all else follows. */
const HOOKS = ['red.up', 'red.down'].map((name) => `/etc/rc.d/init.d/networking/${name}/95-mini-mwan`);

/** What is only on IPFire, in places that its updates leave alone; what starts the others comes last. */
export function ipfireFiles(): InstalledFile[] {
  const program = (path: string, bytes: string): InstalledFile => ({ path, bytes, mode: 0o755 });
  return [
    program(LEASE_SCRIPT, lease),
    program('/usr/local/bin/mwan-config', config),
    program('/usr/local/bin/mwan-daemon', daemon),
    { path: '/etc/logrotate.d/mini-mwan', bytes: logrotate, mode: 0o644 },
    { path: '/var/ipfire/backup/addons/includes/mini-mwan', bytes: backup, mode: 0o644 },
    ...HOOKS.map((path) => program(path, hook)),
    program('/etc/fcron.minutely/mini-mwan', minutely),
  ];
}

/** Where the settings are, for root only what is secret. Their parents come first. */
export function ipfireFolders(): Folder[] {
  return [
    { path: MWAN, mode: 0o755 },
    { path: PROFILES, mode: 0o700 },
    { path: STATE, mode: 0o700 },
  ];
}
