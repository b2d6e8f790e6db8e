import { groupsOf, isWithin, textOf } from '../address6.js';
import type { Problem, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import { NUMBERS } from './plain.js';
import { readTargets } from './targets.js';
import type { UciOption, UciSection } from './uci.js';
import { flag, integer, optional, type Reader } from './values.js';

/** Thresholds that the IPv6 path of a WAN may have for itself, by the field that they are for. */
const OWN = {
  reliability: 'reliability',
  count: 'ping_count',
  timeout: 'ping_timeout',
  failureThreshold: 'failure_threshold',
  recoveryThreshold: 'recovery_threshold',
  failbackDelay: 'failback_delay',
} as const;

/** Options of the settings that are for IPv6. */
export const SETTINGS6 = ['ipv6', 'deprecate'];
/** All options of a WAN that are for its IPv6. */
export const OPTIONS6 = [
  'ipv6',
  'ping_target6',
  'interface6',
  'deprecate',
  ...Object.values(OWN).map((name) => `${name}6`),
];

/** s; 0: never. A day is longer than anybody's prefix lasts. */
const DEPRECATE = integer(0, 86400, 0);

/** The name of a netifd interface. */
const INTERFACE: Reader<string | undefined> = {
  read: (text) => (/^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : undefined),
  legal: 'the name of a netifd interface',
  fallback: undefined,
};

/** What a provider never gives a host: loopback, IPv4 in other words, link-local, multicast. */
const NO_HOSTS = [
  { address: '::', length: 32 },
  { address: 'fe80::', length: 10 },
  { address: 'ff00::', length: 8 },
];

/** An address on the Internet, as `ip` prints it. */
const TARGET6 = {
  read: (text: string) => {
    const groups = groupsOf(text);
    const address = groups && textOf(groups);
    return address !== undefined && !NO_HOSTS.some((prefix) => isWithin(address, prefix)) ? address : undefined;
  },
  legal: () => 'not the IPv6 address of a host (names are not looked up in a probe)',
};

/**
 * The IPv6 paths of the WANs that are to have one, each as a WAN of its own. A WAN's own option overrules that of the settings.
 *
 * @param wans of all `config interface` sections, in their order
 */
export function readIpv6(
  settings: Map<string, UciOption>,
  sections: UciSection[],
  wans: Wan[],
  problems: Problem[],
): Wan[] {
  const everywhere = readOption(settings, 'ipv6', flag(false), problems);
  const deprecate = readOption(settings, 'deprecate', DEPRECATE, problems);
  const interfaces = sections.filter(({ type }) => type === 'interface');
  return wans.flatMap((wan, i) => {
    const { options = new Map<string, UciOption>(), line = 0 } = interfaces[i] ?? {};
    const isAsked = readOption(options, 'ipv6', optional(flag(false)), problems) ?? everywhere;
    const targets = readTargets(options.get('ping_target6'), problems, TARGET6);
    const thresholds = Object.entries(OWN).flatMap(([field, name]) => {
      const value = readOption(options, `${name}6`, optional(NUMBERS[name]), problems);
      return value === undefined ? [] : [[field, value]];
    });
    const after = readOption(options, 'deprecate', optional(DEPRECATE), problems) ?? deprecate;
    const own = readOption(options, 'interface6', INTERFACE, problems);
    if (!isAsked || !wan.enabled) return [];
    if (targets.length === 0) {
      const text =
        "option ipv6 needs a ping_target6, as in: list ping_target6 '2606:4700:4700::1111'; its IPv6 is left out";
      problems.push({ line, option: `interface '${wan.name}'`, text });
      return [];
    }
    const { device, interface: name, metric, weight, tier, limits, inbound, mptcp, metered, bandwidth } = wan;
    const path: Wan = {
      name: `${wan.name}/ipv6`,
      family: 6,
      enabled: true,
      ...(own !== undefined ? { interface: own } : device !== undefined ? { device } : { interface: name as string }),
      ...{ metric, weight, tier, targets },
      ...{ reliability: wan.reliability, count: wan.count, timeout: wan.timeout, failbackDelay: wan.failbackDelay },
      ...{ failureThreshold: wan.failureThreshold, recoveryThreshold: wan.recoveryThreshold },
      ...(limits ? { limits } : {}),
      // By the table and the mark of the WAN: each family has tables of its own.
      ...(inbound && (inbound.mask > 0 || mptcp) ? { inbound } : {}),
      ...(mptcp ? { mptcp, measured: true, ...(metered && { metered }), ...(bandwidth && { bandwidth }) } : {}),
      ...(after > 0 ? { deprecate: after } : {}),
      ...Object.fromEntries(thresholds),
    };
    if (path.reliability > targets.length) {
      if (options.has('reliability6'))
        problems.push({
          line,
          ...placeOf(options.get('reliability6')),
          text: `more than there are usable targets; using ${targets.length}`,
        });
      path.reliability = targets.length;
    }
    return [path];
  });
}
