import type { Address6, Prefix, Six, Verb } from '../../model.js';
import type { Kind } from '../actuator.js';

/** An address of the router that hosts are to hear of as deprecated: new connections take another one, those that exist go on. */
export interface Deprecated extends Prefix {
  device: string;
  /** Name of the path that has delegated its prefix. */
  owner: string;
  /** s; Infinity: for ever. `former`: for which it would be preferred but for us. */
  preferred: number;
  valid: number;
  former: number;
  /** What it is besides, in the words of `ip addr`. */
  words: string[];
}

/** Those of ours. netifd deprecates some, too: they are not in the list that we keep. */
export const KIND: Kind<Deprecated> = {
  key: keyOf,
  same: (a, b) => a.preferred === b.preferred,
  ours: () => true,
  rank: () => 0,
  renewal: () => 'replace',
  sentence: (verb, { address, length, device }) =>
    `${{ add: '+', append: '+', replace: '~', del: '-' }[verb]} ${address}/${length} dev ${device} deprecated`,
  command: (verb: Verb, { address, length, device, words, valid, former }) => [
    ...['ip', '-6', 'addr', 'change', `${address}/${length}`, 'dev', device, ...words],
    ...['valid_lft', timeOf(valid), 'preferred_lft', timeOf(verb === 'del' ? former : 0)],
  ],
};

function timeOf(lifetime: number): string {
  return lifetime === Number.POSITIVE_INFINITY ? 'forever' : `${lifetime}`;
}

export function keyOf({ device, address }: Pick<Address6, 'device' | 'address'>): string {
  return `${device} ${address}`;
}

/** An address as it is, that was preferred for so long but for us. */
export function deprecatedOf(address: Address6, owner: string, former: number): Deprecated {
  const { preferred = Number.POSITIVE_INFINITY, valid = Number.POSITIVE_INFINITY, words = [], ...rest } = address;
  return { ...rest, owner, preferred, valid, former, words };
}

/** What we have deprecated, as it is now. */
export function find({ addresses, former = {} }: Pick<Six, 'addresses' | 'former'>): Deprecated[] {
  return addresses.flatMap((address) => {
    const key = keyOf(address);
    const kept = Object.hasOwn(former, key) ? former[key] : undefined;
    if (!kept) return [];
    const { preferred, valid } = deprecatedOf(address, kept.owner, 0);
    // Whoever owns it has made it preferred again: that is how it is to be.
    if (preferred > 0) return [deprecatedOf(address, kept.owner, preferred)];
    // What is valid for longer than we left it, somebody else has deprecated since.
    if (valid > kept.valid) return [];
    const age = kept.valid === Number.POSITIVE_INFINITY ? 0 : kept.valid - valid;
    return [deprecatedOf(address, kept.owner, Math.min(valid, Math.max(0, kept.preferred - age)))];
  });
}
