import type { Nexthop, NexthopObject, Route } from '../../lib/model.js';
import type { Device, FullKernel } from './kernel.js';
import type { World } from './world.js';

/** What programs print of a world, as those of test/samples do. */

const RULES = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
  { priority: 32767, src: 'all', table: '253' },
];

/** `ip -N -j -s`, of one question. */
export function answerOf(kernel: FullKernel, question: string): string {
  return kernel.cached(question, () => JSON.stringify(listOf(kernel, question)));
}

function listOf(kernel: FullKernel, question: string): object[] {
  switch (question) {
    case 'addr show':
      return kernel.devices.map(linkOf);
    case 'route show table main':
      return kernel.routes.map((route) => routeOf(kernel, route));
    case 'rule show':
      return RULES;
    case 'nexthop show':
      return kernel.objects.map(objectOf);
    // Nobody asks for what these are for: there is nothing.
    case 'route show table all proto 77 root 0.0.0.0/0':
    case 'route show table all proto 77':
    case 'mptcp endpoint show':
    case 'mptcp limits show':
      return [];
    default:
      throw new Error(`ip ${question}: unknown`);
  }
}

function linkOf({ name, up, carrier, pointToPoint, addresses }: Device) {
  const flags = [
    pointToPoint ? 'POINTOPOINT' : 'BROADCAST',
    ...(up ? ['UP'] : []),
    ...(up && carrier ? ['LOWER_UP'] : []),
  ];
  return {
    ifname: name,
    flags,
    link_type: pointToPoint ? '[512]' : 'ether',
    addr_info: addresses.map(({ address, prefix, peer }) => ({
      family: 'inet',
      local: address,
      prefixlen: prefix,
      ...(peer === undefined ? {} : { address: peer }),
    })),
    stats64: { rx: { bytes: 1000 }, tx: { bytes: 1000 } },
  };
}

function hopOf(kernel: FullKernel, route: Route, hop: Nexthop) {
  const dead = kernel.isDead(route, hop);
  const flags = [
    ...(dead ? ['dead'] : []),
    ...(hop.onlink ? ['onlink'] : []),
    ...(dead || !kernel.device(hop.device)?.carrier ? ['linkdown'] : []),
  ];
  return { ...(hop.gateway === undefined ? {} : { gateway: hop.gateway }), dev: hop.device, flags };
}

function routeOf(kernel: FullKernel, route: Route) {
  const { destination, metric, protocol, type, nexthops, group, attributes = {} } = route;
  const { src, ...metrics } = attributes;
  const [only, ...more] = nexthops;
  const several = nexthops.map((hop) => ({ ...hopOf(kernel, route, hop), weight: hop.weight }));
  return {
    ...(type === 'unicast' ? {} : { type: { blackhole: '6', unreachable: '7', prohibit: '8' }[type] }),
    dst: destination,
    ...(group === undefined ? {} : { nhid: group }),
    ...(only && more.length === 0 ? hopOf(kernel, route, only) : {}),
    protocol: protocol === 'boot' ? '3' : protocol,
    ...(metric === 0 ? {} : { metric }),
    ...(src === undefined ? {} : { prefsrc: src }),
    ...(Object.keys(metrics).length === 0 ? {} : { metrics: [metrics] }),
    ...(more.length > 0 ? { nexthops: several } : {}),
  };
}

function objectOf(object: NexthopObject) {
  const { id, protocol } = object;
  if ('members' in object) {
    return { id, group: object.members, type: 'resilient', protocol };
  }
  const { device, gateway, onlink } = object.hop;
  return { id, ...(gateway ? { gateway } : {}), dev: device, protocol, flags: onlink ? ['onlink'] : [] };
}

/** `ubus call network.interface dump`. */
export function dumpOf(world: World): string {
  const lines = world.truths.map((truth) => {
    const { line, device, up, known } = truth;
    const head = { interface: `net${line.i}`, up, proto: line.kind === 'ppp' ? 'pppoe' : line.kind, device };
    if (!up) return { ...head, metric: line.systemMetric ?? 0 };
    const route = [{ target: '0.0.0.0', mask: 0, nexthop: world.gatewayOf(truth) ?? '0.0.0.0' }];
    const own = known.metric === undefined ? { route: [], inactive: { route } } : { route };
    return { ...head, metric: known.metric ?? 0, l3_device: device, ...own };
  });
  const lan = { interface: 'lan', up: true, l3_device: 'eth0', device: 'eth0', proto: 'static', metric: 0, route: [] };
  return JSON.stringify({ interface: [lan, ...lines] });
}

/** What `ping -c 1` prints. @param rtt ms; undefined: no answer */
export function pingOf(
  whose: 'iputils' | 'busybox',
  target: string,
  device: string,
  rtt: number | undefined,
  twice = false,
): string {
  const sequence = whose === 'busybox' ? 'seq=0' : 'icmp_seq=1';
  const line = `64 bytes from ${target}: ${sequence} ttl=63 time=${rtt?.toFixed(3)} ms`;
  const answers = rtt === undefined ? [] : [line, ...(twice ? [`${line} (DUP!)`] : [])];
  const [received, loss] = rtt === undefined ? [0, 100] : [1, 0];
  const tail = `1 packets transmitted, ${received} `;
  if (whose === 'busybox') {
    const duplicates = twice ? '1 duplicates, ' : '';
    const counts = `${tail}packets received, ${duplicates}${loss}% packet loss`;
    return [
      `PING ${target} (${target}): 56 data bytes`,
      ...answers,
      '',
      `--- ${target} ping statistics ---`,
      counts,
      '',
    ].join('\n');
  }
  const counts = `${tail}received, ${twice ? '+1 duplicates, ' : ''}${loss}% packet loss, time 0ms`;
  const head = `PING ${target} (${target}) from 100.64.1.2 ${device}: 56(84) bytes of data.`;
  return [head, ...answers, '', `--- ${target} ping statistics ---`, counts, ''].join('\n');
}
