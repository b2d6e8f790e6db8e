import type { Engine } from '../engine/engine.js';
import { attempt } from './files.js';
import { exists, list } from './tree.js';

/** OpenWrt's script of the service, and the file that it has while it is started. */
const SCRIPT = '/etc/init.d/mini-mwan';
const STARTED = '/var/run/mini-mwan.started';
/** Links to the scripts of what is started at boot, with a number in front. */
const ENABLED = '/etc/rc.d';
/** rc.common locks a service by this open file. */
const LOCK = 1000;

/** Is there a service, and neither cron nor netifd's events may start a round? */
export function isStopped(engine: Engine): boolean {
  return exists(engine, SCRIPT) && !exists(engine, STARTED);
}

/** Commands that start it, now and where it is not so already, at boot. */
export function startCommands(engine: Engine): string[] {
  const enabled = list(engine, ENABLED).some((name) => /^S\d+mini-mwan$/.test(name));
  return [`${SCRIPT} start`, ...(enabled ? [] : [`${SCRIPT} enable`])];
}

/** Gives back what a round has from rc.common: who outlives it, or leaves something in the background, would keep the service locked. */
export function leaveService({ files }: Engine): void {
  attempt(() => files.close(LOCK));
}
