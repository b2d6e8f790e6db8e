import { inSubnet } from '../address.js';
import type { Config, Cure, Link, Observation, Path, Problem, Setting, Wan } from '../model.js';
import { holdersOf } from '../observe/paths.js';
import { endsOf, isEnd } from '../observe/targets.js';
import { hostOf } from '../target.js';

type Seen = Pick<Observation, 'links' | 'interfaces'>;
type Obstacle = Pick<Problem, 'text' | 'remedy'>;

/**
 * What is wrong with the sections of WANs that are odd, in the light of what was seen, and what cures it.
 *
 * @param paths those of the WANs of the configuration
 */
export function findObstacles(config: Config, seen: Seen, paths: Path[]): Problem[] {
  const holders = holdersOf(seen.links);
  const found = new Map(paths.map((path) => [path.wan.name, path]));
  return config.wans.flatMap((wan, index): Problem[] => {
    const path = found.get(wan.name);
    if (!path?.odd) return [];
    const obstacle = findObstacle(path, index, seen, holders);
    const option = `interface '${wan.name}'`;
    return [...(obstacle ? [{ option, ...obstacle }] : []), ...sureTargets(wan, path, holders)];
  });
}

function findObstacle(
  { device, link, gateway, selfGateway, pointToPoint }: Path,
  index: number,
  seen: Seen,
  holders: ReadonlyMap<string, Link>,
): Obstacle | undefined {
  if (device === undefined) return undefined;
  if (!link) return findNickname(device, index, seen);
  const holder = selfGateway === undefined ? undefined : holders.get(selfGateway);
  if (selfGateway !== undefined && holder) return itselfAsGateway(selfGateway, device, holder, seen);
  return gateway === undefined && !pointToPoint && link.state === 'up' ? findAbove(device, index, seen) : undefined;
}

/** Targets that say nothing of the line: those that are left out, and one that had to stay. */
function sureTargets(
  wan: Wan,
  { wan: { targets }, link, gateway, selfGateway }: Path,
  holders: ReadonlyMap<string, Link>,
) {
  const ends = endsOf(link, gateway ?? selfGateway);
  return wan.targets.flatMap((value): Problem[] => {
    const holder = holders.get(hostOf(value));
    if (!holder && !isEnd(value, ends)) return [];
    const what = holder
      ? `an address of the router itself (${holder.device}), which always answers`
      : 'the other end of the line, which answers without an Internet behind it';
    const consequence = holder || !targets.includes(value) ? 'left out' : 'add one beyond it, as 1.1.1.1';
    return [{ option: `interface '${wan.name}': ping_target`, value, text: `${what}; ${consequence}` }];
  });
}

/** A device by the name that ip prints for it. */
function findNickname(device: string, index: number, { links }: Seen): Obstacle | undefined {
  const [shown = ''] = device.split('@');
  if (!links.some((link) => link.device === shown)) return undefined;
  const text = `there is no device ${device}; 'ip link' shows so what is called ${shown}: option device '${shown}'`;
  return { text, remedy: [{ section: index, set: [['device', shown]] }] };
}

/** A device that has a link and no gateway, because it is below the one that has. */
function findAbove(device: string, index: number, { links, interfaces = [] }: Seen): Obstacle | undefined {
  const above = interfaces.find(
    ({ port, l3Device = '', proto = '', dynamic }) =>
      port === device && !dynamic && (l3Device === '' ? proto.startsWith('ppp') : l3Device !== device),
  );
  if (above) {
    const { name, proto, l3Device = `${proto}-${name}` } = above;
    const text = `${device} is the port below ${l3Device}, the device of netifd's interface ${name}; use option interface '${name}'`;
    const set: Setting[] = [
      ['device', undefined],
      ['interface', name],
    ];
    return { text, remedy: [{ section: index, set }] };
  }
  const master = links.find((link) => link.device === device)?.master;
  // Its name goes into a line to paste.
  if (master === undefined || !/^[\w.@+-]{1,15}$/.test(master)) return undefined;
  return {
    text: `${device} is a port of ${master}; use option device '${master}'`,
    remedy: [{ section: index, set: [['device', master]] }],
  };
}

/** A gateway that is the router itself, by an address of `holder`: the kernel takes no route through it. */
function itselfAsGateway(gateway: string, device: string, holder: Link, { links, interfaces = [] }: Seen): Obstacle {
  const text = `its gateway ${gateway} is an address of the router itself (${holder.device})`;
  const owner = interfaces.find(({ l3Device, dynamic }) => l3Device === holder.device && !dynamic);
  if (holder.device === device)
    return { text, remedy: [`${device} needs the address of the provider's router as its gateway`] };
  const other = freeAddress(gateway, holder, links);
  if (owner?.proto !== 'static' || other === undefined) {
    return { text, remedy: [`give ${holder.device}, or what is behind ${device}, another subnet`] };
  }
  const set: Cure = { network: [[`${owner.name}.ipaddr`, `${other}/24`]] };
  return {
    text,
    remedy: [`give ${holder.device} another subnet, where the router is then to be found at ${other}:`, set],
  };
}

/** The same address in the next subnet that nobody has: where that is simple. */
function freeAddress(address: string, { addresses }: Link, links: Link[]): string | undefined {
  if (addresses.length !== 1 || addresses[0]?.prefix !== 24) return undefined;
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number];
  const taken = links.flatMap((link) => link.addresses);
  const candidates = Array.from({ length: 255 }, (_, i) => [a, b, (c + i + 1) % 256, d].join('.'));
  return candidates.find((free) => !taken.some((other) => inSubnet(free, other.address, other.prefix)));
}
