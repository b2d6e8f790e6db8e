import type { FlowMatch, Steer } from '../../model.js';
import { bitsOf, type Chain, hex, type Marked, markRule } from './chain.js';

/** New flows that are led by another line. */
export interface Steered extends Pick<Steer, 'name' | 'match'> {
  line: Marked;
  /** Devices by one of which they would leave. */
  devices: string[];
}

/** Chains that mark new flows which are meant, if they would leave by one of these devices. `steers` begins; none where there is nothing to do. */
export function steerChains(steers: Steered[], mask: number, family?: 6): Chain[] {
  if (steers.length === 0) return [];
  return [
    ...steers.map(
      ({ line, devices }, i): Chain => [
        `chain steer${i} {`,
        devices.map((device) => [
          `fib daddr . mark oifname "${device}" ${markRule('ct', line)}`,
          `from ${device} to ${line.device}: ${hex(line.mark)} of ${hex(mask)}`,
        ]),
      ],
    ),
    [
      'chain steers {',
      steers.flatMap(({ match, line }, i) =>
        matches(match, family).map(([words, comment = words]): [string, string] => [
          // The first section that means a flow has it.
          `ct mark & ${hex(mask)} == 0 ${words} jump steer${i}`,
          `${i}, to ${line.device}: ${comment}`,
        ]),
      ),
    ],
  ];
}

/** What each rule is for, in words of nft; and in those of its comment, which has no room for a list. */
function matches({ dscp, ports, addresses }: FlowMatch, family?: 6): [words: string, comment?: string][] {
  const ip = family ? 'ip6' : 'ip';
  const own = addresses.filter((address) => address.includes(':') === (family === 6));
  return [
    ...(dscp.length > 0
      ? [[`${ip} dscp { ${dscp.join(', ')} }`, `dscp ${bitsOf(dscp)}`] satisfies [string, string]]
      : []),
    ...ports.flatMap(({ protocols, first, last }) =>
      protocols.map((protocol): [string] => [`${protocol} dport ${first}${last > first ? `-${last}` : ''}`]),
    ),
    ...own.flatMap((address): [string][] => [[`${ip} saddr ${address}`], [`${ip} daddr ${address}`]]),
  ];
}
