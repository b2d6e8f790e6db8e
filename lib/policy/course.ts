import type { Balance, Config, Leads, Steer, Verdict, WanState } from '../model.js';

type Aside = Pick<Verdict, 'spare' | 'dead'>;

/** How the WANs are to be used. */
export interface Course extends Pick<Config, 'mode' | 'sticky'> {
  /** By name: what a WAN weighs in place of what is configured. */
  weights?: ReadonlyMap<string, number>;
  /** What new flows of a class go by. Absent: no flow is told from another. */
  leads?: Leads;
  /** New flows that are led away from a line which is congested. */
  steers?: Steer[] | undefined;
  /** By name: what is known of a WAN beside its status. */
  asides?: ReadonlyMap<string, Aside>;
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
  const asides = wans.flatMap(({ name, spare, dead }): [string, Aside][] =>
    spare || dead ? [[name, { ...(spare && { spare: true }), ...(dead && { dead }) }]] : [],
  );
  return {
    mode,
    sticky,
    ...(found ? { weights: new Map(found.members.map(({ name, weight }) => [name, weight])) } : {}),
    ...(classes ? { leads: { classes, choices: found?.choices ?? [] } } : {}),
    ...(steers && { steers }),
    ...(asides.length > 0 && { asides: new Map(asides) }),
  };
}

function isAsked({ mode, balance: by }: Config, balance: Balance): boolean {
  return mode === 'multiuplink' && balance.by === by;
}
