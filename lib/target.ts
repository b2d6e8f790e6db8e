/**
 * A target: an IPv4 or IPv6 address, which is pinged, or METHOD://ADDRESS[:PORT][/MORE]. None of it would end a line, a value or a list in
 * the state file. Its parts: see lib/method.ts.
 */
export const TARGET =
  /^(?:([a-z]{3,8}):\/\/)?([\d.]{7,15})(?::(\d{1,5}))?(?:\/([\w.~%/?&@:+-]{0,200}))?$|^[\da-f:]{2,39}$/;

/** The address that is asked. */
export function hostOf(target: string): string {
  return /[\d.]{7,15}/.exec(target)?.[0] ?? target;
}
