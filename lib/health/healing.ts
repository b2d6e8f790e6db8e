import type { Config, Healing, NetifdInterface, Probe, Restart, Restarting, State, WanState } from '../model.js';

/** s that a WAN must stay up until its next restart counts as the first again. */
const STEADY = 600;
/** s between two restarts at the most, unless the first one is to come later. */
const HOUR = 3600;
/** s that both programs of a restart may take. */
const RESTART = 120;
/** As UCI has names of sections. No program takes it for an option. */
const NAME = /^\w[\w.-]*$/;

/** What a round knows beside its verdicts. */
export interface Occasion {
  /** What was remembered before, by WAN name. */
  before: ReadonlyMap<string, WanState>;
  /** Those of this round that count, by WAN name. */
  probes: ReadonlyMap<string, Probe>;
  /** netifd's. Absent: it is not there, or silent. */
  interfaces: NetifdInterface[] | undefined;
  /** s since boot. */
  now: number;
  /** s from one round to the next. */
  interval: number;
  /** Something may be done now: nothing else is under way. */
  mayAct: boolean;
}

/** The WANs with what is to be remembered of their restarts, and the one, at most, that is restarted now. */
export function heal(
  config: Pick<Config, 'wans'>,
  wans: WanState[],
  occasion: Occasion,
): { wans: WanState[]; restart?: Restart } {
  const cases = wans.map((wan) => {
    const how = config.wans.find(({ name, enabled }) => enabled && name === wan.name)?.restart;
    const healing = how && remember(wan, how, occasion);
    return { wan, how, healing };
  });
  const [first] = cases
    .filter(({ wan, healing }) => isTime(wan, healing, occasion))
    .sort((a, b) => (a.healing?.due ?? 0) - (b.healing?.due ?? 0));
  const healed = cases.map((one) => {
    const { healing: _, ...wan } = one.wan;
    const healing = one === first ? restarted(one as Due, occasion.now) : one.healing;
    return healing ? { ...wan, healing } : wan;
  });
  return first ? { wans: healed, restart: restartOf(first as Due, occasion.now) } : { wans: healed };
}

/** A WAN whose time has come. */
interface Due {
  wan: WanState;
  how: Restarting;
  healing: Healing;
}

/** s between a restart and the next one, if so many have been in vain. */
function waitAfter({ after }: Restarting, restarts: number): number {
  return Math.max(after, Math.min(HOUR, after * 2 ** restarts));
}

/** What is remembered of a WAN, with the time of its next restart. Nothing while all is well. */
function remember(
  wan: WanState,
  how: Restarting,
  { before, interfaces, now, interval }: Occasion,
): Healing | undefined {
  const { status, statusSinceUptime } = wan.verdict;
  const { restarts, restarted, ...last }: Healing = before.get(wan.name)?.healing ?? { restarts: 0 };
  const past = { restarts, ...(restarted === undefined ? {} : { restarted }) };
  if (status === 'disabled') return undefined;
  if (status === 'up') return restarts > 0 && now - statusSinceUptime < STEADY ? past : undefined;
  // Whoever answers again, or was never looked at, is not to be disturbed.
  if (status === 'unknown' || wan.counted.answeringSince !== undefined) return restarts > 0 ? past : undefined;
  const { silentSince = now } = last;
  const owner = ownerOf(wan, interfaces);
  const halted = owner?.halted ? { haltedSince: last.haltedSince ?? now } : {};
  // Whoever takes an interface down wants it so; but right behind a restart, which may have been cut off, it was us.
  const isOurs = restarted !== undefined && (halted.haltedSince ?? now) <= restarted + RESTART + interval;
  if (owner?.halted && !isOurs) return { silentSince: now, ...halted, ...past };
  const since = { silentSince, ...halted, ...(owner?.dialling ? { diallingSince: last.diallingSince ?? now } : {}) };
  if (how.program === undefined && owner === undefined) return { ...since, ...past };
  const next = restarted === undefined ? 0 : restarted + waitAfter(how, restarts);
  // What has begun to be dialled meanwhile gets as long as a line that was lost.
  const begun = since.diallingSince ?? silentSince;
  return { ...since, ...past, due: Math.max(silentSince + how.after, begun + how.after, next) };
}

function ownerOf({ seen }: WanState, interfaces: NetifdInterface[] = []): NetifdInterface | undefined {
  return NAME.test(seen.interface ?? '') ? interfaces.find(({ name }) => name === seen.interface) : undefined;
}

/** It is due, and what this round saw of it speaks for it. */
function isTime({ name, verdict }: WanState, healing: Healing | undefined, { probes, now, mayAct }: Occasion): boolean {
  if (!mayAct || healing?.due === undefined || healing.due > now) return false;
  return verdict.status !== 'down' || probes.get(name)?.answered === false;
}

function restarted({ how, healing }: Due, now: number): Healing {
  const restarts = healing.restarts + 1;
  return { ...healing, restarts, restarted: now, due: now + waitAfter(how, restarts) };
}

function restartOf({ wan, how, healing }: Due, now: number): Restart {
  const { device, interface: owner } = wan.seen;
  return {
    name: wan.name,
    ...(device === undefined ? {} : { device }),
    ...(owner === undefined ? {} : { interface: owner }),
    ...(how.program === undefined ? {} : { program: how.program }),
    status: wan.verdict.status,
    reason: wan.verdict.reason,
    silent: now - (healing.silentSince ?? now),
    number: healing.restarts + 1,
  };
}

/** The state as long as this restart has not begun: the next round finds that it is due. @param before what the last one left */
export function unstarted(state: State, restart: Restart, before: State | undefined): State {
  const last = before?.wans.find(({ name }) => name === restart.name)?.healing;
  const wans = state.wans.map((wan) => (wan.name === restart.name && last ? { ...wan, healing: last } : wan));
  return { ...state, wans };
}
