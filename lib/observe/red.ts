import { holderOf, isStarting, parseRole } from '../actuators/red/role.js';
import { redBlock } from '../config/ipfire/block.js';
import { isDialled } from '../config/ipfire/ppp.js';
import { readValues } from '../config/ipfire/values.js';
import type { Config, DhcpClient, NetifdInterface, Wan } from '../model.js';
import type { Red, Uplink } from '../uplink.js';
import { ownLease, parseLease } from './lease.js';

/** What IPFire's files show of RED, as text and facts. */
export interface Sight {
  now: { uptime: number; bootId: string };
  ethernet: string;
  /** See Red. */
  dial?: number;
  /** Of state/red. */
  role?: string;
  active: boolean;
  kept: boolean;
  iface?: string;
  local?: string;
  remote?: string;
  /** What IPFire's DHCP client was told, by device. */
  leases: Record<string, string>;
  clients: DhcpClient[];
}

/** What DHCP clients know. */
type Leased = Pick<Sight, 'clients' | 'leases'>;

/** The lines of IPFire, each as an interface with the gateway that it has now. */
export function linesOf({ wans }: Config, red: Red, leased: Leased): NetifdInterface[] {
  const starting = isStarting(red) ? { starting: true as const } : {};
  return wans.map((wan) =>
    wan.name === holderOf(red)
      ? { ...holding(wan, red, leased), ...starting }
      : { name: wan.name, metric: 0, ...waiting(wan, red, leased) },
  );
}

/** The line that holds RED. */
function holding({ name, uplink }: Wan, { active, iface, remote }: Red, leased: Leased): NetifdInterface {
  if (!uplink) return { name, metric: 0 };
  const line = { name, metric: 0 };
  if (!isDialled(uplink)) {
    const gateway =
      uplink.fixed?.gateway ??
      ownLease(uplink.device, leased.clients)?.gateway ??
      (active ? remote : undefined) ??
      gatewayOf(uplink, leased);
    return { ...line, l3Device: uplink.device, ...(gateway === undefined ? {} : { defaultRoute: { gateway } }) };
  }
  if (!active || iface === undefined) return line;
  return { ...line, l3Device: iface, defaultRoute: remote === undefined ? {} : { gateway: remote } };
}

/** A line that waits. What must be dialled, or gets its lease when it has RED's device, has no gateway until then, and needs none. */
function waiting({ uplink }: Wan, { block }: Red, leased: Leased): Partial<NetifdInterface> {
  if (!uplink) return {};
  if (isDialled(uplink) || (uplink.type === 'DHCP' && uplink.device === block.RED_DEV))
    return { l3Device: uplink.device, defaultRoute: {} };
  const gateway = uplink.fixed?.gateway ?? gatewayOf(uplink, leased);
  return { l3Device: uplink.device, ...(gateway === undefined ? {} : { defaultRoute: { gateway } }) };
}

/** RED as the files show it. */
export function redOf(sight: Sight, config: Config | undefined): Red {
  const { now, ethernet, dial, role, active, kept, iface, local, remote } = sight;
  const parsed = role === undefined ? undefined : parseRole(role);
  return {
    now,
    patience: config ? Math.max(...config.wans.map((wan) => wan.failureThreshold)) * config.checkInterval : 0,
    block: redBlock(readValues(ethernet).values),
    active,
    kept,
    ...(dial === undefined ? {} : { dial }),
    ...(parsed ? { role: parsed } : {}),
    ...(iface === undefined ? {} : { iface }),
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
  };
}

/** Of our own client, where it stands by; else of IPFire's. */
function gatewayOf({ device }: Uplink, { clients, leases }: Leased): string | undefined {
  return (ownLease(device, clients) ?? parseLease(leases[device] ?? ''))?.gateway;
}
