/** Addresses that the lab's Internet answers for. */
export const TARGETS6 = ['2606:4700:4700::1111', '2001:4860:4860::8888'];

/** Link-local addresses: of ISP i on the cable to the router, and of the router on all its devices. */
export const gatewayOf = (i: number) => `fe80::${i}`;
export const ROUTER = 'fe80::aa';

/** What an ISP gives. */
export interface Line6 {
  /** Length of the prefix that it delegates; `none`: it delegates none. */
  delegated?: 48 | 56 | 60 | 64 | 'none';
  /** The router's own address on this cable, beside the link-local one. */
  address?: '/64' | '/128' | 'none';
  /** The system's default routes: by source, as netifd's are; or plain, as with `sourcefilter 0`. */
  defaults?: 'by source' | 'plain' | 'none';
  metric?: number;
}

/** What hosts of the LAN have. */
export interface Lan6 {
  /** Numbers of the ISPs of whose prefix they have addresses; all, unless said. */
  prefixes?: number[];
  /** They have addresses of fd00:1::/64, too. */
  ula?: boolean;
}

export const ULA = 'fd00:1::';

/** The line of an ISP as it is at the moment. */
export interface Line extends Required<Line6> {
  i: number;
  /** How often its prefix has changed. */
  change: number;
}

const site = ({ i, change }: Line) => `2001:db8:${i}${change}0`;

/** The prefix that is delegated. */
export function prefixOf(line: Line): string {
  return line.delegated === 64 ? `${site(line)}:1::/64` : `${site(line)}::/${line.delegated}`;
}

/** The addresses on the LAN: the router's, and its client's. */
export const routerOn = (line: Line) => `${site(line)}:1::1`;
export const clientOn = (line: Line) => `${site(line)}:1::2`;
/** The network of the cable, and the router's address in it; it stays when the prefix changes. */
export const cableOf = ({ i }: Line) => `2001:db8:${i}00:ff::/64`;
export const wanAddress = ({ i }: Line) => `2001:db8:${i}00:ff::2`;

/** Sources that the ISP lets pass. */
export function sourcesOf(line: Line): string[] {
  return [
    ...(line.delegated === 'none' ? [] : [prefixOf(line)]),
    ...(line.address === 'none' || within(line) ? [] : [cableOf(line)]),
  ];
}

/** Whether the cable's network is a part of the delegated prefix: nft takes no sets that overlap. */
const within = ({ delegated, change }: Line) =>
  delegated !== 'none' && (delegated === 48 || delegated === 56) && change === 0;

/** The default routes that the system has for a line, without a verb. */
export function defaultsOf(line: Line): string[] {
  const via = `via ${gatewayOf(line.i)} dev eth${line.i} proto static metric ${line.metric}`;
  if (line.defaults === 'none') return [];
  if (line.defaults === 'plain') return [`default ${via}`];
  const cable = line.address === '/128' ? wanAddress(line) : cableOf(line);
  return [
    ...(line.delegated === 'none' ? [] : [`default from ${prefixOf(line)} ${via}`]),
    ...(line.address === 'none' ? [] : [`default from ${cable} ${via}`]),
  ];
}

/** No link-local address but ours: those that the kernel makes are of no use for a second. */
export const quiet = (device: string, address: string) => [
  `link set ${device} addrgenmode none`,
  `addr flush dev ${device} scope link`,
  `addr add ${address}/64 dev ${device} nodad`,
];
