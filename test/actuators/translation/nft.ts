import { bitsOf, covers } from '../six/bits.js';

/** What nft does by the text of our table, as far as our rules have words for it. Fails on every rule that it does not know. */
interface Rule {
  chain: string;
  words: string;
  comment: string;
}

export function rulesIn(text: string): Rule[] {
  return [...text.matchAll(/chain (\w+) \{ type [^;]+; policy accept; (.*?)\};/g)].flatMap(
    ([, chain = '', body = '']) =>
      [...body.matchAll(/((?:[^";]|"[^"]*")+?) comment "([^"]*)"; ?/g)].map(([, words = '', comment = '']) => ({
        chain,
        words: words.trim(),
        comment,
      })),
  );
}

/** The address that the source of a new flow becomes when it leaves by a device: `router`, where it becomes the one of the device. */
export function leaves(text: string, device: string, source: string): string {
  for (const { chain, words } of rulesIn(text)) {
    // Of flows that are led: this one is not.
    if (chain !== 'sources' || / ct mark & /.test(words)) continue;
    const [, out, prefix = '', verdict = ''] = /^oifname "([^"]+)" ip6 saddr (\S+) (.+)$/.exec(words) ?? [];
    if (out === undefined) throw new Error(`syntax error: ${words}`);
    if (out !== device || !covers(prefix, source)) continue;
    if (verdict === 'return') return source;
    if (verdict === 'masquerade') return 'router';
    const [, whole, to = ''] = /^snat (ip6 prefix )?to (\S+)$/.exec(verdict) ?? [];
    if (to === '') throw new Error(`syntax error: ${words}`);
    return whole === undefined ? to : addressOf(bitsOf(to) + bitsOf(source).slice(bitsOf(to).length));
  }
  return source;
}

/** The zone in which a packet begins that comes from a LAN or a WAN. */
export function zoneOf(text: string, device: string, source: string, destination: string): number | undefined {
  for (const { chain, words } of rulesIn(text)) {
    if (chain !== 'zones') continue;
    const [, devices = '', prefix = '', near = '', zone] =
      /^iifname != \{ ([^}]*) \} ip6 saddr (\S+)((?: ip6 daddr != \S+)*) ct original zone set (\d+)$/.exec(words) ?? [];
    if (zone === undefined) throw new Error(`syntax error: ${words}`);
    const isNear = near
      .split(' ip6 daddr != ')
      .filter(Boolean)
      .some((one) => covers(one, destination));
    if (!devices.includes(`"${device}"`) && covers(prefix, source) && !isNear) return Number(zone);
  }
  return undefined;
}

function addressOf(bits: string): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number.parseInt(bits.slice(16 * i, 16 * (i + 1)), 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
