import type { Now, Path, Probe, State, Status, Transition, Wan, WanState } from '../model.js';
import { turnOf } from '../probe/turn.js';
import { countFalls, holdDown } from './hold-down.js';

/**
 * Share of check_interval after which a good round counts towards recoveryThreshold. Not all of it: cron's rounds are late by
 * whole seconds at times. Rounds that events start in between say little: three of them can be over in a second.
 */
const APART = 0.75;

/** What counts of a round beside its probes. */
export interface Circumstances {
  /** When it began: s since boot. */
  begun: number;
  /** s that are configured between two rounds. */
  interval: number;
  /** Devices without a carrier: netifd does not name that of an interface which is down for it. */
  unplugged: ReadonlySet<string>;
}

/**
 * The verdict on every WAN after a round.
 *
 * @param probes by WAN name; absent where nothing was probed, or the result must not count
 * @param previous what the last round remembered; not used if the router has started again since
 */
export function judge(
  paths: Path[],
  probes: ReadonlyMap<string, Probe>,
  previous: State | undefined,
  now: Now,
  round: Circumstances,
): { wans: WanState[]; transitions: Transition[] } {
  const before = recall(paths, previous, now);
  const after = paths.map((path, i) => judgeWan(path, probes.get(path.wan.name), before[i] as WanState, now, round));
  // Waiting for a WAN to prove itself is for when there is another one.
  const alone = !after.some((wan) => wan.status === 'up');
  const wans = after
    .map((wan) => (alone && wan.answeringSince !== undefined && probes.get(wan.name)?.answered ? promote(wan) : wan))
    .map((wan, i) => stamp(wan, before[i] as WanState, round.unplugged, now));
  const told = wans.map((wan, i) => (wan.status === 'unknown' ? stillUntold(wan, before[i] as WanState) : wan));
  return { wans: told, transitions: told.flatMap((wan, i) => transition(before[i] as WanState, wan)) };
}

/** What is known of every WAN from the rounds before: nothing, if the router has started again since. */
export function recall(paths: Path[], previous: State | undefined, now: Now): WanState[] {
  // A round in the future was another system's: a container may share the boot id of its host.
  const remembered = previous?.bootId === now.bootId && previous.uptime <= now.uptime ? previous.wans : [];
  return paths.map((path) => recallWan(path, remembered, now));
}

/** Another device is another line, of which nothing is known. */
function recallWan(path: Path, remembered: WanState[], now: Now): WanState {
  const known = remembered.find((wan) => wan.name === path.wan.name);
  const moved = known?.device !== undefined && path.device !== undefined && known.device !== path.device;
  if (known && !moved) return known;
  const { wan } = path;
  return {
    name: wan.name,
    status: 'unknown',
    ...(known === undefined ? {} : { told: known.told ?? known.status }),
    statusSince: now.wall,
    statusSinceUptime: now.uptime,
    lastCheck: now.wall,
    targets: wan.targets,
    rtts: [],
    rxBytes: 0,
    txBytes: 0,
    failures: 0,
    successes: 0,
    failureThreshold: wan.failureThreshold,
    recoveryThreshold: wan.recoveryThreshold,
    falls: 0,
    judged: false,
    reason: '',
  };
}

function judgeWan(path: Path, probe: Probe | undefined, before: WanState, now: Now, round: Circumstances): WanState {
  const { wan, link, gateway, pointToPoint } = path;
  const { device = before.device, interface: owner = before.interface, systemMetric } = path;
  const current: WanState = {
    name: wan.name,
    ...(device === undefined ? {} : { device }),
    ...(owner === undefined ? {} : { interface: owner }),
    ...(systemMetric === undefined ? {} : { systemMetric }),
    status: before.status,
    statusSince: before.statusSince,
    statusSinceUptime: before.statusSinceUptime,
    lastCheck: now.wall,
    ...(gateway === undefined ? {} : { gateway }),
    targets: wan.targets,
    rtts: wan.targets.map((target) => lastRtt(before, target)),
    ...askedFirst(wan, probe, before),
    rxBytes: link?.rxBytes ?? 0,
    txBytes: link?.txBytes ?? 0,
    failures: 0,
    successes: 0,
    failureThreshold: wan.failureThreshold,
    recoveryThreshold: wan.recoveryThreshold,
    falls: before.falls,
    judged: before.judged,
    reason: '',
    ...(before.others === undefined ? {} : { others: before.others }),
  };
  if (!wan.enabled)
    return {
      ...current,
      status: 'disabled',
      falls: 0,
      judged: false,
      reason: wan.unusable ?? 'not enabled in the configuration',
    };
  if (link?.state !== 'up') return { ...current, status: 'interface_down', reason: whyNoLink(path) };
  if (!pointToPoint && gateway === undefined) {
    return { ...current, status: 'no_gateway', reason: whyNoGateway(path) };
  }
  if (!probe) return unjudged(current, before);
  return probe.answered ? judgeGood(current, path, probe, before, now, round) : judgeBad(current, probe, before);
}

function whyNoLink({ wan, device, link, port }: Path): string {
  const known = device === undefined && port?.state !== 'up' ? port : link;
  if (device === undefined && !known) return `netifd has no device for interface ${wan.interface} now`;
  if (!known) return `there is no device ${device}`;
  return known.state === 'down' ? `${known.device} is down` : `${known.device} has no carrier`;
}

function whyNoGateway({ device, selfGateway }: Path): string {
  return selfGateway === undefined
    ? `no gateway for ${device}`
    : `the gateway of ${device}, ${selfGateway}, is an address of the router itself`;
}

/** Failed attempts after which nothing more is to be learned: a WAN that carries nothing is not worth a second one. */
export function attemptsFor(wan: WanState): number {
  return wan.status === 'up' || !wan.judged ? Math.max(1, wan.failureThreshold - wan.failures) : 1;
}

/** Nothing was learned: everything stays, but a link that came back is not up for that. */
function unjudged(current: WanState, before: WanState): WanState {
  const status = ['up', 'down'].includes(before.status) ? before.status : before.judged ? 'down' : 'unknown';
  const { latency, jitter, loss, answeringSince, lastGood } = before;
  return {
    ...current,
    ...(latency === undefined ? {} : { latency }),
    ...(jitter === undefined ? {} : { jitter }),
    ...(loss === undefined ? {} : { loss }),
    ...(answeringSince === undefined ? {} : { answeringSince }),
    ...(lastGood === undefined ? {} : { lastGood }),
    status,
    failures: before.failures,
    successes: before.successes,
    reason: status === before.status ? before.reason : `back, and not probed yet; before: ${before.reason}`,
  };
}

function judgeGood(
  current: WanState,
  { wan }: Path,
  probe: Probe,
  before: WanState,
  now: Now,
  { begun, interval }: Circumstances,
): WanState {
  const rtts = probe.targets.map(({ target, rtt }) => rtt ?? lastRtt(before, target));
  const [first] = probe.targets.flatMap(({ target, rtt }) => (rtt === undefined ? [] : [{ target, rtt }])).sort(byRtt);
  const latency = first?.rtt;
  const jitter = jitterOf(first, before);
  const answeringSince = before.answeringSince ?? now.uptime;
  const { lastGood } = before;
  const counts = lastGood === undefined || begun - lastGood >= APART * interval;
  const successes = Math.min(before.successes + (counts ? 1 : 0), wan.recoveryThreshold);
  const waited = now.uptime - answeringSince;
  const delay = Math.max(wan.failbackDelay, holdDown(before.falls));
  const settled = successes >= wan.recoveryThreshold && waited >= delay;
  const up = before.status === 'up' || !before.judged || settled;
  return {
    ...current,
    ...(latency === undefined ? {} : { latency }),
    ...(jitter === undefined ? {} : { jitter }),
    rtts,
    loss: lossOf(probe),
    status: up ? 'up' : 'down',
    successes,
    answeringSince,
    lastGood: counts ? begun : lastGood,
    judged: true,
    reason: up ? whoAnswered(probe) : whyNotYet(current, successes, waited, delay),
  };
}

function lastRtt(before: WanState, target: string): number | undefined {
  return before.rtts[before.targets.indexOf(target)];
}

function askedFirst(wan: Wan, probe: Probe | undefined, before: WanState): Pick<WanState, 'asked'> {
  const asked = probe ? turnOf(wan, before)[0] : before.asked;
  return asked === undefined ? {} : { asked };
}

function byRtt(a: { rtt: number }, b: { rtt: number }): number {
  return a.rtt - b.rtt;
}

/** One target is farther away than another: only answers of the same are compared. */
function jitterOf(first: { target: string; rtt: number } | undefined, before: WanState): number | undefined {
  const last = first && lastRtt(before, first.target);
  return last === undefined ? before.jitter : Math.abs((first as { rtt: number }).rtt - last);
}

function whoAnswered(probe: Probe): string {
  return `reply from ${probe.targets.flatMap(({ target, outcome }) => (outcome === 'answered' ? [target] : [])).join(', ')}`;
}

function whyNotYet({ recoveryThreshold, falls }: WanState, successes: number, waited: number, delay: number): string {
  if (successes < recoveryThreshold) return `answering again, ${successes} of ${recoveryThreshold} good rounds`;
  const why = holdDown(falls) > 0 ? `, because it went down ${falls} times` : '';
  return `answering again, ${Math.floor(waited)} of ${delay} s${why}`;
}

function judgeBad(current: WanState, probe: Probe, before: WanState): WanState {
  const failures = Math.min(before.failures + probe.failures, current.failureThreshold);
  const keep = failures < current.failureThreshold && ['up', 'unknown'].includes(before.status);
  const lost = probe.targets.flatMap(({ target, outcome }) => (outcome === 'lost' ? [target] : []));
  return {
    ...current,
    loss: lossOf(probe),
    status: keep ? before.status : 'down',
    failures,
    judged: true,
    reason: `no reply from ${lost.join(', ')}`,
  };
}

function lossOf(probe: Probe): number {
  return probe.sent === 0 ? 0 : (100 * probe.lost) / probe.sent;
}

function promote(wan: WanState): WanState {
  return { ...wan, status: 'up', reason: 'it answers, and no other WAN is up' };
}

function stamp(wan: WanState, before: WanState, unplugged: ReadonlySet<string>, now: Now): WanState {
  if (wan.status === before.status) return wan;
  return {
    ...wan,
    statusSince: now.wall,
    statusSinceUptime: now.uptime,
    falls: countFalls(wan, before, unplugged, now),
  };
}

/** A line of which nothing is known is not told of, and what was told of the one before it stays to be taken back. */
function stillUntold(wan: WanState, { told }: WanState): WanState {
  return told === undefined ? wan : { ...wan, told };
}

function transition(before: WanState, after: WanState): Transition[] {
  const { name, device, interface: owner, reason } = after;
  const to = after.status;
  const told = before.told ?? before.status;
  // Another line under the same name is news, whatever it is.
  const from: Status = before.status === 'unknown' && told === to ? 'unknown' : told;
  // Somebody who has never been looked at is not news.
  if (from === to || (from === 'unknown' && to === 'disabled')) return [];
  if (before.status === 'unknown' && to === 'unknown') return [];
  const place = { ...(device === undefined ? {} : { device }), ...(owner === undefined ? {} : { interface: owner }) };
  return [{ name, ...place, from, to, reason }];
}
