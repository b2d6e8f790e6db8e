import type { Network } from './network.js';
import { type Extras, type Outcome, run } from './run.js';
import type { Placed } from './schedule.js';

/** How often a shorter schedule is tried. */
const PATIENCE = 400;

/**
 * The steps of a schedule that fails, without those that it does not take: parts are left out, smaller and smaller ones, for as
 * long as the rest fails in the same way (delta debugging).
 */
export async function shorten(
  seed: number,
  network: Network,
  all: Placed[],
  { text, place }: NonNullable<Outcome['violation']>,
  extras: Extras = {},
): Promise<Placed[]> {
  let steps = all.filter((step) => step.place <= place);
  let tries = 0;
  const fails = async (some: Placed[]) => {
    tries += 1;
    return kindOf((await run(seed, network, some, extras)).violation?.text) === kindOf(text);
  };
  let size = Math.ceil(steps.length / 2);
  while (size >= 1 && tries < PATIENCE) {
    const before = steps.length;
    for (let at = 0; at < steps.length && tries < PATIENCE; ) {
      const some = [...steps.slice(0, at), ...steps.slice(at + size)];
      if (await fails(some)) steps = some;
      else at += size;
    }
    // Without one, another one may not be needed either.
    if (size > 1) size = Math.ceil(size / 2);
    else if (steps.length === before) size = 0;
  }
  return steps;
}

/** What is wrong, without where: the words of its first line. */
function kindOf(text: string | undefined): string | undefined {
  return text?.split('\n')[0]?.replace(/\S*\d\S*/g, '');
}

/** The command that shows it again. */
export function commandOf(seed: number, rounds: number, steps: Placed[]): string {
  return `npm run simulate -- --seed ${seed} --rounds ${rounds} --only ${steps.map(({ place }) => place).join()}`;
}
