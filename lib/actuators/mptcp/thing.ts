import type { Endpoint } from '../../model.js';

/** What lets the kernel's MPTCP use several lines. */
export type Thing =
  /** How many more subflows than the first one a connection may have. `former`: how many it was before ours. */
  | { kind: 'limit'; subflows: number; former?: number }
  /** A subflow of each connection is to begin at this address of a line. */
  | ({ kind: 'endpoint' } & Endpoint)
  /** The first subflow of a connection, which belongs to no endpoint, is ended where it began at this address. */
  | { kind: 'severed'; address: string };

/** The kernel takes no more endpoints and subflows (MPTCP_PM_ADDR_MAX of net/mptcp/protocol.h). */
export const MOST = 8;
/**
 * The ids that are ours, which tell our endpoints: one for each line by its place in the configuration, those of IPv6 before those of
 * IPv4. An address of the other family under such an id is somebody else's. Whoever names none is given the lowest that is free, from 1.
 */
export const FIRST_ID = 177;
const FIRST_ID6 = 113;
/** As many lines can have one. Behind them are as many more: for a line whose address changes while its old endpoint is there. */
const LINES = 32;

/** The ids that the endpoint of a line can have. @param position among those of its family, from 0 @param family absent: IPv4 */
export function idsOf(position: number, family?: 6): number[] {
  const first = (family ? FIRST_ID6 : FIRST_ID) + position;
  return position < LINES ? [first, first + LINES] : [];
}

export function isOurs({ id, address }: Pick<Endpoint, 'id' | 'address'>): boolean {
  const first = isAddress6(address) ? FIRST_ID6 : FIRST_ID;
  return id >= first && id < first + 2 * LINES;
}

/** Of a valid address. */
export function isAddress6(address: string): boolean {
  return address.includes(':');
}
