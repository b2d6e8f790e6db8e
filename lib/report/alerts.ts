import { LEVELS } from '../config/plugins.js';
import { wordFor } from '../health/transition.js';
import type { Level, Plugin, State, Told, Transition, WanState, Word } from '../model.js';
import { measuredWords } from './quality.js';
import { restartWords } from './restarts.js';

/** An alert for one plugin: a trouble that began or ended. */
export interface Notice {
  plugin: string;
  /** What it is about, the same at its beginning and its end. */
  key: string;
  state: 'begin' | 'end';
  level: Level;
  wan?: string;
  device?: string;
  /** How the WAN was called before, and is now. */
  from?: Word;
  to?: Word;
  reason: string;
  /** s since its beginning was told. */
  lasted?: number;
}

/** A trouble that is there. */
type Standing = Pick<Notice, 'key' | 'wan' | 'reason'>;

/** Grave enough for a plugin. */
const isHeard = (key: string, { level }: Plugin) => LEVELS.indexOf(levelOf(key)) >= LEVELS.indexOf(level);
const LEVEL_OF: ReadonlyMap<string, Level> = new Map([
  ['wan-restarted', 'info'],
  ['wan-degraded', 'warning'],
  ['wan-flapping', 'warning'],
  ['wan-congested', 'warning'],
  ['wan-slower', 'warning'],
  ['wan-quota-75', 'warning'],
  ['wan-quota-95', 'error'],
  ['wan-down', 'error'],
  ['no-wan-up', 'critical'],
  ['trouble', 'error'],
]);

/** How grave an alert with this key is. */
export function levelOf(key: string): Level {
  return LEVEL_OF.get(kindOf(key)) ?? 'error';
}

/** What is said at the end of those that have lasted, while it is up. */
const OVER: Record<string, string> = {
  'wan-flapping': 'it has been up for an hour',
  'wan-congested': 'there was no sign of it for a minute',
  'wan-slower': 'it is as quick as usual, or that is usual now',
};

/** The same of a quota, whether it is up or not. */
const LESS = 'less of its data is used: a new period has begun, or it has another quota';
const isQuota = (key: string) => key.startsWith('wan-quota-');

/** The key without the name of the WAN. */
export function kindOf(key: string): string {
  return key.split(':')[0] ?? '';
}

/**
 * The alerts that plugins are to be told now, and what each of them has heard then. What stands is compared with what was told, so
 * a round that was killed in between is made good by the next one.
 *
 * @param transitions of this round
 * @param failure why this round could not do its work, if it could not
 * @param told what they have heard until now
 * @param lasting troubles that are there because they have lasted
 */
export function dueAlerts(
  plugins: Plugin[],
  state: State,
  transitions: Transition[],
  failure: string | undefined,
  told: Told[],
  lasting: Standing[] = [],
): { notices: Notice[]; told: Told[] } {
  const standing = [...findTroubles(state, failure), ...lasting];
  const isOpen = (key: string) => isUndecided(key, state) || standing.some((one) => one.key === key);
  const notices: Notice[] = [];
  const heard = plugins
    .filter(({ type }) => type === 'alert')
    .flatMap((plugin) => {
      const before = told.filter((entry) => entry.plugin === plugin.name);
      const place = (key: string, wan?: string) => placeOf(plugin, key, wan, state, transitions);
      const kept = before.flatMap((entry): Told[] => {
        if (!entry.open || isOpen(entry.key)) return [entry];
        const [, wan] = /:(.*)/.exec(entry.key) ?? [];
        const lasted = entry.at === undefined ? {} : { lasted: state.uptime - entry.at };
        notices.push({ ...place(entry.key, wan), state: 'end', reason: whyOver(entry.key, wan, state), ...lasted });
        return [{ ...entry, open: false }];
      });
      const rest = kept.filter((entry) => entry.open || isCooling(entry, plugin, state.uptime));
      const begun = standing
        .filter(({ key }) => isHeard(key, plugin) && !rest.some((entry) => entry.key === key))
        .map(({ key, wan, reason }): Told => {
          notices.push({ ...place(key, wan), state: 'begin', reason });
          return { plugin: plugin.name, key, at: state.uptime, open: true };
        });
      return [...rest, ...begun];
    });
  return { notices, told: heard };
}

function isCooling({ at }: Told, { cooldown }: Plugin, uptime: number): boolean {
  return at !== undefined && uptime - at < cooldown;
}

function findTroubles({ wans, uptime }: State, failure: string | undefined): Standing[] {
  const watched = wans.filter(({ verdict }) => verdict.status !== 'disabled');
  const isNoneUp = watched.length > 0 && watched.every(({ verdict }) => !['up', 'unknown'].includes(verdict.status));
  const reasons = watched.map(({ name, verdict }) => `${name}: ${verdict.reason}`);
  return [
    ...(failure === undefined ? [] : [{ key: 'trouble', reason: failure }]),
    ...(isNoneUp ? [{ key: 'no-wan-up', reason: reasons.join('; ') }] : []),
    ...watched.flatMap((wan) => troublesOf(wan, uptime)),
  ];
}

function troublesOf(wan: WanState, uptime: number): Standing[] {
  const { name, verdict, healing } = wan;
  const word = wordFor(wan);
  if (word === 'unknown') return [];
  const kind = word === 'up' || word === 'degraded' ? word : 'down';
  const restarts = healing?.restarts ? restartWords(healing, uptime) : undefined;
  return [
    ...(kind === 'up' ? [] : [{ key: `wan-${kind}:${name}`, wan: name, reason: verdict.reason }]),
    ...(restarts === undefined ? [] : [{ key: `wan-restarted:${name}`, wan: name, reason: restarts }]),
  ];
}

/** Of a line of which nothing is known, what was told stays as it was. */
function isUndecided(key: string, { wans }: State): boolean {
  const isUnknown = ({ verdict }: WanState) => verdict.status === 'unknown';
  if (key === 'no-wan-up') return wans.some(isUnknown) && !wans.some(({ verdict }) => verdict.status === 'up');
  return wans.some((wan) => isUnknown(wan) && key.endsWith(`:${wan.name}`));
}

function placeOf(plugin: Plugin, key: string, wan: string | undefined, { wans }: State, transitions: Transition[]) {
  const now = wans.find(({ name }) => name === wan);
  const from = transitions.find(({ name }) => name === wan)?.from;
  return {
    plugin: plugin.name,
    key,
    level: levelOf(key),
    ...(wan === undefined ? {} : { wan }),
    ...(now?.seen.device === undefined ? {} : { device: now.seen.device }),
    ...(from === undefined ? {} : { from }),
    ...(now === undefined ? {} : { to: wordFor(now) }),
  };
}

function whyOver(key: string, wan: string | undefined, { wans }: State): string {
  if (key === 'trouble') return 'rounds do their work again';
  const [first] = wan === undefined ? wans.filter(({ verdict }) => verdict.status === 'up') : [];
  if (wan === undefined) return first ? `${first.name} is up` : 'no WAN is watched';
  const now = wans.find(({ name }) => name === wan);
  if (!now) return 'it is not configured any more';
  if (isQuota(key)) return LESS;
  const over = OVER[kindOf(key)];
  if (over !== undefined && now.verdict.status === 'up') return over;
  return `${now.verdict.reason}${kindOf(key) === 'wan-degraded' ? measuredWords(now) : ''}`;
}
