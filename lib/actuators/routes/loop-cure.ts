import type { Path, Problem } from '../../model.js';

/** What is to be said of tunnels that would be led into themselves, with what gives their servers a route by a line of that family. */
export function loopProblems(paths: Path[]): Problem[] {
  return paths.flatMap(({ wan, link, loop }) => {
    const server = link?.server;
    if (!loop || server === undefined) return [];
    const line = paths.find(
      (one) =>
        one.wan.enabled && one.wan.family === wan.family && one.gateway !== undefined && one.link?.server === undefined,
    );
    return {
      option: `interface '${wan.name}'`,
      text: `${wan.unusable}; left out`,
      remedy: line
        ? [{ routeTo: server, by: line }]
        : [`give ${server} a route by the line that is to carry the tunnel`],
    };
  });
}
