import type { Observation } from '../../model.js';
import type { Thing } from './thing.js';

/** The endpoints that there are, whoever made them, and the limit; nothing where they cannot be seen. */
export function find({ mptcp }: Pick<Observation, 'mptcp'>): Thing[] {
  if (!mptcp) return [];
  const { endpoints, subflows, former } = mptcp;
  return [
    { kind: 'limit', subflows, ...(former === undefined ? {} : { former }) },
    ...endpoints.map((endpoint): Thing => ({ kind: 'endpoint', ...endpoint })),
  ];
}
