import type { Wan } from './model.js';

/** Is it the IPv6 path of a WAN? */
export function isSix({ family }: Pick<Wan, 'family'>): boolean {
  return family === 6;
}

/** Is it the name of one? */
export function isSixName(name: string): boolean {
  return name.endsWith('/ipv6');
}
