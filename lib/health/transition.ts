import type { Status, Transition, WanState } from '../model.js';

/** A line of which nothing is known is not told of, and what was told of the one before it stays to be taken back. */
export function stillUntold(wan: WanState, before: WanState): WanState {
  const { told } = before.verdict;
  return wan.verdict.status !== 'unknown' || told === undefined ? wan : { ...wan, verdict: { ...wan.verdict, told } };
}

/** What is news of a WAN: the difference to what was told last, or nothing. */
export function transition({ verdict: before }: WanState, { name, seen, verdict }: WanState): Transition[] {
  const { device, interface: owner } = seen;
  const { status: to, reason } = verdict;
  const told = before.told ?? before.status;
  // Another line under the same name is news, whatever it is.
  const from: Status = before.status === 'unknown' && told === to ? 'unknown' : told;
  // Somebody who has never been looked at is not news.
  if (from === to || (from === 'unknown' && to === 'disabled')) return [];
  if (before.status === 'unknown' && to === 'unknown') return [];
  const place = { ...(device === undefined ? {} : { device }), ...(owner === undefined ? {} : { interface: owner }) };
  return [{ name, ...place, from, to, reason }];
}
