import type { Config, Problem } from '../model.js';

/** What keeps new flows from being led by another line that a round does not say. @param hasNft the program is there */
export function examineSteering({ steering = [], mode, wans }: Config, hasNft: boolean): Problem[] {
  // Where something is to be done, whoever does it says so.
  const isDry = steering.some(({ dryRun }) => dryRun);
  const missing: Problem[] =
    isDry && !hasNft
      ? [{ text: "the program 'nft' is not there: no flow could be steered", remedy: [{ install: 'nft' }] }]
      : [];
  return [...missing, ...(mode === 'failover' ? steering.flatMap((section) => examineOrder(section, wans)) : [])];
}

function examineOrder({ name, primary }: NonNullable<Config['steering']>[number], wans: Config['wans']): Problem[] {
  const enabled = wans.filter((wan) => wan.enabled);
  const lowest = Math.min(...enabled.map(({ metric }) => metric));
  const best = enabled.find(({ metric }) => metric === lowest)?.name;
  if (best === undefined || best === primary) return [];
  const text = `in mode failover '${best}' carries the traffic: nothing leaves by '${primary}' that could be led away, but while '${best}' is down`;
  return [{ option: `steering '${name}': option primary`, text }];
}
