import type { Entry, RouterosView } from '../../routeros.js';

/** What is steered on a RouterOS machine. `machine`: name of its section. */
export type Thing = { machine: string } & (
  | {
      kind: 'rates';
      /** Names of the queues, and bit/s; 0: no limit. Both, or none. */
      queues: Record<Way, { name: string; rate: number }>;
    }
  | {
      /** A route, or a mangle rule, by its comment. */
      kind: 'route' | 'rule';
      name: string;
      on: boolean;
      /** It is a matter of being online: it waits for nothing. */
      urgent?: true;
    }
);

type Way = 'up' | 'down';

/** Which entry has the name, exactly, and alone; or in words why there is none. */
export function theOne(entries: Entry[], what: string, name: string): Entry | string {
  const all = entries.filter((entry) => entry.name === name);
  const [first] = all;
  if (first && all.length === 1) return first;
  return all.length === 0
    ? `there is no ${what} '${name}'`
    : `there is more than one ${what} '${name}' (${all.length}), and one is needed`;
}

const QUEUE = 'queue tree named';
const ROUTE = 'route with the comment';
const RULE = 'mangle rule with the comment';

/** The route, or in words why there is none. */
export function routeNamed({ sight }: Pick<RouterosView, 'sight'>, comment: string): Entry | string {
  return theOne(sight.routes, ROUTE, comment);
}

/** The same of a mangle rule. */
export function ruleNamed({ sight }: Pick<RouterosView, 'sight'>, comment: string): Entry | string {
  return theOne(sight.rules, RULE, comment);
}

/** The same of a queue. */
export function queueNamed({ sight }: Pick<RouterosView, 'sight'>, name: string): Entry | string {
  return theOne(sight.queues, QUEUE, name);
}
