import type { Observation } from '../../model.js';
import { ADDRESS_MARK, LINK_MARK, PROTOCOL, type Thing } from './thing.js';

/** All that there is of ours, by the marks that it bears; nothing where tables cannot be seen. */
export function find({ links, tables, rules = [], clients = [] }: Observation): Thing[] {
  if (!tables) return [];
  return [
    ...links.flatMap(({ device, group, state }): Thing[] =>
      group === LINK_MARK ? [{ kind: 'link', device, up: state !== 'down' }] : [],
    ),
    ...clients.flatMap(({ device, ours, running }): Thing[] => (ours ? [{ kind: 'client', device, running }] : [])),
    ...links.flatMap(({ device, addresses }) =>
      addresses.filter(isOwn).map(({ address }): Thing => ({ kind: 'address', device, address })),
    ),
    ...tables.filter(({ protocol }) => protocol === PROTOCOL).map((route): Thing => ({ kind: 'route', route })),
    ...rules
      .filter(({ protocol }) => protocol === PROTOCOL)
      .map(
        ({ priority, table, from, oif }): Thing => ({
          kind: 'rule',
          priority,
          table,
          ...(from === undefined ? {} : { from }),
          ...(oif === undefined ? {} : { oif }),
        }),
      ),
  ];
}

/** Is it an address that we have put there? */
export function isOwn({ prefix, mark }: { prefix: number; mark?: number }): boolean {
  return prefix === 32 && mark === ADDRESS_MARK;
}
