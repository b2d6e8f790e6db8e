import type { Counters, Judgement, Now, Path, Probe, Seen, State, Transition, WanState } from '../model.js';
import { countAnew, countAnswer, countNothing, countSilence, type Time } from './counters.js';
import { countFalls, holdDown } from './hold-down.js';
import type { qualify } from './qualify.js';
import { whoAnswered, whoIsSilent, whyDisabled, whyNoGateway, whyNoLink, whyNotYet, whyUnproved } from './reasons.js';
import { configuredOf, recallWan } from './recall.js';
import { stillUntold, transition } from './transition.js';

/** What counts of a round beside its probes. */
export interface Circumstances extends Time {
  /** Devices without a carrier: netifd does not name that of an interface which is down for it. */
  unplugged: ReadonlySet<string>;
  /** Judges the quality of those that are to be measured. Absent: there is none. */
  qualify?: typeof qualify;
}

/** What a round makes of a WAN; the time of its status is not known yet. */
interface Ruling {
  counted: Counters;
  verdict: Pick<Judgement, 'status' | 'reason' | 'judged'>;
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
  const cases = paths.map((path) => {
    const [probe, before] = [probes.get(path.wan.name), recallWan(path, previous, now)];
    return { path, probe, before, after: judgeWan(path, probe, before, now, round) };
  });
  // Waiting for a WAN to prove itself is for when there is another one.
  const up = cases.filter(({ after }) => after.verdict.status === 'up');
  const judged = cases.map(({ path, probe, before, after }) => {
    const alone = !up.some((other) => other.path.wan.family === path.wan.family);
    const isPromoted = alone && probe?.answered && after.counted.answeringSince !== undefined;
    // Who holds IPFire's RED is not taken down but hung up, and dialled by nobody else.
    const isLost = path.wan.uplink !== undefined || round.unplugged.has(after.seen.device ?? '');
    const stamped = stamp(isPromoted ? promote(after) : after, before, isLost, now);
    return { before, after: stillUntold(round.qualify?.(path.wan, stamped, probe, before, round) ?? stamped, before) };
  });
  return {
    wans: judged.map(({ after }) => after),
    transitions: judged.flatMap(({ before, after }) => transition(before, after)),
  };
}

/** Failed attempts after which nothing more is to be learned: a WAN that carries nothing is not worth a second one. */
export function attemptsFor({ configured, counted, verdict }: WanState): number {
  const left = Math.max(1, configured.failureThreshold - counted.failures);
  return verdict.status === 'up' || !verdict.judged ? left : 1;
}

function judgeWan(path: Path, probe: Probe | undefined, before: WanState, now: Now, round: Time): WanState {
  const { statusSince, statusSinceUptime } = before.verdict;
  const { counted, verdict } = rule(path, probe, before, now, round);
  return {
    name: path.wan.name,
    configured: configuredOf(path.wan),
    seen: seenOf(path, before, now),
    counted,
    verdict: { ...verdict, statusSince, statusSinceUptime },
    ...(before.others && { others: before.others }),
  };
}

function seenOf(path: Path, before: WanState, now: Now): Seen {
  const { seen } = before;
  const { device = seen.device, interface: owner = seen.interface, systemMetric, gateway, delegated, link } = path;
  return {
    ...(device && { device }),
    ...(owner && { interface: owner }),
    ...(systemMetric === undefined ? {} : { systemMetric }),
    ...(gateway && { gateway }),
    ...(delegated && { delegated }),
    rxBytes: link?.rxBytes ?? 0,
    txBytes: link?.txBytes ?? 0,
    lastCheck: now.wall,
  };
}

function rule(path: Path, probe: Probe | undefined, before: WanState, now: Now, round: Time): Ruling {
  const { wan, link, gateway, pointToPoint } = path;
  const { judged } = before.verdict;
  const counted = countAnew(wan, probe, before);
  if (!wan.enabled) {
    return {
      counted: { ...counted, falls: 0 },
      verdict: { status: 'disabled', reason: whyDisabled(wan), judged: false },
    };
  }
  if (path.starting) return ruleUnjudged(path, before);
  // Between two tries IPFire takes down the device of what it dials: a line whose other end was seen on it in this round is there.
  if (link?.state !== 'up' && !(probe?.seen && probe.answered && link?.state === 'down')) {
    // Who was to bring it up has failed: so much is known of it, and that its other end answers says little.
    const failed = wan.uplink !== undefined && path.device === undefined;
    return { counted, verdict: { status: 'interface_down', reason: whyNoLink(path), judged: judged || failed } };
  }
  if (!pointToPoint && gateway === undefined) {
    return { counted, verdict: { status: 'no_gateway', reason: whyNoGateway(path), judged } };
  }
  if (!probe) return ruleUnjudged(path, before);
  return probe.answered ? ruleGood(path, probe, before, now, round) : ruleBad(path, probe, before);
}

/** Nothing was learned: everything stays, but a link that came back is not up for that. */
function ruleUnjudged({ wan }: Path, before: WanState): Ruling {
  const { status: last, reason, judged } = before.verdict;
  const status = ['up', 'down'].includes(last) ? last : judged ? 'down' : 'unknown';
  const verdict = { status, reason: status === last ? reason : whyUnproved(reason), judged };
  return { counted: countNothing(wan, before), verdict };
}

function ruleGood({ wan }: Path, probe: Probe, before: WanState, now: Now, round: Time): Ruling {
  const counted = countAnswer(wan, probe, before, now, round);
  const waited = now.uptime - counted.answeringSince;
  const delay = Math.max(wan.failbackDelay, holdDown(counted.falls, probe.seen !== undefined));
  const settled = counted.successes >= wan.recoveryThreshold && waited >= delay;
  const up = before.verdict.status === 'up' || !before.verdict.judged || settled;
  const reason = up ? whoAnswered(probe) : whyNotYet(wan, counted, waited, delay);
  return { counted, verdict: { status: up ? 'up' : 'down', reason, judged: true } };
}

function ruleBad({ wan }: Path, probe: Probe, before: WanState): Ruling {
  const { status: last } = before.verdict;
  const counted = countSilence(wan, probe, before);
  const keep = counted.failures < wan.failureThreshold && ['up', 'unknown'].includes(last);
  return { counted, verdict: { status: keep ? last : 'down', reason: whoIsSilent(probe), judged: true } };
}

function promote(wan: WanState): WanState {
  return { ...wan, verdict: { ...wan.verdict, status: 'up', reason: 'it answers, and no other WAN is up' } };
}

function stamp(wan: WanState, before: WanState, isLost: boolean, now: Now): WanState {
  if (wan.verdict.status === before.verdict.status) return wan;
  const falls = countFalls(wan, before.verdict, isLost, now);
  const verdict = { ...wan.verdict, statusSince: now.wall, statusSinceUptime: now.uptime };
  return { ...wan, counted: { ...wan.counted, falls }, verdict };
}
