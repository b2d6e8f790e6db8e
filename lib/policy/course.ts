import type { Balance, Config, Leads, Steer, WanState } from '../model.js';

/** How the WANs are to be used. */
export interface Course extends Pick<Config, 'mode' | 'sticky'> {
  /** By name: what a WAN weighs in place of what is configured. */
  weights?: ReadonlyMap<string, number>;
  /** What new flows of a class go by. Absent: no flow is told from another. */
  leads?: Leads;
  /** New flows that are led away from a line which is congested. */
  steers?: Steer[] | undefined;
  /** Names of WANs that would slow down a connection which uses several. */
  spares?: ReadonlySet<string>;
  /** Names of paths that have been dead for as long as their option `deprecate` says. */
  dead?: ReadonlySet<string>;
}

/** The course of a configuration: with the weights that were found, where it asks for such, and what was found of the lines. */
export function courseOf(
  config: Config,
  balance: Balance | undefined,
  wans: WanState[],
  steers?: Steer[] | undefined,
): Course {
  const { mode, sticky, classes } = config;
  const found = balance && isAsked(config, balance) ? balance : undefined;
  const spares = wans.flatMap(({ name, spare }) => (spare === undefined ? [] : [name]));
  return {
    mode,
    sticky,
    ...(found ? { weights: new Map(found.members.map(({ name, weight }) => [name, weight])) } : {}),
    ...(classes ? { leads: { classes, choices: found?.choices ?? [] } } : {}),
    ...(steers ? { steers } : {}),
    ...(spares.length === 0 ? {} : { spares: new Set(spares) }),
  };
}

function isAsked({ mode, balance: by }: Config, balance: Balance): boolean {
  return mode === 'multiuplink' && balance.by === by;
}
