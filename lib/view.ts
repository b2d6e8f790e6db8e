import { withoutLoops } from './actuators/routes/loops.js';
import { isOurs } from './actuators/routes/route.js';
import type { Config, Observation, State, Uplink } from './model.js';
import { findUplinks } from './observe/paths.js';
import { withServers } from './observe/tunnels.js';
import type { Platform } from './platform/platform.js';

/** What was seen at one moment, and what it means for the WANs. */
export interface View {
  seen: Observation;
  uplinks: Uplink[];
}

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
    const seen = await platform.observe();
    const shown = view(config, withServers(seen, servers ?? new Map()), known);
    if (servers || !hasOpaque(shown, known)) return shown;
    servers = await platform.servers();
    return view(config, withServers(seen, servers), known);
  };
}

/** The WANs as an observation shows them. */
export function view(config: Config, seen: Observation, previous: State | undefined): View {
  const memory = new Map(previous?.wans.map((wan) => [wan.name, wan]));
  return { seen, uplinks: withoutLoops(findUplinks(config, seen, isOurs, memory), seen) };
}

/** Does a tunnel that is not in use wait to be used, of which only its program knows where it leads? */
function hasOpaque({ uplinks }: View, previous: State | undefined): boolean {
  return uplinks.some(
    ({ wan, link }) =>
      wan.enabled && link?.opaque && previous?.wans.find(({ name }) => name === wan.name)?.status !== 'up',
  );
}
