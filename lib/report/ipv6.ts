import { heldBy } from '../actuators/six/held.js';
import { leadsTo } from '../actuators/six/look-up.js';
import { prefixText } from '../address6.js';
import { isSix } from '../family.js';
import type { Nexthop, Path, Prefix, Six, View } from '../model.js';

/** By what a prefix of the LAN leaves, as the kernel has it. */
export interface Leaving {
  /** Absent: all sources without a line of their own. */
  prefix?: Prefix;
  /** Names of paths; for what is no WAN, its device. */
  by: string[];
  /** As what it leaves, where it is another line's: by path. */
  as: string[];
}

/** What is shown of IPv6: by what each prefix leaves, and the paths that carry something. */
export interface SixSurvey {
  leaving: Leaving[];
  inUse: ReadonlySet<string>;
}

/** @returns undefined where there is no IPv6 to show */
export function surveySix({ seen: { six }, paths }: Pick<View, 'seen' | 'paths'>): SixSurvey | undefined {
  const lines = paths.filter(({ wan }) => isSix(wan));
  if (!six || lines.length === 0) return undefined;
  const prefixes = lines.flatMap((path) => heldBy(path).map((prefix) => ({ prefix, path })));
  const leaving = [
    ...prefixes.map(({ prefix, path }) => leavingOf(leadsTo(six.routes, prefix), lines, six, prefix, path)),
    leavingOf(leadsTo(six.routes), lines, six),
  ];
  return { leaving, inUse: new Set(leaving.flatMap(({ by }) => by)) };
}

function leavingOf(hops: Nexthop[], lines: Path[], { translation }: Six, prefix?: Prefix, own?: Path): Leaving {
  const ways = hops.map(({ device }) => ({ device, path: lines.find((path) => path.device === device) }));
  const as = ways.flatMap(({ device, path }) => {
    if (!prefix || path === own) return [];
    const head = `${device}: ${prefixText(prefix)} as `;
    return (translation.comments ?? []).flatMap((comment) =>
      comment.startsWith(head) ? [comment.slice(head.length)] : [],
    );
  });
  return {
    ...(prefix ? { prefix } : {}),
    by: ways.map(({ device, path }) => path?.wan.name ?? device ?? 'nothing'),
    as,
  };
}

/** The same as lines. */
export function sixLines({ leaving }: SixSurvey): string[] {
  return leaving.map(({ prefix, by, as }) => {
    const what = prefix ? prefixText(prefix) : 'other IPv6';
    if (by.length === 0) return `  ${what} leads nowhere`;
    return `  ${what} by ${by.join(', ')}${as.length > 0 ? `, as ${as.join(', ')}` : ''}`;
  });
}

/** The same as a value. */
export function sixJson({ leaving }: SixSurvey) {
  return leaving.map(({ prefix, by, as }) => ({ prefix: prefix ? prefixText(prefix) : null, by, as }));
}
