import type { Direction, Link, Path, Shaper } from '../model.js';

/** Names of the devices that we make begin so. */
export const PREFIX = 'mwan-';
/** The kernel takes no longer name (IFNAMSIZ). */
const LONGEST = 15;

/**
 * The devices whose CAKE decides on a shaper's rates. A direction is absent where it is not shaped, or where its device is not known
 * now, as while the line is down. It may not be there (yet).
 *
 * @param paths of all WANs
 * @param links all devices that there are: of one that sqm-scripts shape, what comes is queued on theirs
 */
export function devicesOf(
  shaper: Shaper,
  paths: Pick<Path, 'wan' | 'device'>[],
  links: Pick<Link, 'device'>[],
): Partial<Record<Direction, string>> {
  const up = shaper.device ?? paths.find(({ wan }) => wan.name === shaper.wan)?.device;
  const down = downOf(shaper, up, links);
  return {
    ...(up !== undefined && shaper.rates.up ? { up } : {}),
    ...(down !== undefined && shaper.rates.down ? { down } : {}),
  };
}

function downOf({ ingress, words }: Shaper, up: string | undefined, links: Pick<Link, 'device'>[]): string | undefined {
  if (!ingress || 'device' in ingress) return ingress?.device;
  if (up === undefined) return undefined;
  const theirs = sqmIfbOf(up);
  return !words || links.some(({ device }) => device === theirs) ? theirs : ifbOf(up);
}

/** The name of the device that we make for what comes by another one. */
export function ifbOf(device: string): string {
  const name = `${PREFIX}${device}`;
  if (name.length <= LONGEST) return name;
  // Two long names may begin alike, and end alike.
  const sum = [...device].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 36 ** 5, 7);
  return `${PREFIX}${device.slice(0, LONGEST - PREFIX.length - 5)}${sum.toString(36).padStart(5, '0')}`;
}

/** The same of sqm-scripts. */
export function sqmIfbOf(device: string): string {
  return `ifb4${device}`.slice(0, LONGEST);
}
