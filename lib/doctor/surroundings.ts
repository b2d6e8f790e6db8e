import { askedBy } from '../actuators/inbound/obstacle.js';
import { isOurs } from '../actuators/routes/route.js';
import { rulesBeforeMain, suppressors } from '../actuators/routes/rules.js';
import { routeWords } from '../actuators/routes/words.js';
import { routeWords6 } from '../actuators/six/kind.js';
import type { Engine } from '../engine/engine.js';
import { parseJson } from '../json.js';
import type { Config, Observation, Problem } from '../model.js';
import { parseRoutes } from '../observe/routes.js';
import type { Exec, Tools } from '../system/exec.js';
import { readText, tryReadText } from '../system/files.js';
import { exists } from '../system/tree.js';
import { examineOffload, examineRules } from './examine.js';
import type { Sight6 } from './ipv6.js';
import type { ShaperSight } from './shaper.js';

/** ms. It prints a list that the kernel has. */
const TIMEOUT = 5000;
/** Bytes; a list of all modules of a large kernel has half a million. */
const MAX_MODULES = 4_000_000;

/** What others have in the tables that lead answers. A table that is not there has nothing. */
export async function examineTables(exec: Exec, { wans }: Config): Promise<Problem[]> {
  const found = wans.map(async (wan): Promise<Problem[]> => {
    const { name, enabled, inbound } = wan;
    if (!enabled || !inbound) return [];
    const family = wan.family ? ['-6'] : [];
    const words = ['route', 'show', 'table', `${inbound.table}`];
    const { stdout } = await exec.start('ip', [...family, '-N', '-j', ...words], { timeout: TIMEOUT }).finished;
    const foreign = parseRoutes(parseJson(stdout))?.find((route) => !isOurs(route));
    if (!foreign) return [];
    const text = `table ${inbound.table} is in use by somebody else (${(wan.family ? routeWords6 : routeWords)(foreign).join(' ')}): what is led by it may go there`;
    return [
      { option: `interface '${name}': ${askedBy([wan])}`, text, remedy: [['ip', ...family, ...words].join(' ')] },
    ];
  });
  return (await Promise.all(found)).flat();
}

/** What else on this machine decides where packets go. A program that is not there has nothing to say. */
export async function examineSurroundings(
  exec: Exec,
  { rules = [], interfaces = [] }: Pick<Observation, 'rules' | 'interfaces'>,
): Promise<Problem[]> {
  const { stdout } = await exec.start('nft', ['list', 'flowtables'], { timeout: TIMEOUT }).finished;
  // Rules to the table of one of netifd's interfaces are its own, and it puts them back.
  const tables = interfaces.map(({ table }) => `${table}`);
  const others = rules.filter(({ table }) => !tables.includes(table));
  return [...examineRules(rulesBeforeMain(others), suppressors(others)), ...examineOffload(stdout)];
}

/** What decides whether lines can be shaped. */
export async function sightOfShapers({ engine, exec }: Tools): Promise<ShaperSight> {
  const { stdout } = await exec.start('nft', ['list', 'flowtables'], { timeout: TIMEOUT }).finished;
  return {
    fping: (await exec.find('fping')) !== undefined,
    cake: hasModule(engine, 'sch_cake'),
    ifb: hasModule(engine, 'ifb'),
    flowtables: stdout,
    sqm: tryReadText(engine, '/etc/config/sqm'),
  };
}

/** What decides whether IPv6 fails over. @param devices those of the WANs */
export async function sightOfSix({ engine, exec }: Tools, devices: string[]): Promise<Sight6> {
  const { stdout } = await exec.start('nft', ['list', 'ruleset'], { timeout: TIMEOUT }).finished;
  const read = (name: string) => tryReadText(engine, `/proc/sys/net/ipv6/conf/${name}`);
  const forwarding = read('all/forwarding');
  const [dhcp, radvd] = ['/etc/config/dhcp', '/etc/radvd.conf'].map((file) => tryReadText(engine, file));
  const acceptRa = devices.flatMap((device): [string, number][] => {
    const text = read(`${device}/accept_ra`);
    return text === undefined ? [] : [[device, Number(text)]];
  });
  return {
    ...(forwarding === undefined ? {} : { forwarding: Number(forwarding) }),
    acceptRa: new Map(acceptRa),
    ruleset: stdout,
    ...(dhcp === undefined ? {} : { dhcp }),
    ...(radvd === undefined ? {} : { radvd }),
  };
}

/** Is a part of the kernel there, in it or to be loaded? Undefined where its files are not. */
function hasModule(engine: Engine, name: string): boolean | undefined {
  const folder = `/lib/modules/${tryReadText(engine, '/proc/sys/kernel/osrelease')?.trim()}`;
  // OpenWrt has them side by side in there.
  if ([`/sys/module/${name}`, `${folder}/${name}.ko`].some((path) => exists(engine, path))) return true;
  if (!exists(engine, folder)) return undefined;
  return ['dep', 'builtin'].some((list) => listOf(engine, `${folder}/modules.${list}`).includes(`/${name}.ko`));
}

function listOf(engine: Engine, path: string): string {
  try {
    return readText(engine, path, MAX_MODULES) ?? '';
  } catch {
    return '';
  }
}
