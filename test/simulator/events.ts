import type { Random } from '../random.js';
import type { Network } from './network.js';
import { STATE, type System } from './system.js';

/** Something that happens beside the rounds. `line` is the number of a WAN. What cannot happen at the moment does not. */
export type Event =
  /** Its packets do not come back any more, or do again; nobody tells the router. */
  | { do: 'die' | 'heal'; line: number }
  | { do: 'unplug' | 'plug'; line: number }
  | { do: 'ifdown' | 'ifup'; line: number }
  /** Somebody sets the device down or up, and netifd knows nothing of it. */
  | { do: 'setdown' | 'setup'; line: number }
  /** Another gateway, which netifd has learned; or which it has not. */
  | { do: 'renew' | 'rehome'; line: number; gateway: number }
  | { do: 'readdress'; line: number; address: number }
  | { do: 'remetric'; line: number; metric: number }
  /** Somebody deletes netifd's default; netifd does not notice. */
  | { do: 'drop'; line: number }
  /** A route of somebody else comes or goes. */
  | { do: 'stranger' | 'leave'; route: string }
  /** Somebody deletes all that is ours. */
  | { do: 'wipe'; what: 'route' | 'nexthop' }
  | { do: 'jump'; seconds: number }
  | { do: 'reboot' }
  | { do: 'spoil'; how: 'cut' | 'nonsense' | 'gone' }
  | { do: 'mode'; mode: Network['mode'] }
  | { do: 'disable' | 'enable'; line: number }
  | { do: 'wait'; seconds: number };

/** Defaults of a VPN: nothing that a WAN has is better, but for a default without a metric. */
export const VPN = [
  'default dev tun0 metric 1 proto static',
  '0.0.0.0/1 dev tun0 proto static',
  '128.0.0.0/1 dev tun0 proto static',
];
/** A default of last choice by the LAN, and routes that have nothing to do with us. */
const OTHERS = [
  'default via 192.168.1.2 dev eth0 metric 5000 proto static',
  '10.9.0.0/16 via 192.168.1.2 dev eth0 proto static',
  'blackhole 10.10.0.0/16 proto static',
  '198.51.100.0/24 via 192.168.1.2 dev eth0 metric 10 proto 99',
];

/** @param plain only what can be done in a lab, too */
export function drawEvent(random: Random, { lines }: Network, plain = false): Event {
  const line = 1 + random.below(lines.length);
  const metric = random.pick([10, 20, 25, 30, 1001, 1002, 5]);
  const taken = `default via 192.168.1.2 dev eth0 metric ${random.pick([10, 11, 20, 30])} proto static`;
  const events: (() => Event)[] = [
    () => ({ do: random.pick(['die', 'heal', 'heal']), line }),
    () => ({ do: random.pick(['unplug', 'plug', 'plug']), line }),
    () => ({ do: random.pick(['ifdown', 'ifup', 'ifup']), line }),
    () => ({ do: random.pick(['setdown', 'setup', 'setup']), line }),
    () => ({ do: random.pick(['renew', 'renew', 'rehome']), line, gateway: random.pick([1, 254]) }),
    () => ({ do: 'readdress', line, address: random.pick([2, 3]) }),
    () => ({ do: 'remetric', line, metric }),
    () => ({ do: 'drop', line }),
    () => ({ do: 'stranger', route: random.pick([...OTHERS, random.pick(VPN), taken]) }),
    () => ({ do: 'leave', route: random.pick([...OTHERS, ...VPN, ...VPN, taken]) }),
    () => ({ do: 'wipe', what: random.pick(['route', 'nexthop']) }),
    () => ({ do: random.pick(['disable', 'enable', 'enable']), line }),
    () => ({ do: 'mode', mode: random.pick(['failover', 'multiuplink', 'sticky']) }),
    () => ({ do: 'wait', seconds: random.pick([5, 60, 3600]) }),
  ];
  const more: (() => Event)[] = [
    () => ({ do: 'jump', seconds: random.pick([-900_000_000, -3600, 30, 900_000_000]) }),
    () => ({ do: 'reboot' }),
    () => ({ do: 'spoil', how: random.pick(['cut', 'nonsense', 'gone']) }),
  ];
  return random.pick([...events, ...events.slice(0, 3), ...(plain ? [] : more)])();
}

/** Makes it happen. What takes time is not in here: a wait is for whoever runs the schedule. */
export function happen(system: System, event: Event): void {
  const { world, disk } = system;
  world.changed = system.clock.now;
  const truth = 'line' in event ? world.truths[event.line - 1] : undefined;
  if ('line' in event && !truth) return;
  const line = truth as NonNullable<typeof truth>;
  switch (event.do) {
    case 'die':
    case 'heal':
      line.alive = event.do === 'heal';
      break;
    case 'unplug':
    case 'plug':
      if (line.line.kind !== 'ppp') world.setCarrier(line, event.do === 'plug');
      break;
    case 'ifdown':
      world.ifdown(line);
      break;
    case 'ifup':
      world.ifup(line);
      break;
    case 'setdown':
    case 'setup':
      if (line.up) world.ip(`link set ${line.device} ${event.do === 'setup' ? 'up' : 'down'}`);
      break;
    case 'renew':
      line.gateway = event.gateway;
      if (line.line.kind !== 'ppp') world.relearn(line, { gateway: event.gateway });
      break;
    case 'rehome':
      line.gateway = event.gateway;
      break;
    case 'readdress':
      if (line.line.kind !== 'ppp') world.relearn(line, { address: event.address });
      break;
    case 'remetric':
      if (line.known.metric !== undefined) world.relearn(line, { metric: event.metric });
      break;
    case 'drop':
      if (line.known.metric !== undefined) world.ip(`route del ${world.defaultOf(line)}`);
      break;
    case 'stranger':
      world.ip(`route replace ${event.route}`);
      break;
    case 'leave':
      world.ip(`route del ${event.route}`);
      break;
    case 'wipe':
      world.ip(event.what === 'route' ? 'route flush proto 77' : 'nexthop flush protocol 77');
      break;
    case 'jump':
      // It begins in 1970.
      system.wall = Math.max(0, system.wall + event.seconds);
      break;
    case 'reboot':
      system.reboot();
      break;
    case 'spoil':
      spoil(disk.nodes.get(STATE), event.how);
      if (event.how === 'gone') disk.nodes.delete(STATE);
      break;
    case 'mode':
      system.mode = event.mode;
      system.configure();
      break;
    case 'disable':
      system.disabled.add(event.line);
      system.configure();
      break;
    case 'enable':
      system.disabled.delete(event.line);
      system.configure();
      break;
    case 'wait':
  }
}

function spoil(node: { text: string } | undefined, how: 'cut' | 'nonsense' | 'gone'): void {
  if (node) node.text = how === 'cut' ? node.text.slice(0, node.text.length / 3) : '\u0000\u0001 nonsense [[[';
}
