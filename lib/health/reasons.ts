import type { Path, Probe, Wan } from '../model.js';

/** Why a WAN is left out. */
export function whyDisabled({ unusable }: Wan): string {
  return unusable ?? 'not enabled in the configuration';
}

/** Why nothing can be sent through a device. */
export function whyNoLink({ wan, device, link, port }: Path): string {
  const known = device === undefined && port?.state !== 'up' ? port : link;
  if (device === undefined && wan.uplink) return 'it holds RED, which is not up';
  if (device === undefined && !known) return `netifd has no device for interface ${wan.interface} now`;
  if (!known) return `there is no device ${device}`;
  return known.state === 'down' ? `${known.device} is down` : `${known.device} has no carrier`;
}

/** Why nothing leads beyond its neighbours. */
export function whyNoGateway({ device, selfGateway }: Path): string {
  return selfGateway === undefined
    ? `no gateway for ${device}`
    : `the gateway of ${device}, ${selfGateway}, is an address of the router itself`;
}

/** Why it has another status although nothing was learned of it. @param before the reason of the last one */
export function whyUnproved(before: string): string {
  return `back, and not probed yet; before: ${before}`;
}

/** Why it is up. */
export function whoAnswered({ targets, seen }: Probe): string {
  return (
    seen ??
    `reply from ${targets.flatMap(({ target, outcome }) => (outcome === 'answered' ? [target] : [])).join(', ')}`
  );
}

/** Why it is not. */
export function whoIsSilent({ targets, seen }: Probe): string {
  const lost = targets.filter(({ outcome }) => outcome === 'lost');
  const silent = lost.flatMap(({ target, instead }) => (instead === undefined ? [target] : []));
  const others = lost.flatMap(({ target, instead }) => (instead === undefined ? [] : [`${target}: ${instead}`]));
  const silence = silent.length > 0 || others.length === 0 ? [`no reply from ${silent.join(', ')}`] : [];
  return seen ?? [...silence, ...others].join('; ');
}

/**
 * Why it is not up, although it answers.
 *
 * @param successes good rounds in a row
 * @param waited s since it began to answer, of those that it must
 */
export function whyNotYet(
  { recoveryThreshold, failbackDelay }: Pick<Wan, 'recoveryThreshold' | 'failbackDelay'>,
  { successes, falls }: { successes: number; falls: number },
  waited: number,
  delay: number,
): string {
  if (successes < recoveryThreshold) return `answering again, ${successes} of ${recoveryThreshold} good rounds`;
  const why = delay > failbackDelay ? `, because it went down ${falls} times` : '';
  return `answering again, ${Math.floor(waited)} of ${delay} s${why}`;
}
