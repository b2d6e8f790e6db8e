import type { Wan } from './model.js';

/** Is it the IPv6 path of a WAN? */
export function isSix({ family }: Pick<Wan, 'family'>): boolean {
  return family === 6;
}

/** Is it the name of one? */
export function isSixName(name: string): boolean {
  return name.endsWith('/ipv6');
}

/** The name of the WAN that a path is of, whichever family that is. */
export function nameOfWan({ name, family }: Pick<Wan, 'name' | 'family'>): string {
  return family ? name.replace(/\/ipv6$/, '') : name;
}
