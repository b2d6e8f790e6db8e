import type { Judgement, Now, WanState } from '../model.js';

/** s that a WAN must stay up for its next fall to count as the first again. */
const STEADY = 3600;
/** Falls in a row that cost nothing: two may be chance, or somebody who tries a cable. */
const FREE_FALLS = 2;
/** s of the first hold-down. It doubles with every fall, so it soon outlasts the good times of a line that comes and goes. */
const FIRST = 60;
/** s. Not longer, because the backup may be slow or dear. */
const LONGEST = 600;

/**
 * Of a line that shows only in use whether it works, as one that must be dialled: each try takes the LAN off the line that it has.
 * So only the first fall costs nothing, and the wait grows from a quarter of an hour to six hours.
 */
const UNTESTED = { freeFalls: 1, first: 900, longest: 6 * 3600 };

/**
 * s that a WAN which fell so often must answer before it is up again: none, unless it has fallen again and again.
 *
 * @param untested nothing can be sent through it while it waits
 */
export function holdDown(falls: number, untested: boolean): number {
  const { freeFalls, first, longest } = untested ? UNTESTED : { freeFalls: FREE_FALLS, first: FIRST, longest: LONGEST };
  return falls <= freeFalls ? 0 : Math.min(longest, first * 2 ** (falls - freeFalls - 1));
}

/**
 * Falls of a WAN whose status has just changed, each within an hour of having come back from the one before.
 *
 * @param before its verdict until now
 * @param isLost an interface that is down, or has no gateway, has failed by itself: its carrier is lost, or its lease
 */
export function countFalls(wan: WanState, before: Judgement, isLost: boolean, now: Now): number {
  const { falls } = wan.counted;
  if (before.status !== 'up' || wan.verdict.status === 'disabled') return falls;
  // Whatever ended it, an hour was steady: what comes next is the first again.
  const near = now.uptime - before.statusSinceUptime < STEADY ? falls : 0;
  return isFall(wan, isLost) ? near + 1 : near;
}

/**
 * Did the line fail? Silence and a lost carrier are its own; an interface that was taken down, a device or a gateway that went
 * is somebody at the router, or a connection that is dialled anew.
 */
function isFall({ verdict: { status } }: WanState, isLost: boolean): boolean {
  return status === 'down' || (isLost && (status === 'interface_down' || status === 'no_gateway'));
}
