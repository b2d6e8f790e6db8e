/**
 * What must be true, whatever happens: each is a pure function of what was seen, and returns what is wrong, in words. The first
 * ones hold around each single command of ours, the others after a clean round: one that nothing disturbed, that probed
 * truthfully, during which nothing changed.
 */

/** Where packets to one address leave. */
export interface Exit {
  address: string;
  ways: { device: string; gateway?: string | undefined }[];
  /** By a route that is there for probes only. */
  probe: boolean;
}

/** A line as it is, and as a process can know it. */
export interface Known {
  device: string;
  /** Switched on in the configuration. */
  enabled: boolean;
  /** It has a link: its device is up, and somebody is at the other end. */
  linked: boolean;
  /** It works, and has since before this process began. */
  works: boolean;
  /** It does not work, and did not when this process probed it; or, if it has not yet, when the last clean round did. */
  knownDead: boolean;
}

type Complaint = string | undefined;

const wordsOf = ({ address, ways }: Exit) =>
  `${address} by ${ways.map(({ device, gateway }) => [device, gateway].join(' ')).join(' and ') || 'nothing'}`;

/** What is not ours is what it would be if we had never been there: to the last bit. */
export function othersUntouched(others: string, without: string): Complaint {
  return others === without
    ? undefined
    : `the routes of others are not what they would be:\n${others}\n  but should be:\n${without}`;
}

/**
 * No command takes the last way to any part of the Internet away, but where that has no link, or has been switched off, or was
 * there to probe a line that does not work.
 */
export function keepsDefault(before: Exit[], after: Exit[], known: Known[]): Complaint {
  const lost = before.find(({ ways, probe }, i) => {
    const isMeant = ({ device }: Exit['ways'][number]) => {
      const line = known.find((other) => other.device === device);
      return !line || (line.enabled && line.linked && (line.works || !probe));
    };
    return ways.some(isMeant) && after[i]?.ways.length === 0;
  });
  return lost && `${wordsOf(lost)} before, and by nothing now`;
}

/** No command moves traffic from a line that works to one that is known not to. */
export function neverToDead(before: Exit[], after: Exit[], known: Known[]): Complaint {
  const find = (device: string) => known.find((line) => line.device === device);
  for (const [i, exit] of before.entries()) {
    const now = after[i] as Exit;
    const good = exit.ways.length > 0 && exit.ways.every(({ device }) => find(device)?.works && find(device)?.enabled);
    const bad = now.ways.find(({ device, gateway }) => {
      const isNew = !exit.ways.some((way) => way.device === device && way.gateway === gateway);
      return isNew && find(device)?.knownDead;
    });
    if (good && bad) return `${wordsOf(exit)} worked; moved to ${wordsOf(now)}, which does not`;
  }
  return undefined;
}

/** Who is in charge without us by a default better than any that a WAN has stays in charge: no command takes traffic from it. */
export function leavesVpn(before: Exit[], after: Exit[], vpn: string): Complaint {
  const isVpn = ({ ways }: Exit) => ways.length > 0 && ways.every(({ device }) => device === vpn);
  const taken = before.find((exit, i) => isVpn(exit) && !isVpn(after[i] as Exit));
  return (
    taken &&
    `${wordsOf(taken)}, which must stay in charge, before; ${wordsOf(after[before.indexOf(taken)] as Exit)} now`
  );
}

/** After a clean round, where no VPN is in charge, packets leave by lines that work, if there is one. */
export function leavesByWorking(
  exits: Exit[],
  isGood: (way: Exit['ways'][number]) => boolean,
  isAny: boolean,
): Complaint {
  const wrong = isAny ? exits.find(({ ways }) => ways.length === 0 || !ways.every(isGood)) : undefined;
  return wrong && `a line works, and after a clean round packets leave otherwise: ${wordsOf(wrong)}`;
}

/** After a clean round, where a VPN is in charge without us, it is with us. */
export function vpnInCharge(exits: Exit[], without: Exit[], vpn: string): Complaint {
  const wrong = exits.find((exit, i) => without[i]?.ways[0]?.device === vpn && exit.ways[0]?.device !== vpn);
  return (
    wrong && `a VPN is in charge of everything, and after a clean round packets leave otherwise: ${wordsOf(wrong)}`
  );
}

/** Verdicts after a clean round: what works and was up is up still, what does not is not, and if one works, one is up. */
export function judgesWell(
  lines: { name: string; works: boolean; dead: boolean; was: string | undefined; is: string | undefined }[],
): Complaint {
  const fallen = lines.find(({ works, was, is }) => works && was === 'up' && is !== 'up');
  if (fallen) return `${fallen.name} works and was up, and is ${fallen.is} after a clean round`;
  const risen = lines.find(({ dead, is }) => dead && is === 'up');
  if (risen) return `${risen.name} does not work, and is up after a clean round`;
  const none = lines.some(({ works }) => works) && !lines.some(({ is }) => is === 'up');
  return none ? 'a line works, and after a clean round none is up' : undefined;
}

/**
 * What was learned of a line does not count if it has become another one since: one that was up is not down for that.
 *
 * @param moved while it was probed, and before that was judged
 */
export function judgesSameLine(
  lines: { name: string; moved: boolean; was: string | undefined; is: string | undefined }[],
): Complaint {
  const wronged = lines.find(({ moved, was, is }) => moved && was === 'up' && is === 'down');
  return wronged && `${wronged.name} became another line while it was probed, and is down for what the old one did`;
}

/**
 * What was down is up again while another one is only when enough rounds in a row have found it to answer, for long enough.
 *
 * @param early they were not, or it was not
 */
export function returnsWithCare(
  lines: { name: string; early: boolean; was: string | undefined; is: string | undefined }[],
): Complaint {
  const hasty = lines.find(({ name, early, was, is }) => {
    const isOther = lines.some((other) => other.name !== name && other.was === 'up' && other.is === 'up');
    return early && was === 'down' && is === 'up' && isOther;
  });
  return hasty && `${hasty.name} has not answered for long enough, and is up again`;
}

/** What answers for longer than any line must, and for as many rounds, is up again. */
export function returnsAtLast(
  lines: { name: string; works: boolean; late: boolean; is: string | undefined }[],
): Complaint {
  const forgotten = lines.find(({ works, late, is }) => works && late && is !== 'up');
  return forgotten && `${forgotten.name} has answered for long enough, and is ${forgotten.is}`;
}

/** While no WAN is up, packets leave by what they left by when the round probed: nothing is better. */
export function holds(probed: Exit[], after: Exit[]): Complaint {
  const devices = ({ ways }: Exit) => ways.map(({ device }) => device).join();
  const moved = probed.find((exit, i) => exit.ways.length > 0 && devices(exit) !== devices(after[i] as Exit));
  return (
    moved &&
    `no WAN is up, and a clean round has moved ${wordsOf(moved)} to ${wordsOf(after[probed.indexOf(moved)] as Exit)}`
  );
}

/** After two clean rounds that found the same, a third that does so changes nothing. */
export function isQuiet(clean: number, changes: string[]): Complaint {
  return clean >= 2 && changes.length > 0
    ? `two rounds have found the same as this one, which did:\n${changes.join('\n')}`
    : undefined;
}

/** After `restore` the table is what it would be if we had never been there. */
export function isRestored(table: string, without: string): Complaint {
  return table === without ? undefined : `after restore there is:\n${table}\n  and should be:\n${without}`;
}
