import type { FlowClass } from '../../model.js';
import { bitsOf, type Chain, hex, type Marked, markRule } from './chain.js';
import { type Steered, steerChains } from './steers.js';

/** How new flows are told apart, and led. */
export interface Leading {
  /** Devices of all WANs. */
  devices: string[];
  /** WANs on which flows stay that were led there. */
  staying: Marked[];
  /** DSCP values of each class, and the WAN by which it goes. */
  leads: { of: FlowClass; dscp: number[]; line: Marked }[];
  /** New flows that are led away from a line. */
  steers: Steered[];
  /** Bits of the mark. */
  mask: number;
}

/** A comment that is there wherever flows are led. */
export const LEADING = 'multicast, broadcast';

/**
 * Chains that mark a flow with its first packet, by its DSCP, and all of its packets from then on. Only packets that nobody else has
 * marked, that do not come from a WAN, and that would leave by one as far as their destination says; what else others lead by, as
 * the device they come in by, they look at before the mark. The chains hang behind those of others, who may mark a packet before.
 *
 * @param family of the packets. Absent: IPv4
 */
export function leadChains({ devices, staying, leads, steers, mask }: Leading, family?: 6): Chain[] {
  const ip = family ? 'ip6' : 'ip';
  const all = leads.flatMap(({ dscp }) => dscp);
  // It may not have had an answer yet, and be new for longer.
  const unled = `ct state new ct mark & ${hex(mask)} == 0`;
  const isNew = `${unled} ${ip} dscp { ${all.join(', ')} } jump choice`;
  return [
    ...steerChains(steers, mask, family),
    [
      'chain leads {',
      leads.map(({ of, dscp, line }) => [
        `${ip} dscp { ${dscp.join(', ')} } ${markRule('ct', line)}`,
        `${of} by ${line.device}: ${hex(line.mark)} of ${hex(mask)}, dscp ${bitsOf(dscp)}`,
      ]),
    ],
    [
      'chain choice {',
      devices.map((device) => [`fib daddr . mark oifname "${device}" goto leads`, `new by ${device}`]),
    ],
    [
      'chain stays {',
      staying.map((line) => [
        `ct mark & ${hex(mask)} == ${hex(line.mark)} ${markRule('meta', line)}`,
        `stays on ${line.device}: ${hex(line.mark)} of ${hex(mask)}`,
      ]),
    ],
    [
      'chain outgoing { type filter hook prerouting priority mangle + 5; policy accept;',
      [
        ...(family ? [] : [['meta nfproto != ipv4 return', 'not IPv4'] satisfies [string, string]]),
        ['meta mark != 0 return', 'of others'],
        ...devices.map((device): [string, string] => [`iifname "${device}" return`, `from ${device}`]),
        ['ct direction reply return', 'an answer'],
        [family ? 'ip6 daddr ff00::/8 return' : 'ip daddr >= 224.0.0.0 return', LEADING],
        // With its first packet only: where it has begun, it stays, answered or not.
        ...(steers.length > 0
          ? [[`${unled} ct status & confirmed == 0 jump steers`, 'begins'] satisfies [string, string]]
          : []),
        ...(all.length > 0
          ? [[isNew, `new: none of ${hex(mask)}, dscp ${bitsOf(all)}`] satisfies [string, string]]
          : []),
        ['jump stays', 'known'],
      ],
    ],
  ];
}
