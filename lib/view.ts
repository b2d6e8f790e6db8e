import { withoutLoops } from './actuators/routes/loops.js';
import { isOurs } from './actuators/routes/route.js';
import { isSix, isSixName } from './family.js';
import type { Config, Observation, Problem, State, View } from './model.js';
import { findPaths, missingInterfaces, twinProblems } from './observe/paths.js';
import { withServers } from './observe/tunnels.js';
import type { Platform } from './platform/platform.js';

/**
 * How one looks at a system, as often as one likes. Where a tunnel leads of which only its program knows it is asked once, and only
 * while it is not in use.
 *
 * @param previous what the last round remembered; not used if the router has started again since
 */
export function createLook(
  platform: Platform,
  config: Config,
  previous: State | undefined,
  bootId: string,
): () => Promise<View> {
  // Before a restart, everything may have been otherwise.
  const known = previous?.bootId === bootId ? previous : undefined;
  let servers: Map<string, string> | undefined;
  return async () => {
    const seen = await platform.observe(
      config,
      previous?.wans.some(({ name }) => isSixName(name)),
    );
    const shown = await view(config, withServers(seen, servers ?? new Map()), known);
    if (servers || !hasOpaque(shown, known)) return shown;
    servers = await platform.servers();
    return view(config, withServers(seen, servers), known);
  };
}

/** The WANs as an observation shows them. */
export async function view(config: Config, seen: Observation, previous: State | undefined): Promise<View> {
  const memory = new Map(previous?.wans.map(({ name, seen }) => [name, seen]));
  const paths = withoutLoops(findPaths(config, seen, isOurs, memory), seen);
  if (!config.wans.some(isSix)) return { seen, paths };
  const { findPaths6 } = await import('./observe/paths6.js');
  const { withoutLoops6 } = await import('./actuators/six/loops.js');
  return { seen, paths: [...paths, ...withoutLoops6(findPaths6(config, seen, paths, isOurs, memory), seen)] };
}

/** Does a tunnel that is not in use wait to be used, of which only its program knows where it leads? */
function hasOpaque({ paths }: View, previous: State | undefined): boolean {
  return paths.some(
    ({ wan, link }) =>
      wan.enabled && link?.opaque && previous?.wans.find(({ name }) => name === wan.name)?.verdict.status !== 'up',
  );
}

/** What is wrong with the WANs as they are seen. */
export async function viewProblems(config: Config, { seen, paths }: View): Promise<Problem[]> {
  const loops = paths.some(({ loop }) => loop)
    ? (await import('./actuators/routes/loop-cure.js')).loopProblems(paths)
    : [];
  const unseen = seen.blind6 ? [{ text: seen.blind6 }] : [];
  return [...missingInterfaces(config, seen), ...unseen, ...twinProblems(config, paths), ...loops];
}
