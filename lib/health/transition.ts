import type { Transition, WanState, Word } from '../model.js';

/** A line of which nothing is known is not told of, and what was told of the one before it stays to be taken back. */
export function stillUntold(wan: WanState, before: WanState): WanState {
  const { told } = before.verdict;
  return wan.verdict.status !== 'unknown' || told === undefined ? wan : { ...wan, verdict: { ...wan.verdict, told } };
}

/** How a WAN is called: by its status, but for one that answers badly. */
export function wordFor({ verdict: { status }, quality }: Pick<WanState, 'verdict' | 'quality'>): Word {
  return status === 'up' && quality?.degraded ? 'degraded' : status;
}

/** What is news of a WAN: the difference to what was told last, or nothing. */
export function transition(last: WanState, wan: WanState): Transition[] {
  const { name, seen, verdict } = wan;
  const { device, interface: owner } = seen;
  const { verdict: before } = last;
  const [to, reason] = [wordFor(wan), verdict.reason];
  const told = before.told ?? wordFor(last);
  // Another line under the same name is news, whatever it is.
  const from: Word = before.status === 'unknown' && told === to ? 'unknown' : told;
  // Somebody who has never been looked at is not news.
  if (from === to || (from === 'unknown' && to === 'disabled')) return [];
  if (before.status === 'unknown' && to === 'unknown') return [];
  const place = { ...(device && { device }), ...(owner && { interface: owner }) };
  return [{ name, ...place, from, to, reason }];
}
