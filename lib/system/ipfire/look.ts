import { DIALS, ETHERNET, LEASES, PPP, RED, ROLE } from '../../actuators/red/places.js';
import { parseRole } from '../../actuators/red/role.js';
import { dialledType } from '../../config/ipfire/ppp.js';
import { readValues } from '../../config/ipfire/values.js';
import type { Engine } from '../../engine/engine.js';
import { EXIT, fileError, Trouble } from '../../explain.js';
import type { Sight } from '../../observe/red.js';
import type { Values } from '../../uplink.js';
import { readClock } from '../clock.js';
import { findClients } from '../dhcpcd.js';
import type { Tools } from '../exec.js';
import { readOwn, tryReadText } from '../files.js';
import { sleep } from '../sleep.js';
import { exists } from '../tree.js';

/** ms between two tries to read what IPFire is writing, and how many there are. */
const AGAIN = 100;
const TRIES = 10;

/** What the files show now. Throws a Trouble where IPFire's settings say nothing of RED. */
export async function look(tools: Tools, devices: string[]): Promise<Sight> {
  const { engine } = tools;
  const ethernet = await readEthernet(tools);
  const dial = dialOf(tools);
  const role = readRole(tools);
  const leases = devices.flatMap((device) => {
    const text = tryReadText(engine, `${LEASES}/dhcpcd-${device}.info`);
    return text === undefined ? [] : [[device, text]];
  });
  const { uptime, bootId } = readClock(engine);
  return {
    now: { uptime, bootId },
    ethernet,
    ...(dial === undefined ? {} : { dial }),
    ...(role === undefined ? {} : { role }),
    active: exists(engine, `${RED}/active`),
    kept: exists(engine, `${RED}/keepconnected`),
    ...word(tools, 'iface', 'iface'),
    ...word(tools, 'local', 'local-ipaddress'),
    ...word(tools, 'remote', 'remote-ipaddress'),
    leases: Object.fromEntries(leases),
    clients: findClients(engine),
  };
}

/** Throws a Trouble where it says nothing of RED. */
export async function readEthernet(tools: Tools): Promise<string> {
  const isWhole = ({ RED_TYPE, RED_DEV }: Values) => Boolean(RED_TYPE && RED_DEV);
  const { text = '', values } = await readWhole(tools, ETHERNET, isWhole);
  if (isWhole(values)) return text;
  throw new Trouble(EXIT.cannotRun, `${ETHERNET} says no RED_TYPE and RED_DEV; nothing was changed`, [
    'RED is configured by: setup',
  ]);
}

/** What the primary is dialled by; as it is where it dials nothing. @param path of its ppp/settings */
export async function readDialled(tools: Tools, path: string): Promise<string | undefined> {
  return (await readWhole(tools, path, (values) => dialledType(values) !== undefined)).text;
}

/** IPFire empties a file before it writes it, or takes it away before it links another one in its place. */
async function readWhole({ engine }: Tools, path: string, isWhole: (values: Values) => boolean) {
  for (let tries = 1; ; tries++) {
    const text = tryReadText(engine, path);
    const { values } = readValues(text ?? '');
    if (isWhole(values) || tries === TRIES) return { text, values };
    await sleep(engine, AGAIN);
  }
}

/** Number of the dial profile that ppp/settings is a link to; undefined: it is none. */
export function dialOf({ engine }: Tools): number | undefined {
  const identity = (path: string) => engine.files.stat(path)?.identity;
  const used = identity(PPP);
  return used === undefined ? undefined : DIALS.find((number) => identity(`${PPP}-${number}`) === used);
}

function word<K extends string>({ engine }: Tools, key: K, name: string): Partial<Record<K, string>> {
  const text = tryReadText(engine, `${RED}/${name}`)?.trim() ?? '';
  return /^[A-Za-z0-9_.:-]{1,64}$/.test(text) ? ({ [key]: text } as Record<K, string>) : {};
}

/** What must last, as it was left. Throws a Trouble where it is there and cannot be read: the primary's settings are in it. */
export function readRole({ engine }: Tools): string | undefined {
  const text = readRoleFile(engine);
  if (text !== undefined && parseRole(text) === undefined) throw unreadable('it is damaged');
  return text;
}

function readRoleFile(engine: Engine): string | undefined {
  try {
    return readOwn(engine, ROLE);
  } catch (error) {
    throw unreadable(fileError(error));
  }
}

function unreadable(why: string): Trouble {
  return new Trouble(EXIT.cannotRun, `${ROLE} cannot be read: ${why}; nothing was changed`, [
    `the primary's settings of RED are in it: set RED up again by 'setup' if it is lost, and remove it`,
  ]);
}
