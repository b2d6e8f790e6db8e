import { red } from '../actuators/red/red.js';
import { holderOf } from '../actuators/red/role.js';
import { tables } from '../actuators/tables/tables.js';
import { whyNoTest } from '../actuators/tables/testable.js';
import { PROTOCOL } from '../actuators/tables/thing.js';
import type { Config, Observation, Path, Wan } from '../model.js';
import { linesOf, redOf } from '../observe/red.js';
import { parseTables, tablesQuestion } from '../observe/tables.js';
import type { Tools } from '../system/exec.js';
import type { Ground } from '../system/ipfire/ground.js';
import { inspect, mustInspect } from './inspect.js';
import { ipfireConfiguration } from './ipfire-configuration.js';
import { linux, observe } from './linux.js';
import type { Platform } from './platform.js';

/** ms. It reads a list of the processes. */
const PGREP_TIMEOUT = 2000;
/** Who brings RED up, by their names; and IPFire's scripts that start them, by what they have been told. */
const AT_WORK = [
  ['-x', 'connectd|pppd'],
  ['-f', '/init.d/(network|networking/red) (re)?start'],
];

/** IPFire: exactly one of several lines holds RED, its only uplink. */
export function ipfire(tools: Tools, ground: Ground): Platform {
  const base = linux(tools);
  const { exec } = tools;
  /** In this round: what it runs may not be among the processes yet. */
  let hasStarted = false;

  const isAtWork = async () => {
    for (const args of AT_WORK) {
      const { exitCode } = await exec.start('pgrep', args, { timeout: PGREP_TIMEOUT }).finished;
      // Exit 1 is none. Where it cannot be asked, what has been started gets its whole time.
      if (exitCode !== 1) return true;
    }
    return false;
  };
  const look = async (config: Config | undefined): Promise<Observation> => {
    const devices = config?.wans.flatMap(({ uplink }) => (uplink ? [uplink.device] : [])) ?? [];
    const [sight, { seen, answers }] = await Promise.all([
      ground.look([...new Set(devices)]),
      observe(exec, [tablesQuestion(PROTOCOL)]),
    ]);
    const known = redOf(sight, config);
    const hasClient = sight.clients.some(({ device, running }) => running && device === known.block.RED_DEV);
    const working = !known.active && (hasClient || hasStarted || (await isAtWork()));
    const leasing = sight.clients.filter(({ device, ours, running }) => running && !ours && devices.includes(device));
    const red = { ...known, leasing: leasing.map(({ device }) => device), ...(working ? { working } : {}) };
    const ways = parseTables(answers[0], PROTOCOL);
    return {
      ...seen,
      red,
      ...(ways ? { tables: ways } : {}),
      clients: sight.clients,
      interfaces: config ? linesOf(config, red, { ...sight, leases: held(sight.leases, seen) }) : [],
    };
  };
  return {
    ...base,
    configuration: ipfireConfiguration(ground),
    observe: look,
    whyNoProbe: (path, seen) => (isHolder(path.wan, seen) ? base.whyNoProbe(path, seen) : whyNotBeside(path, seen)),
    inspect: (wan, device, seen) => (mustInspect(wan, seen) ? inspect(exec, wan, device) : undefined),
    actuators: async () => {
      hasStarted = false;
      const starting = () => {
        hasStarted = true;
      };
      return [red({ exec, ground, starting }), tables({ exec, clients: ground.clients })];
    },
    words: async (cure) => (await import('./words.js')).ipfireWords(cure),
  };
}

/** What a DHCP client was told counts as long as its device has an address: what it leaves in its file stays. */
function held(leases: Record<string, string>, { links }: Observation): Record<string, string> {
  const addressed = links.filter(({ addresses }) => addresses.length > 0).map(({ device }) => device);
  return Object.fromEntries(Object.entries(leases).filter(([device]) => addressed.includes(device)));
}

/** Why a ping through a line that stands by would say nothing: it finds its way by a table of the line's own. */
function whyNotBeside({ wan }: Path, seen: Observation): string | undefined {
  return mustInspect(wan, seen) || !wan.uplink ? undefined : whyNoTest(wan.uplink.device, seen);
}

function isHolder({ name }: Wan, { red }: Observation): boolean {
  return red !== undefined && holderOf(red) === name;
}
