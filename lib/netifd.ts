import type { NetifdInterface } from './model.js';

/** The interface that has a section in the network configuration: for `wwan_4`, which a protocol made, `wwan`. */
export function sectionOf<T extends NetifdInterface | undefined>(
  entry: T,
  interfaces: NetifdInterface[],
): T | NetifdInterface {
  if (!entry?.dynamic) return entry;
  const configured = interfaces.filter(({ dynamic }) => !dynamic);
  const maker = configured.find(({ name }) => name === entry.name.replace(/_[^_]*$/, ''));
  return maker ?? configured.find(({ l3Device }) => l3Device !== undefined && l3Device === entry.l3Device) ?? entry;
}
