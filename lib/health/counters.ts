import type { Counters, Now, Probe, Wan, WanState } from '../model.js';
import { turnOf } from '../probe/turn.js';

/**
 * Share of check_interval after which a good round counts towards recoveryThreshold. Not all of it: cron's rounds are late by
 * whole seconds at times. Rounds that events start in between say little: three of them can be over in a second.
 */
const APART = 0.75;

/** When a round was. */
export interface Time {
  /** When it began: s since boot. */
  begun: number;
  /** s that are configured between two rounds. */
  interval: number;
}

/** What goes on in any case: what was measured of each target, who was asked, and the falls. Whatever was counted begins anew. */
export function countAnew(wan: Wan, probe: Probe | undefined, before: WanState): Counters {
  const { falls, asked: last } = before.counted;
  const asked = probe ? turnOf(wan, before)[0] : last;
  const rtts = wan.targets.map((target) => lastRtt(before, target));
  return { failures: 0, successes: 0, falls, rtts, ...(asked === undefined ? {} : { asked }) };
}

/** Nothing was learned: everything stays, but for the targets that are others now. */
export function countNothing(wan: Wan, before: WanState): Counters {
  return { ...before.counted, rtts: countAnew(wan, undefined, before).rtts };
}

/** The WAN has answered. */
export function countAnswer(
  wan: Wan,
  probe: Probe,
  before: WanState,
  now: Now,
  { begun, interval }: Time,
): Counters & { answeringSince: number } {
  const { successes, lastGood, answeringSince = now.uptime } = before.counted;
  const counts = lastGood === undefined || begun - lastGood >= APART * interval;
  const [first] = probe.targets.flatMap(({ target, rtt }) => (rtt === undefined ? [] : [{ target, rtt }])).sort(byRtt);
  const jitter = jitterOf(first, before);
  return {
    ...countAnew(wan, probe, before),
    successes: Math.min(successes + (counts ? 1 : 0), wan.recoveryThreshold),
    answeringSince,
    lastGood: counts ? begun : lastGood,
    rtts: probe.targets.map(({ target, rtt }) => rtt ?? lastRtt(before, target)),
    ...(first === undefined ? {} : { latency: first.rtt }),
    ...(jitter === undefined ? {} : { jitter }),
    loss: lossOf(probe),
  };
}

/** The WAN has not answered. */
export function countSilence(wan: Wan, probe: Probe, before: WanState): Counters {
  const failures = Math.min(before.counted.failures + probe.failures, wan.failureThreshold);
  return { ...countAnew(wan, probe, before), failures, loss: lossOf(probe) };
}

function lastRtt({ configured, counted }: WanState, target: string): number | undefined {
  return counted.rtts[configured.targets.indexOf(target)];
}

function byRtt(a: { rtt: number }, b: { rtt: number }): number {
  return a.rtt - b.rtt;
}

/** One target is farther away than another: only answers of the same are compared. */
function jitterOf(first: { target: string; rtt: number } | undefined, before: WanState): number | undefined {
  const last = first && lastRtt(before, first.target);
  return last === undefined ? before.counted.jitter : Math.abs((first as { rtt: number }).rtt - last);
}

function lossOf(probe: Probe): number {
  return probe.sent === 0 ? 0 : (100 * probe.lost) / probe.sent;
}
