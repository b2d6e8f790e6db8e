import { inSubnet, isIPv4 } from '../address.js';
import { splitTarget } from '../method.js';
import type { Asker, Config, Path, Problem, Wan } from '../model.js';
import { hostOf } from '../target.js';

/** Who asks by a method. */
const BY_METHOD: Record<string, Asker> = { http: 'curl', https: 'curl', tcp: 'socat', dns: 'socat', arping: 'arping' };
/** All of them. */
export const ASKERS: readonly Asker[] = [...new Set(Object.values(BY_METHOD))];

/** The programs that the WANs' targets need beside ping. */
export function askersOf({ wans }: Config): Asker[] {
  return [...new Set(wans.flatMap((wan) => targetsOf(wan).map(({ asker }) => asker)))];
}

/** What follows from it that a program is missing. */
export function whyMissing(config: Config, program: Asker): Problem {
  const target = config.wans.flatMap(targetsOf).find(({ asker }) => asker === program)?.target;
  return { text: `the program '${program}' is not there: ${target} cannot be asked`, remedy: [{ install: program }] };
}

function targetsOf({ enabled, targets }: Wan) {
  return targets.flatMap((target) => {
    const asker = BY_METHOD[splitTarget(target)?.method ?? ''];
    return enabled && asker ? [{ target, asker }] : [];
  });
}

/** Targets that are asked by ARP, and who cannot hear it. */
export function examineNeighbours(paths: Path[]): Problem[] {
  return paths.flatMap(({ wan, device, link, pointToPoint }): Problem[] => {
    if (!wan.enabled || link?.state !== 'up') return [];
    const isNear = (host: string) =>
      link.addresses.some(({ address, prefix }) => isIPv4(address) && inSubnet(host, address, prefix));
    return wan.targets.flatMap((value): Problem[] => {
      if (!value.startsWith('arping:') || (!pointToPoint && isNear(hostOf(value)))) return [];
      const why = pointToPoint ? 'has two ends, and no ARP' : 'has no address in its subnet';
      return [{ option: `interface '${wan.name}': ping_target`, value, text: `${device} ${why}: nobody answers` }];
    });
  });
}
