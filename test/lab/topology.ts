import type { Beginning } from './namespaces.js';

/** Addresses that the lab's Internet answers for. */
export const TARGETS = ['1.1.1.1', '8.8.8.8'];

/** How a WAN is connected. */
export interface WanSetup {
  /** Metric of the default route that the system has for it; `none`: it has no default. */
  systemMetric?: number | 'none';
  /** A tun device, without a gateway. */
  tunnel?: boolean;
}

/** Lines for `ip` that lay the cable between ISP i and the router: at the ISP, then at the router. */
export function cable(i: number, router: string): { isp: string[]; router: string[] } {
  return {
    isp: [
      `link add wan type veth peer name eth${i} netns ${router}`,
      `addr add 100.64.${i}.1/24 dev wan`,
      'link set wan up',
    ],
    router: [`addr add 100.64.${i}.2/24 dev eth${i}`, `link set eth${i} up`],
  };
}

/** Lines for `ip` that make the default route that the system has for WAN i, as netifd would install it. */
export function systemDefault(i: number, { systemMetric = 1000 + i, tunnel }: WanSetup, gateway?: string): string[] {
  if (systemMetric === 'none') return [];
  const via = tunnel ? '' : `via ${gateway ?? `100.64.${i}.1`} `;
  const metric = systemMetric === 0 ? '' : `metric ${systemMetric} `;
  return [`route replace default ${via}dev eth${i} ${metric}proto static`];
}

/**
 * The hosts of a lab: the client, the ISPs, the Internet, the router. Whoever lays a cable comes before the other end of it.
 *
 * @param prefix of their names
 * @param filters whether this kernel has nftables
 */
export function hostsOf(prefix: string, setup: WanSetup[], filters: boolean): Beginning[] {
  const name = (host: string) => `${prefix}-${host}`;
  const [router, internet] = [name('router'), name('internet')];
  const nft = (rules: string) => (filters ? { nft: rules } : {});
  const numbers = setup.map((_, i) => i + 1);
  const cabled = setup.map(({ tunnel }) => !tunnel);
  return [
    {
      name: name('client'),
      ip: [
        `link add eth0 type veth peer name eth0 netns ${router}`,
        'addr add 192.168.1.2/24 dev eth0',
        'link set eth0 up',
        'route add default via 192.168.1.1',
      ],
    },
    ...numbers.map((i) => ({
      name: name(`isp${i}`),
      ip: [
        `link add core type veth peer name isp${i} netns ${internet}`,
        `addr add 10.255.${i}.1/30 dev core`,
        'link set core up',
        `route add default via 10.255.${i}.2`,
        ...(cabled[i - 1] ? cable(i, router).isp : []),
      ],
      forwards: true,
      ...nft('table ip lab { chain cut { type filter hook forward priority 0; }; }'),
    })),
    {
      name: internet,
      ip: [
        ...TARGETS.map((address) => `addr add ${address}/32 dev lo`),
        'route add local 198.18.0.0/15 dev lo',
        ...numbers.flatMap((i) => [
          `addr add 10.255.${i}.2/30 dev isp${i}`,
          `link set isp${i} up`,
          `route add 100.64.${i}.0/24 via 10.255.${i}.1`,
        ]),
      ],
      forwards: true,
    },
    {
      name: router,
      ip: [
        'addr add 192.168.1.1/24 dev eth0',
        'link set eth0 up',
        ...setup.flatMap((wan, i) => (cabled[i] ? [...cable(i + 1, router).router, ...systemDefault(i + 1, wan)] : [])),
      ],
      forwards: true,
      ...nft('table ip nat { chain post { type nat hook postrouting priority 100; oifname != "eth0" masquerade; }; }'),
    },
  ];
}
