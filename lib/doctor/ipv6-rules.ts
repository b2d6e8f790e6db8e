import type { Problem } from '../model.js';

/** A chain of nft as `nft list ruleset` prints it. */
interface Chain {
  /** As `inet fw4`. */
  table: string;
  name: string;
  rules: string[];
}

/** Families whose chains see IPv6. */
const FAMILIES = ['ip6', 'inet'];
/** That of OpenWrt's firewall. */
const FW4 = 'inet fw4';
/** Our table. */
const OURS = 'ip6 mini_mwan';
/** What a rule is for that is for IPv4 only. */
const IPV4_ONLY = /\bnfproto ipv4\b|\bip (?:saddr|daddr)\b|\bsnat ip to\b|\bsnat to \d+\.|\bicmp type\b/;

/** What others have nft do to IPv6 that stands in the way. @param devices those of the WANs */
export function examineRuleset(ruleset: string, devices: string[]): Problem[] {
  const chains = chainsOf(ruleset);
  return [...examineTranslation(chains, devices), ...examineFlows(chains), ...examineErrors(chains)];
}

function chainsOf(ruleset: string): Chain[] {
  const chains: Chain[] = [];
  let table: string | undefined;
  for (const line of ruleset.split('\n')) {
    const [, family = '', name = ''] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (family !== '')
      table = FAMILIES.includes(family) && `${family} ${name}` !== OURS ? `${family} ${name}` : undefined;
    const [, chain] = /^\tchain (\S+) \{/.exec(line) ?? [];
    if (chain !== undefined && table !== undefined) chains.push({ table, name: chain, rules: [] });
    else if (/^\t\t\S/.test(line) && table !== undefined) chains.at(-1)?.rules.push(line.trim());
  }
  return chains;
}

/** Sources that somebody else translates where they leave by a WAN. */
function examineTranslation(chains: Chain[], devices: string[]): Problem[] {
  const isMeant = (rule: string) => {
    const named = devicesIn(rule);
    return named.length === 0 || named.some((device) => devices.includes(device));
  };
  return chains.flatMap((chain): Problem[] => {
    const rule = chain.rules.find((one) => /\b(masquerade|snat)\b/i.test(one) && !IPV4_ONLY.test(one) && isMeant(one));
    const calls = chains.flatMap(({ table, rules }) =>
      table === chain.table ? rules.filter((one) => new RegExp(`\\b(jump|goto) ${chain.name}\\b`).test(one)) : [],
    );
    if (rule === undefined || (calls.length > 0 && !calls.some(isMeant))) return [];
    const text = `nft translates IPv6 sources already (table ${chain.table}, chain ${chain.name}): hosts leave by their own line with another address than theirs`;
    const remedy =
      chain.table === FW4
        ? 'it is not needed any more: in /etc/config/firewall, the zone of the WANs without option masq6'
        : `it is not needed any more: nft -a list chain ${chain.table} ${chain.name}`;
    return [{ text, remedy: [remedy] }];
  });
}

/** Flows that pass by routes and translation, once their first packets have gone by both. */
function examineFlows(chains: Chain[]): Problem[] {
  return chains.flatMap(({ table, name, rules }): Problem[] => {
    if (!rules.some((rule) => /\bflow (add|offload) @/.test(rule) && !IPV4_ONLY.test(rule))) return [];
    const text = `flow offload is on (table ${table}, chain ${name}): an IPv6 flow in it may stay on a dead line, or get no answers once its line is well`;
    const remedy = table === FW4 ? { offload: 'all' as const } : `without it: nft -a list chain ${table} ${name}`;
    return [{ text, remedy: [remedy] }];
  });
}

function devicesIn(rule: string): string[] {
  const [, one, several] = /\boifname (?:"([^"]+)"|\{([^}]*)\})/.exec(rule) ?? [];
  return one === undefined ? [...(several ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name as string) : [one];
}

/** Without ICMPv6 a host does not learn that its packets are too large (RFC 4890), and a router does not find its neighbours. */
function examineErrors(chains: Chain[]): Problem[] {
  const isAbout = (rule: string) => /\b(icmpv6|ipv6-icmp)\b/.test(rule);
  return chains.flatMap(({ table, name, rules }): Problem[] => {
    const [head = ''] = rules;
    const hook = /^type filter hook (input|forward)\b.*policy drop/.exec(head)?.[1];
    const dropped = rules.find((rule) => isAbout(rule) && /\b(drop|reject)\b/.test(rule) && !/\blimit\b/.test(rule));
    const all = chains.filter((chain) => chain.table === table).flatMap((chain) => chain.rules);
    const isTaken = all.some((rule) => isAbout(rule) && /\b(accept|jump|goto)\b/.test(rule));
    // Errors belong to the flow that they are about.
    const isRelated =
      hook === 'forward' && all.some((rule) => /\brelated\b.*\baccept\b|\brelated : accept\b/.test(rule));
    const isClosed = hook !== undefined && !isTaken && !isRelated;
    if (dropped === undefined && !isClosed) return [];
    const text = `nft drops ICMPv6 (table ${table}, chain ${name}): packets that are too large vanish, and neighbours are not found`;
    return [
      {
        text,
        remedy: [
          'take at least these: icmpv6 type { destination-unreachable, packet-too-big, time-exceeded,',
          '  parameter-problem, nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept',
        ],
      },
    ];
  });
}
