import type { Observation } from '../../model.js';
import { ADDRESS_MARK, LINK_MARK, PROTOCOL, type Thing, type WayThing } from './thing.js';

/** All that there is of ours, by the marks that it bears; nothing where tables cannot be seen. */
export function find({ links, tables, rules, clients = [] }: Observation): Thing[] {
  if (!tables) return [];
  return [
    ...links.flatMap(({ device, group, state }): Thing[] =>
      group === LINK_MARK ? [{ kind: 'link', device, up: state !== 'down' }] : [],
    ),
    ...clients.flatMap(({ device, ours, running }): Thing[] => (ours ? [{ kind: 'client', device, running }] : [])),
    ...links.flatMap(({ device, addresses }) =>
      addresses.filter(isOwn).map(({ address }): Thing => ({ kind: 'address', device, address })),
    ),
    ...findWays({ tables, ...(rules && { rules }) }),
  ];
}

/** Those routes and rules of them that give some packets a way of their own. @param family absent: IPv4 */
export function findWays({ tables = [], rules = [] }: Pick<Observation, 'tables' | 'rules'>, family?: 6): WayThing[] {
  return [
    ...tables.filter(({ protocol }) => protocol === PROTOCOL).map((route): WayThing => ({ kind: 'route', route })),
    ...rules
      .filter(({ protocol }) => protocol === PROTOCOL)
      .map(
        ({ main: _, conditional: __, protocol: ___, ...rule }): WayThing => ({
          ...{ kind: 'rule', ...(family && { family }), ...rule },
        }),
      ),
  ];
}

/** Is it an address that we have put there? */
export function isOwn({ prefix, mark }: { prefix: number; mark?: number }): boolean {
  return prefix === 32 && mark === ADDRESS_MARK;
}
