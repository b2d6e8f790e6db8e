import { isDeviceName } from '../../config/values.js';
import type { Intent, Observation, Path, Problem, Rule, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { makeRoute } from '../routes/make.js';
import { DEFAULT, HALVES, PARTS, PROTOCOL, prefixLength } from '../routes/route.js';
import { type Marked, marksOf } from './marks.js';
import type { Thing } from './thing.js';

/** Where our rules stand: before those of mwan3 (1001 and up), of Tailscale (5210), of pbr (30000) and of VPNs (32765 and down). */
const PRIORITY = 770;
/** Table main by number, as `ip -N` prints it (linux/rtnetlink.h). */
const MAIN = '254';
const ALL_BITS = 2 ** 32 - 1;

type Selector = Pick<Rule, 'from' | 'mark' | 'mask'>;

/**
 * What leads answers by the line that a connection came in by, whatever probes say of the line.
 *
 * @param verdicts every configured WAN, in the order of the configuration
 * @param lack why nothing can be marked
 */
export function want(intent: Intent, verdicts: Verdict[], seen: Observation, lack?: Problem): Wanted<Thing> {
  const lines = verdicts.filter(({ path, refused }) => path.wan.enabled && path.wan.inbound && !refused);
  if (lines.length === 0) return { things: [], problems: [] };
  if (!seen.tables)
    return { things: [], problems: [{ text: "option inbound: 'ip' does not show routes of other tables" }] };
  const obstacle = lack ?? whyNoMarks(lines, seen);
  const marked = obstacle ? [] : lines.flatMap(({ path }) => markedOf(path));
  const first = firstPriority(seen.rules);
  const suppress = Math.max(...(intent.sticky ? PARTS : HALVES).map(prefixLength));
  const ways = lines.flatMap(({ path, usable, status }): Thing[] => {
    const table = `${path.wan.inbound?.table}`;
    const own = marked.filter(({ device }) => device === path.device);
    // No subflow is to begin on a line that is dead.
    const isLed = isLedByAddress(path, marked) && !(path.wan.mptcp && status === 'down');
    const addresses = isLed ? addressesOf(path, seen).own : [];
    const selectors: Selector[] = [
      // Who has marked a packet wants it to go by that.
      ...addresses.map((from) => ({ from, mark: 0, mask: ALL_BITS })),
      ...own.map(({ mark, mask }) => ({ mark, mask })),
    ];
    return [
      ...(usable
        ? [{ kind: 'route' as const, route: { ...makeRoute(DEFAULT, 0, [{ path, weight: 1 }]), table } }]
        : []),
      ...selectors.flatMap((selector): Thing[] => [
        // Whatever is no default leads as it always does: to the LAN above all.
        { kind: 'rule', priority: first, table: MAIN, ...selector, suppress },
        { kind: 'rule', priority: first + 1, table, ...selector },
      ]),
    ];
  });
  return {
    things: [...ways, ...(marked.length > 0 ? [marksOf(marked)] : [])],
    problems: [...(obstacle ? [obstacle] : []), ...lines.flatMap(({ path }) => twinAddresses(path, marked, seen))],
  };
}

/**
 * Answers have their mark. What the router begins from the same address may be a VPN's, or for one: only where nothing can be
 * marked, and for subflows of MPTCP, it is led by that.
 */
function isLedByAddress({ wan, device }: Path, marked: Marked[]): boolean {
  return wan.mptcp === true || !marked.some((line) => line.device === device);
}

/** Before all others: one that is made without a priority comes before the first that there is. */
function firstPriority(rules: Rule[] = []): number {
  const others = rules.filter(({ protocol, priority }) => protocol !== PROTOCOL && priority > 0);
  return Math.max(1, Math.min(PRIORITY, ...others.map(({ priority }) => priority - 2)));
}

function markedOf({ wan: { name, inbound }, device }: Path): Marked[] {
  const { mark, mask = 0 } = inbound ?? {};
  // In a rule of nft, other characters mean something.
  return mark === undefined || device === undefined || !isDeviceName(device) ? [] : [{ name, device, mark, mask }];
}

/** The addresses of a line, and those of them that no other device has. */
function addressesOf({ device, link }: Path, { links }: Observation): { all: string[]; own: string[] } {
  const all = [...new Set(link?.addresses.map(({ address }) => address))];
  const others = links.filter((other) => other.device !== device).flatMap(({ addresses }) => addresses);
  return { all, own: all.filter((address) => !others.some((other) => other.address === address)) };
}

function twinAddresses(path: Path, marked: Marked[], seen: Observation): Problem[] {
  if (!isLedByAddress(path, marked)) return [];
  const { all, own } = addressesOf(path, seen);
  const twins = all.filter((address) => !own.includes(address));
  if (twins.length === 0) return [];
  const text = `another device has its address ${twins.join(', ')}, too: only what is marked is answered by it`;
  return [{ option: `interface '${path.wan.name}': inbound`, text }];
}

/** Marks of others must stay theirs. */
function whyNoMarks(lines: Verdict[], { rules = [], marks }: Observation): Problem | undefined {
  // Some are led by their addresses only, for MPTCP.
  const ours = lines.map(({ path }) => path.wan.inbound?.mask ?? 0).find((mask) => mask !== 0);
  if (ours === undefined) return undefined;
  const without = 'without marks, port forwards are answered by the best WAN';
  const rival = rules.find((rule) => rule.protocol !== PROTOCOL && usesBits(rule, ours));
  if (rival) {
    const text = `option mark_mask: the rule of priority ${rival.priority} is for such marks, too (ip rule); ${without}`;
    return { text, remedy: ['set it to bits that nobody uses, as 0xf0000000 or 0xff: see ip rule, nft list ruleset'] };
  }
  if (marks?.refusal !== undefined) {
    const text = `option inbound: nft takes no marks: ${marks.refusal}; ${without}`;
    return { text, remedy: ['the kernel must have nft_ct and CONFIG_NF_CONNTRACK_MARK; on OpenWrt: kmod-nft-core'] };
  }
  if (marks?.obstacle === undefined) return undefined;
  return { text: `option inbound: nft cannot be used: ${marks.obstacle}; ${without}`, remedy: [{ install: 'nft' }] };
}

/** A rule that compares the whole mark is for one value. */
function usesBits({ mark = 0, mask = 0 }: Rule, ours: number): boolean {
  return ((mask === ALL_BITS ? mark : mask) & ours) !== 0;
}
