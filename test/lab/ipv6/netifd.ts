import type { Lab } from '../lab.js';
import type { Ipv6 } from './ipv6.js';
import { gatewayOf, prefixOf, routerOn, wanAddress } from './topology.js';

/** Lists that every interface has. */
const EMPTY = {
  'ipv4-address': [],
  'ipv6-address': [],
  'ipv6-prefix': [],
  'ipv6-prefix-assignment': [],
  route: [],
  'dns-server': [],
  inactive: { 'ipv4-address': [], 'ipv6-address': [], route: [] },
  data: {},
};

const face = (name: string, device: string, proto: string, more: object) => ({
  interface: name,
  up: true,
  pending: false,
  available: true,
  autostart: true,
  dynamic: false,
  uptime: 43,
  l3_device: device,
  proto,
  device,
  metric: 0,
  delegation: true,
  ...EMPTY,
  ...more,
});

const lifetimes = { preferred: 3000, valid: 7000 };

/**
 * netifd, as far as `ubus call network.interface dump` goes: `wan1` and `wan1_6` for IPv4 and IPv6 of ISP 1, both on eth1, and the LAN.
 * Member names and forms are those of a real answer: the source of an address' route is the address with the length of its network.
 *
 * @param down numbers of the ISPs whose interface for IPv6 is down
 */
export async function netifd6(lab: Lab, six: Ipv6, down: number[] = []): Promise<void> {
  const faces = six.numbers.flatMap((i) => wanFaces(six, i, down.includes(i)));
  const answer = JSON.stringify({ interface: [lanFace(six), ...faces] });
  await lab.replace('ubus', `cat <<'END'\n${answer}\nEND`);
}

function lanFace(six: Ipv6) {
  const assignments = six.lan.prefixes
    .map((i) => six.line(i))
    .filter(({ delegated }) => delegated !== 'none')
    .map((line) => ({
      address: routerOn(line).replace(/1$/, ''),
      mask: 64,
      ...lifetimes,
      'local-address': { address: routerOn(line), mask: 64 },
    }));
  return face('lan', 'eth0', 'static', {
    'ipv4-address': [{ address: '192.168.1.1', mask: 24 }],
    'ipv6-prefix-assignment': assignments,
  });
}

function wanFaces(six: Ipv6, i: number, isDown: boolean) {
  const route = [{ target: '0.0.0.0', mask: 0, nexthop: `100.64.${i}.1`, source: '0.0.0.0/0' }];
  const wan = face(`wan${i}`, `eth${i}`, 'static', {
    'ipv4-address': [{ address: `100.64.${i}.2`, mask: 24 }],
    metric: 1000 + i,
    route,
  });
  if (!six.has(i)) return [wan];
  return isDown ? [wan, faceDown(`wan${i}_6`)] : [wan, wan6(six, i)];
}

/** As netifd has one after `ifdown`: without a device that carries IP. */
function faceDown(name: string) {
  return { interface: name, up: false, pending: false, available: true, autostart: false, proto: 'dhcpv6', ...EMPTY };
}

function wan6(six: Ipv6, i: number) {
  const line = six.line(i);
  const mask = line.address === '/128' ? 128 : 64;
  const [prefix = '', length] = line.delegated === 'none' ? [] : prefixOf(line).split('/');
  const sources = [
    ...(length === undefined ? [] : [`${prefix}/${length}`]),
    ...(line.address === 'none' ? [] : [`${wanAddress(line)}/${mask}`]),
  ];
  const route = (source: string) => ({
    target: '::',
    mask: 0,
    nexthop: gatewayOf(i),
    metric: line.metric,
    valid: 1800,
    source,
  });
  const assigned = { lan: { address: routerOn(line).replace(/1$/, ''), mask: 64 } };
  return face(`wan${i}_6`, `eth${i}`, 'dhcpv6', {
    dynamic: true,
    'ipv6-address': line.address === 'none' ? [] : [{ address: wanAddress(line), mask, ...lifetimes }],
    'ipv6-prefix':
      length === undefined
        ? []
        : [
            {
              address: prefix,
              mask: Number(length),
              ...lifetimes,
              class: `wan${i}_6`,
              assigned: six.lan.prefixes.includes(i) ? assigned : {},
            },
          ],
    route: line.defaults === 'none' ? [] : line.defaults === 'plain' ? [route('::/0')] : sources.map(route),
  });
}
