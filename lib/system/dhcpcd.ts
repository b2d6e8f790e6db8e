import type { Engine } from '../engine/engine.js';
import type { DhcpClient } from '../model.js';
import { parseLease } from '../observe/lease.js';
import { attempt, tryReadText } from './files.js';
import { list } from './tree.js';

/** Where dhcpcd has a pid file for each client: `red1.pid`, and `red1-4.pid` for one that was told to do IPv4 only, as ours are. */
const PIDS = '/var/run/dhcpcd';
const RUN = '/var/run';
/** A file for each client of ours, from before it is started: what it has got, as lib/ipfire/lease writes it. */
const LEASE = 'mini-mwan.lease.';
const DEVICE = '[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}';

/** What is done about our clients beside running dhcpcd, by device. */
export interface Clients {
  /** Makes the file that tells one for ours. */
  prepare(device: string): void;
  /** Removes it. */
  end(device: string): void;
  isRunning(device: string): boolean;
}

/** Those of this machine. */
export function clientsOn(engine: Engine): Clients {
  return {
    prepare: (device) => prepareLease(engine, device),
    end: (device) => endLease(engine, device),
    isRunning: (device) => isRunning(engine, device),
  };
}

/** The clients of ours, also those that have ended, and those of the system that run. */
export function findClients(engine: Engine): DhcpClient[] {
  const names = (folder: string, pattern: RegExp) =>
    list(engine, folder)
      .sort()
      .flatMap((name) => pattern.exec(name)?.[1] ?? []);
  const ours = names(RUN, new RegExp(`^${LEASE.replaceAll('.', '\\.')}(${DEVICE})$`)).map((device): DhcpClient => {
    const lease = parseLease(tryReadText(engine, leaseFile(device)) ?? '');
    return { device, ours: true, running: isRunning(engine, device), ...(lease ? { lease } : {}) };
  });
  const systems = names(PIDS, new RegExp(`^(${DEVICE})\\.pid$`)).filter(
    (name) => !name.endsWith('-4') && runs(engine, `${name}.pid`),
  );
  return [...ours, ...systems.map((device): DhcpClient => ({ device, ours: false, running: true }))];
}

/** Does our client of the device run? */
export function isRunning(engine: Engine, device: string): boolean {
  return runs(engine, `${device}-4.pid`);
}

/** Makes the file that tells a client for ours. */
export function prepareLease({ files }: Engine, device: string): void {
  attempt(() => files.close(files.create(leaseFile(device), 0o644)));
}

/** Removes it. */
export function endLease({ files }: Engine, device: string): void {
  attempt(() => files.remove(leaseFile(device)));
}

function leaseFile(device: string): string {
  return `${RUN}/${LEASE}${device}`;
}

/** Another program may have got its number since. */
function runs(engine: Engine, pidFile: string): boolean {
  const pid = /^(\d{1,10})\s*$/.exec(tryReadText(engine, `${PIDS}/${pidFile}`) ?? '')?.[1];
  return pid !== undefined && tryReadText(engine, `/proc/${pid}/comm`)?.trim() === 'dhcpcd';
}
