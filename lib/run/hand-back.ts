import { RED } from '../actuators/red/places.js';
import { PRIMARY, parseRole } from '../actuators/red/role.js';
import { apply } from '../actuators/tables/apply.js';
import { KIND } from '../actuators/tables/kind.js';
import { LINK_MARK } from '../actuators/tables/thing.js';
import { readIpfire } from '../config/ipfire/settings.js';
import { change } from '../diff.js';
import { EXIT, type ExitCode } from '../explain.js';
import { reconcileAll } from '../reconcile.js';
import { readClock } from '../system/clock.js';
import { clientsOn } from '../system/dhcpcd.js';
import { ground } from '../system/ipfire/ground.js';
import { readRole } from '../system/ipfire/look.js';
import { sleep } from '../system/sleep.js';
import { exists, takeAway } from '../system/tree.js';
import type { Role } from '../uplink.js';
import { createLook } from '../view.js';
import type { Context } from './context.js';

/** ms between two looks whether RED is there, and s until that is given up: IPFire waits 60 s for a lease. */
const PAUSE = 1000;
const PATIENCE = 100;
/** ms for what only sends a message to the kernel. */
const SHORT = 5000;

export interface HandedBack {
  /** `routes`: something was refused, and RED is not IPFire's yet. */
  exitCode: ExitCode;
  /** RED is there. */
  up: boolean;
}

/**
 * Gives RED back to IPFire, with its own settings and its own DHCP client, and waits until it is there. For who has the lock.
 *
 * @param remove takes away all that is ours
 */
export async function handBack(context: Context, remove: (context: Context) => Promise<ExitCode>): Promise<HandedBack> {
  const { engine } = context;
  const isUp = () => exists(engine, `${RED}/active`);
  const quiet = { ...context, say: () => {} };
  await forgetHangUp(context);
  if (roleOf(context)) await failBack(context);
  const exitCode = await remove(context);
  if (await endOurs(context)) await remove(quiet);
  const begun = readClock(engine).uptime;
  if (roleOf(context)) context.note('waiting for RED');
  while (roleOf(context) && readClock(engine).uptime < begun + PATIENCE) {
    await sleep(engine, PAUSE);
    // What is refused once more must be mended first.
    if ((await remove(quiet)) === EXIT.routes) break;
  }
  const left = roleOf(context);
  if (!left) return { exitCode, up: isUp() };
  if (left.holder !== PRIMARY || left.dialled !== undefined || !left.start?.begun)
    return { exitCode: EXIT.routes, up: isUp() };
  // All settings are the primary's: that it does not come up is not ours to mend any more.
  await remember(context, undefined);
  return { exitCode, up: isUp() };
}

function roleOf(context: Context): Role | undefined {
  return parseRole(readRole(context) ?? '');
}

async function remember(context: Context, role: Role | undefined): Promise<void> {
  await ground(context).write({ do: 'remember', ...(role ? { role } : {}), why: 'it is handed back' });
}

/** As long as RED is hung up nothing is done to it; but its settings must not stay another line's. */
async function forgetHangUp(context: Context): Promise<void> {
  const role = roleOf(context);
  if (!role?.hungUp) return;
  const { hungUp: _, ...rest } = role;
  const isOwn = role.holder === PRIMARY && role.dialled === undefined;
  await remember(context, isOwn ? undefined : interrupted(context, rest));
}

/** As if somebody had been killed in the middle: whoever looks next does all of it again. */
function interrupted({ engine }: Context, role: Role): Role {
  return { ...role, start: { bootId: readClock(engine).bootId, deadline: 0 } };
}

/** As a round that finds the primary well: without a break where that is possible. What it leaves undone is done by force. */
async function failBack(context: Context): Promise<void> {
  const { engine, options, note } = context;
  const platform = await context.platform();
  const { config } = readIpfire({ ...(await ground(context).files()), enabled: true });
  const look = createLook(platform, config, undefined, readClock(engine).bootId);
  const words = new Map([[PRIMARY, 'up' as const]]);
  const changing = (changes: { command: string[] }[]) => {
    if (options.verbose) for (const { command } of changes) note(`[#] ${command.join(' ')}`);
  };
  const task = { actuators: await platform.actuators(config), course: config, isLacking: false, look, changing };
  await reconcileAll({ ...task, dryRun: false }, await look(), words);
}

/**
 * Without a break, RED goes on with a DHCP client of ours, and on a device that we have set up. Ends that; where there was such a
 * client, RED is started again as soon as one looks: by its own.
 *
 * @returns whether somebody must look
 */
async function endOurs(context: Context): Promise<boolean> {
  const { engine, exec } = context;
  const { clients = [], links, red } = await (await context.platform()).observe();
  for (const { device } of links.filter(({ group }) => group === LINK_MARK))
    await exec.start('ip', ['link', 'set', 'dev', device, 'group', '0'], { timeout: SHORT }).finished;
  const ours = clients.filter((client) => client.ours);
  if (ours.length === 0 || !red) return false;
  const ends = ours.map(({ device }) => change(KIND, 'del', { kind: 'client', device, running: true }));
  await apply({ exec, clients: clientsOn(engine) }, ends);
  const { RED_DEV } = red.block;
  // IPFire takes away only what its own client has made: a default of ours would outrank the next one for ever.
  if (RED_DEV !== undefined && ours.some(({ device }) => device === RED_DEV)) {
    for (const what of ['route', 'addr'])
      await exec.start('ip', ['-4', what, 'flush', 'dev', RED_DEV, 'scope', 'global'], { timeout: SHORT }).finished;
    // Nor does it say that RED is down, where its own client is not there to be stopped.
    takeAway(engine, `${RED}/active`);
  }
  if (!roleOf(context))
    await remember(context, interrupted(context, { holder: PRIMARY, primary: ownOf(red), ours: [] }));
  return true;
}

function ownOf({ block, dial }: { block: Role['primary']['block']; dial?: number }): Role['primary'] {
  return { block, ...(dial === undefined ? {} : { dial }) };
}
