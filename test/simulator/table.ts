import type { NexthopObject, Route } from '../../lib/model.js';
import type { Exit } from './invariants.js';
import type { FullKernel } from './kernel.js';
import { lookUp } from './look-up.js';
import type { World } from './world.js';

/** The device of a VPN, which is no WAN. */
export const VPN_DEVICE = 'tun0';

/** An address in each part of the Internet that ours can have a route to. */
const ADDRESSES = ['1.1.1.1', '2.0.0.1', '5.0.0.1', '9.9.9.9', '17.0.0.1', '33.0.0.1', '65.0.0.1', '200.1.1.1'];

export function exitsOf(kernel: FullKernel): Exit[] {
  return kernel.cached('exits', () =>
    ADDRESSES.map((address) => {
      const { route, hops = [] } = lookUp(kernel, address) ?? {};
      const probe = route?.protocol === '77' && route.metric >= 900;
      return { address, ways: hops.map(({ device = '', gateway }) => ({ device, gateway })), probe };
    }),
  );
}

/** The table and the nexthop objects as text; what has the same key stays in its order. @param others without what is ours */
export function tableOf(kernel: FullKernel, others = false): string {
  return kernel.cached(others ? 'others' : 'table', () => textOf(kernel, others));
}

function textOf({ routes, objects }: FullKernel, others: boolean): string {
  const isWanted = ({ protocol }: Route | NexthopObject) => !(others && protocol === '77');
  const lines = [
    ...routes
      .filter(isWanted)
      .map((route) => ({ key: `${route.destination} ${route.metric}`, text: JSON.stringify(route) })),
    ...objects.filter(isWanted).map((object) => ({ key: `nexthop ${object.id}`, text: JSON.stringify(object) })),
  ];
  lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return lines.map(({ text }) => text).join('\n');
}

/** Without us, a VPN is in charge of everything, and no default of a WAN is better, has ever been, or would be. */
export function hasVpn({ truths, without }: World): boolean {
  const vpn = without.routes.filter(({ nexthops }) => nexthops[0]?.device === VPN_DEVICE);
  const halves = vpn.filter(({ destination }) => destination.endsWith('/1'));
  const whole = vpn.some(({ destination }) => destination === 'default');
  return halves.length === 2 || (whole && truths.every(({ line }) => (line.systemMetric ?? 9) > 1));
}

/** A default of somebody else is through no WAN, or leads nowhere. */
export function hasStranger({ truths, without }: World): boolean {
  return without.routes.some(
    ({ destination, nexthops: [hop] }) =>
      (destination === 'default' || destination.endsWith('/1')) && !truths.some(({ device }) => device === hop?.device),
  );
}
