import type { Problem } from '../../model.js';
import type { Entry, RouterosView } from '../../routeros.js';
import type { Wanted } from '../actuator.js';
import { find, pairOf } from './find.js';
import { ownerOf } from './owner.js';
import { queueNamed, routeNamed, ruleNamed, type Thing } from './thing.js';

/**
 * How all that we steer there should be. What nobody knows anything about is to be as it is; what is not asked for any more, as it
 * was. Problems name what cannot be steered.
 */
export function want(view: RouterosView): Wanted<Thing> {
  const present = find(view);
  const problems = obstacles(view);
  const isTheirs = (name: string) => ownerOf(view, name) !== undefined;
  const goals = view.leaving ? new Map<string, Goal>() : goalsOf(view);
  const asIs = present.flatMap((thing): Thing[] => (thing.kind === 'route' ? [] : [wantOther(view, thing, isTheirs)]));
  const routes = present.filter((thing) => thing.kind === 'route') as Switch[];
  const wished = routes.map((thing): Switch => {
    if (isTheirs(thing.name)) return thing;
    return wish(view, thing, goals.get(thing.name));
  });
  const held = keepOne(view, routes, wished);
  return { things: [...held.things, ...asIs], problems: [...problems, ...held.problems] };
}

type Switch = Extract<Thing, { kind: 'route' | 'rule' }>;
type Pair = Extract<Thing, { kind: 'rates' }>['queues'];
type IsTheirs = (name: string) => boolean;

/** What is meant for a route. `urgent`: it is about being online. */
interface Goal {
  on: boolean;
  urgent: boolean;
}

function wish(view: RouterosView, thing: Switch, goal: Goal | undefined): Switch {
  const isAsked = view.machine.routes.some(({ comment }) => comment === thing.name);
  const on = goal?.on ?? (isAsked && !view.leaving ? thing.on : formerly(view, thing));
  if (on === thing.on) return thing;
  return { ...thing, on, ...(goal?.urgent ? { urgent: true as const } : {}) };
}

/**
 * Which routes are to be on: those of the lowest rank that is up, and behind them each that is up and that RouterOS would only use
 * without them: so it goes on by itself should we not be there. No goal where nothing is known, as with no WAN up.
 */
function goalsOf(view: RouterosView): Map<string, Goal> {
  const known = view.machine.routes.flatMap(({ wan, comment }) => {
    const [entry, line] = [routeNamed(view, comment), view.wish.lines.find((one) => one.wan === wan)];
    return typeof entry === 'string' || !line ? [] : [{ comment, entry, isUp: line.up, rank: line.rank }];
  });
  const ranks = known.flatMap(({ rank }) => (rank === undefined ? [] : [rank]));
  if (ranks.length === 0) return new Map();
  const lowest = Math.min(...ranks);
  const first = Math.max(...known.filter(({ rank }) => rank === lowest).map(({ entry }) => entry.distance));
  // Nobody is online by what is on now.
  const isCut = !known.some(({ entry, isUp }) => isUp && isOn(entry));
  return new Map(
    known.map(({ comment, entry, isUp, rank }) => {
      const on = rank === lowest || (isUp && entry.distance > first);
      return [comment, { on, urgent: on ? isCut : !isUp }];
    }),
  );
}

function isOn({ disabled, inactive }: Entry): boolean {
  return !disabled && !inactive;
}

/**
 * A route is turned off only while another one that is to stay has been seen to be on, and used. So at no moment all are off, whatever
 * happens between two writes.
 */
function keepOne(view: RouterosView, present: Switch[], wished: Switch[]): Wanted<Thing> {
  const stays = wished.some(({ name, on }) => {
    const entry = routeNamed(view, name);
    return on && typeof entry !== 'string' && isOn(entry);
  });
  if (stays) return { things: wished, problems: [] };
  const kept = wished.map((thing, i) => (thing.on ? thing : (present[i] as Switch)));
  const waiting = wished.filter((thing, i) => !thing.on && present[i]?.on);
  const isComing = wished.some((thing, i) => thing.on && present[i]?.on === false);
  if (waiting.length === 0 || isComing) return { things: kept, problems: [] };
  const names = waiting.map(({ name }) => `'${name}'`).join(', ');
  const text = `route ${names} stays enabled: no other one that is named here is enabled there and in use`;
  return { things: kept, problems: [problemOf(view, text)] };
}

/** Rates and the rule. */
function wantOther(view: RouterosView, thing: Exclude<Thing, { kind: 'route' }>, isTheirs: IsTheirs): Thing {
  const { machine, wish, leaving } = view;
  if (thing.kind === 'rates') return { ...thing, queues: wantRates(view, thing.queues, isTheirs) };
  if (isTheirs(thing.name)) return thing;
  const isAsked = machine.rule === thing.name && !leaving;
  return { ...thing, on: (isAsked ? wish.steered : undefined) ?? formerly(view, thing) };
}

/** Both, or as they are. */
function wantRates(
  { machine, former, wish: { rates }, leaving }: RouterosView,
  queues: Pair,
  isTheirs: IsTheirs,
): Pair {
  const { up, down } = queues;
  const isPair = (other: Record<'up' | 'down', string> | undefined) =>
    other?.up === up.name && other.down === down.name;
  if (isTheirs(up.name) || isTheirs(down.name)) return queues;
  const isAsked = !leaving && isPair(machine.shaper?.queues);
  const before = former.find(
    (one) => one.kind === 'rates' && isPair({ up: one.queues.up.name, down: one.queues.down.name }),
  );
  if (!isAsked) return before?.kind === 'rates' ? before.queues : queues;
  return rates ? { up: { ...up, rate: rates.up }, down: { ...down, rate: rates.down } } : queues;
}

function formerly({ former }: RouterosView, { kind, name, on }: Switch): boolean {
  const was = former.find((one) => one.kind === kind && one.name === name);
  return was && 'disabled' in was ? !was.disabled : on;
}

/** What cannot be steered, and why: it is not there, there twice, or switched by somebody else. */
export function obstacles(view: RouterosView): Problem[] {
  return [...missing(view), ...guarded(view)];
}

/** What is not there, or there twice. */
function missing(view: RouterosView): Problem[] {
  const { routes, rule, shaper } = view.machine;
  if (view.leaving) return [];
  const isPaired = !shaper || pairOf(view, shaper.queues);
  const all = [
    ...routes.map(({ comment }) => routeNamed(view, comment)),
    ...(rule === undefined ? [] : [ruleNamed(view, rule)]),
    ...(isPaired ? [] : [shaper.queues.down, shaper.queues.up].map((name) => queueNamed(view, name))),
  ];
  return all.flatMap((found) => (typeof found === 'string' ? [problemOf(view, found)] : []));
}

/** What is left to somebody else. */
function guarded(view: RouterosView): Problem[] {
  const { routes, rule, shaper } = view.machine;
  const names = [
    ...routes.map(({ comment }) => comment),
    ...(rule === undefined ? [] : [rule]),
    ...Object.values(shaper?.queues ?? {}),
  ];
  return names.flatMap((name) => {
    const owner = ownerOf(view, name);
    if (owner === undefined) return [];
    const text = `'${name}' is switched by ${owner} there, too, and left to that`;
    return [{ ...problemOf(view, text), remedy: ["if it is to be steered all the same: option force '1'"] }];
  });
}

function problemOf({ machine }: RouterosView, text: string): Problem {
  return { option: `routeros '${machine.name}'`, text };
}
