import type { RouterosView } from '../../routeros.js';

/** Characters of a name that could be a word of any script. */
const SHORTEST = 3;

/**
 * By what of the machine's own a thing is switched, too: a netwatch, a script or a schedule that mentions its name. Two owners would
 * undo each other's work.
 *
 * @returns where, as `netwatch 8.8.8.8`; undefined if nowhere, or if that does not matter
 */
export function ownerOf({ machine, sight }: RouterosView, name: string): string | undefined {
  if (machine.force || name.length < SHORTEST) return undefined;
  return sight.scripts.find(({ text }) => text.includes(name))?.place;
}
