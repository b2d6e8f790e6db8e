import { figuresOf } from '../health/figures.js';
import { ENOUGH } from '../health/quality.js';
import type { Congestion, State, WanState } from '../model.js';
import { FRESH } from '../state/fresh.js';
import { kindOf } from './alerts.js';
import { duration, milliseconds } from './words.js';

/** A trouble that counts only when it has lasted. */
export interface Lasting {
  /** As `wan-congested:wan1`. */
  key: string;
  /** s since boot, of its beginning, and of when it was seen last. */
  since: number;
  seen: number;
}

/** How long a WAN usually takes. */
export interface Usual {
  name: string;
  /** ms. */
  rtt: number;
  /** s since boot when that was last reckoned. */
  at: number;
}

/** What is remembered of all that. */
export interface Suspicions {
  lasting: Lasting[];
  usual: Usual[];
}

/** As lib/health/hold-down.ts has them: falls that may be chance, and s up after which the next is the first again. */
const FREE_FALLS = 2;
const STEADY = 3600;

/** s for which each must be there: a queue that fills for a moment is none. */
const WAIT: Record<string, number> = { 'wan-congested': 60, 'wan-slower': 600 };
/** s for which nothing of it must be seen until it is over. */
const CALM = 60;
/** s in which a line that has become slower is as usual: what is slow for days is the line. */
const HABIT = 86_400;
/** s between two times that what is usual is reckoned: often enough for a day. */
const RECKON = 600;
/** Times, and ms, by which a line must be slower. */
const SLOWER = { times: 1.5, ms: 20 };

/** A trouble that is there, with the name of its WAN. */
export interface Standing {
  key: string;
  wan: string;
  reason: string;
}

/**
 * The troubles that are there since they have lasted, and what is remembered then.
 *
 * @param known of lines that are shaped; absent: nobody asked
 */
export function lastingTroubles(
  before: Suspicions,
  { wans, uptime, bootId, checkInterval }: Pick<State, 'wans' | 'uptime' | 'bootId' | 'checkInterval'>,
  known: Congestion[] = [],
): { standing: Standing[]; memory: Suspicions } {
  const watched = wans.filter(({ verdict }) => verdict.status === 'up');
  const usual = wans.flatMap((wan) =>
    usualOf(
      wan,
      before.usual.find(({ name }) => name === wan.name),
      uptime,
    ),
  );
  const suspects = watched.flatMap((wan) => [
    ...congestion(wan, known, uptime, bootId),
    ...slowness(
      wan,
      usual.find(({ name }) => name === wan.name),
    ),
  ]);
  const fresh = suspects.map(({ key }): Lasting => {
    // It may have come and gone between two looks; but who looks seldom sees it seldom.
    const last = before.lasting.find((one) => one.key === key && uptime - one.seen < CALM + checkInterval);
    return { key, since: last?.since ?? uptime, seen: uptime };
  });
  const kept = before.lasting.filter(
    ({ key, seen }) => uptime - seen < CALM && !fresh.some((one) => one.key === key) && isWatched(key, wans),
  );
  const lasting = [...fresh, ...kept];
  const old = lasting.filter(({ key, since, seen }) => seen - since >= (WAIT[kindOf(key)] ?? 0));
  return {
    standing: [
      ...old.map(({ key, since }): Standing => {
        const reason = suspects.find((one) => one.key === key)?.reason ?? 'it may be over';
        return { key, wan: wanOf(key), reason: `${reason}, for ${duration(uptime - since)}` };
      }),
      ...wans.flatMap((wan) => flapping(wan, uptime)),
    ],
    memory: { lasting, usual },
  };
}

function congestion(wan: WanState, known: Congestion[], uptime: number, bootId: string): Standing[] {
  const line = known.find((one) => one.wan === wan.name && one.bootId === bootId && !one.quiet);
  if (!line || uptime - line.at >= FRESH || line.at > uptime || !/RED$/.test(line.colour)) return [];
  const reason = `its shaper says ${line.colour}, with ${milliseconds(line.delay)} added`;
  return [{ key: `wan-congested:${wan.name}`, wan: wan.name, reason }];
}

function slowness(wan: WanState, usual: Usual | undefined): Standing[] {
  const rtt = averageOf(wan);
  if (rtt === undefined || !usual) return [];
  if (rtt < SLOWER.times * usual.rtt || rtt < usual.rtt + SLOWER.ms) return [];
  const reason = `it takes ${milliseconds(rtt)} instead of ${milliseconds(usual.rtt)}`;
  return [{ key: `wan-slower:${wan.name}`, wan: wan.name, reason }];
}

/** It must answer for longer each time: lib/health/hold-down.ts. */
function flapping({ name, counted: { falls }, verdict }: WanState, uptime: number): Standing[] {
  const isSteady = verdict.status === 'up' && uptime - verdict.statusSinceUptime >= STEADY;
  if (!(falls > FREE_FALLS) || isSteady || verdict.status === 'disabled') return [];
  return [
    { key: `wan-flapping:${name}`, wan: name, reason: `it failed ${falls} times, each within an hour of the last` },
  ];
}

/** Reckoned now and then, by the time since. */
function usualOf(wan: WanState, before: Usual | undefined, uptime: number): Usual[] {
  const rtt = averageOf(wan);
  if (!before || before.at > uptime) return rtt === undefined ? [] : [{ name: wan.name, rtt, at: uptime }];
  if (rtt === undefined || uptime - before.at < RECKON) return [before];
  const share = 1 - Math.exp(-(uptime - before.at) / HABIT);
  return [{ name: wan.name, rtt: before.rtt + share * (rtt - before.rtt), at: uptime }];
}

function averageOf({ quality }: WanState): number | undefined {
  const figures = quality && figuresOf(quality);
  return figures && figures.packets >= ENOUGH ? figures.rtt?.average : undefined;
}

function isWatched(key: string, wans: WanState[]): boolean {
  return wans.some(({ name, verdict }) => name === wanOf(key) && verdict.status === 'up');
}

function wanOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
