import { holderOf } from '../actuators/red/role.js';
import { DEFAULT, inCharge, isDefault, isOurs, sameRoute, usesDevice } from '../actuators/routes/route.js';
import { isGroup, isRoute } from '../actuators/routes/thing.js';
import { isIPv4 } from '../address.js';
import type { Change, Config, Now, Path, Route, State, View, WanState } from '../model.js';
import type { Use } from '../quota/meter.js';
import type { RedSight } from './red.js';
import type { RouterosSurvey } from './routeros.js';
import type { Shaping } from './shape.js';

/** The state of things, from the last round's memory and the kernel's table now. */
export interface Survey {
  state: State;
  now: Now;
  /** Commands that start the service; absent while it is started, or where there is none. */
  stopped?: string[];
  /** s since the last round; undefined if the router has restarted since. */
  age?: number;
  /** Every default of the table, the ones in charge first. `stranger`: it leads through no WAN. */
  routes: { route: Route; inUse: boolean; wrong: boolean; stranger: boolean }[];
  /** What a round with the same configuration and verdicts would change. */
  pending: Change[];
  /** What the next round would change because its configuration is another one. Absent: it is the same. */
  next?: Change[];
  /** Of IPFire. */
  red?: RedSight;
  /** Of lines that are kept quick. */
  shaping?: Shaping;
  /** Of RouterOS machines. */
  routeros?: RouterosSurvey;
  /** Of quotas. */
  uses?: Use[];
  /** `next`: the command to look at, for one that is not well. */
  wans: { wan: WanState; inUse: boolean; next?: string }[];
}

/**
 * Joins what the last round remembered with the kernel's table as it is. Without a configuration, nothing is planned.
 *
 * @param changesBy what a round by this configuration and the last verdicts would change
 * @param config that of the last round
 * @param stopped commands that start the service, if it is stopped
 * @param red who holds it, on IPFire
 * @param edited what the configuration is now and how the WANs are seen by it, if it is another one
 */
export function takeSurvey(
  changesBy: (config: Config, view: View) => Change[],
  config: Config | undefined,
  state: State,
  { seen, paths }: View,
  now: Now,
  { stopped, edited, red }: { stopped?: string[]; edited?: { config: Config; paths: Path[] }; red?: RedSight } = {},
): Survey {
  const sameBoot = state.bootId === now.bootId;
  const pending = config ? changesBy(config, { paths, seen }) : [];
  const used = inCharge(seen.routes);
  const defaults = seen.routes.filter(isDefault).sort(byPrecedence);
  return {
    state,
    now,
    ...(stopped ? { stopped } : {}),
    ...(sameBoot ? { age: now.uptime - state.uptime } : {}),
    routes: defaults.map((route) => ({
      route,
      inUse: used.includes(route),
      wrong: isOurs(route) && isWrong(route, pending),
      stranger: !state.wans.some(({ seen: { device } }) => usesDevice(route, device)),
    })),
    pending,
    ...(edited ? { next: changesBy(edited.config, { paths: edited.paths, seen }) } : {}),
    ...(red ? { red } : {}),
    wans: state.wans.map((wan) => {
      const next = stopped ? undefined : nextCommand(wan, config);
      // Two lines of IPFire may share a card.
      const isMeant = !red || holderOf(red.red) === wan.name;
      const inUse = isMeant && used.some((route) => usesDevice(route, wan.seen.device));
      return { wan, inUse, ...(next === undefined ? {} : { next }) };
    }),
  };
}

/** Halves and parts before whole defaults, then by metric: the order in which the kernel looks. */
function byPrecedence(a: Route, b: Route): number {
  const whole = (route: Route) => Number(route.destination === DEFAULT);
  return whole(a) - whole(b) || a.metric - b.metric;
}

function isWrong(route: Route, pending: Change[]): boolean {
  return pending.some(({ verb, thing }) =>
    isRoute(thing) ? verb === 'del' && sameRoute(thing, route) : isGroup(thing) && route.group === thing.id,
  );
}

/** Where to look next for a WAN that is not well. */
function nextCommand({ name, configured, seen, verdict }: WanState, config: Config | undefined): string | undefined {
  const settings = config?.wans.find((wan) => wan.name === name);
  // On IPFire it is the line's own name, and no program's.
  const owner = settings?.uplink ? undefined : (settings?.interface ?? seen.interface);
  switch (verdict.status) {
    case 'down': {
      const pinged = configured.targets.find(isIPv4);
      return pinged === undefined ? 'mini-mwan check --verbose' : `ping -c 3 -I ${seen.device} ${pinged}`;
    }
    case 'interface_down':
      return owner === undefined ? `ip link show dev ${seen.device}` : `ifstatus ${owner}`;
    case 'no_gateway':
      return owner === undefined ? `ip route show default dev ${seen.device}` : `ifstatus ${owner}`;
    case 'disabled':
      return settings?.unusable === undefined ? undefined : 'mini-mwan validate';
    case 'unknown':
      return 'mini-mwan check --verbose';
    default:
      return undefined;
  }
}
