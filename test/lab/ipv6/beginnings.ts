import {
  cableOf,
  clientOn,
  defaultsOf,
  gatewayOf,
  type Line,
  prefixOf,
  quiet,
  ROUTER,
  routerOn,
  sourcesOf,
  TARGETS6,
  ULA,
  wanAddress,
} from './topology.js';

/** Lines for `ip -6` that begin with nothing of IPv6; each is right in whatever state the cable left the host. */
export function ispLines(line: Line): string[] {
  const cable = line.address === 'none' ? [] : [`addr replace ${cableOf(line).replace('::/', '::1/')} dev wan nodad`];
  return [...quiet('wan', gatewayOf(line.i)), ...cable, ...delegation(line)];
}

export const ispCore = [...quiet('core', 'fe80::1'), 'route replace default via fe80::2 dev core'];

/** The ISP's route to what it has delegated. */
export function delegation(line: Line): string[] {
  return line.delegated === 'none' ? [] : [`route replace ${prefixOf(line)} via ${ROUTER} dev wan`];
}

/** What the ISP drops: foreign sources; and sets to see what came, and what of it was foreign. */
export function ispRules(line: Line): string {
  return `table ip6 lab {
    set own { type ipv6_addr; flags interval; }
    set seen { type ipv6_addr; flags dynamic; size 10000; counter; }
    set foreign { type ipv6_addr; flags dynamic; size 10000; counter; }
    chain see { type filter hook forward priority -20; iifname "wan" add @seen { ip6 saddr }; }
    chain bcp38 { type filter hook forward priority -10; iifname "wan" ip6 saddr != @own add @foreign { ip6 saddr } drop; }
    chain cut { type filter hook forward priority 0; }
  }
  ${own(line)}`;
}

/** From now on only these sources pass. */
export function own(line: Line): string {
  const elements = sourcesOf(line).map((source) => `add element ip6 lab own { ${source} }`);
  return ['flush set ip6 lab own', ...elements].join('\n');
}

/** The way of the Internet to what an ISP has. */
export function wayBack(line: Line): string[] {
  return sourcesOf(line).map((source) => `route replace ${source} via fe80::1 dev isp${line.i}`);
}

export function internetLines(lines: Line[]): string[] {
  return [
    ...TARGETS6.map((address) => `addr add ${address}/128 dev lo`),
    ...lines.flatMap((line) => [...quiet(`isp${line.i}`, 'fe80::2'), ...wayBack(line)]),
  ];
}

/** The router's end of a cable. */
export function routerCable(line: Line): string[] {
  const length = line.address;
  const address = length === 'none' ? [] : [`addr add ${wanAddress(line)}${length} dev eth${line.i} nodad`];
  const routes = defaultsOf(line).map((route) => `route append ${route}`);
  return [...quiet(`eth${line.i}`, ROUTER), ...address, ...routes];
}

/** A prefix that comes to the LAN: at the router, then at the client. */
export function onLan(line: Line): { router: string[]; client: string[] } {
  return {
    router: [`addr add ${routerOn(line)}/64 dev eth0 nodad`],
    client: [`addr add ${clientOn(line)}/64 dev eth0 nodad`],
  };
}

export function lanLines(lines: Line[], ula: boolean): { router: string[]; client: string[] } {
  const each = lines.map(onLan);
  return {
    router: [
      ...quiet('eth0', ROUTER),
      ...(ula ? [`addr add ${ULA}1/64 dev eth0 nodad`] : []),
      ...each.flatMap(({ router }) => router),
    ],
    client: [
      ...quiet('eth0', 'fe80::2'),
      ...(ula ? [`addr add ${ULA}2/64 dev eth0 nodad`] : []),
      ...each.flatMap(({ client }) => client),
      `route add default via ${ROUTER} dev eth0`,
    ],
  };
}
