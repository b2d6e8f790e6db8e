import type { Observation } from '../model.js';

/** The observation with what the program of a tunnel knows of its server. */
export function withServers(seen: Observation, servers: ReadonlyMap<string, string>): Observation {
  const links = seen.links.map((link) => {
    const server = servers.get(link.device);
    return link.opaque && server !== undefined ? { ...link, server } : link;
  });
  return { ...seen, links };
}
