import { createRandom, type Random } from '../random.js';
import { drawEvent, type Event } from './events.js';
import { BREAKDOWNS, type Fault } from './faults.js';
import { drawNetwork, type Network } from './network.js';

/** What happens one after the other. A round begins `wait` s after the one before; `restore` removes all that is ours. */
export type Step = { do: 'round'; wait: number; faults: Fault[] } | { do: 'restore' } | Event;

/** A step and its place in the whole schedule, from which everything in it is drawn: what is left out changes no other. */
export interface Placed {
  place: number;
  step: Step;
}

/** Rounds a schedule without faults ends with: enough for every line that works to be up again, and for what must be quiet then. */
const CALM = 8;

export function networkOf(seed: number): Network {
  return drawNetwork(createRandom(seed));
}

/** Whatever is drawn while a step is gone through. */
export function randomOf(seed: number, place: number): Random {
  return createRandom(seed * 7919 + place * 104_729 + 1);
}

/** The schedule of a seed with so many rounds. @param plain without what cannot be done in a lab */
export function scheduleOf(seed: number, rounds: number, network: Network, plain = false): Placed[] {
  const steps: Placed[] = [];
  let left = rounds;
  for (let place = 1; left > 0; place++) {
    const random = randomOf(-seed, place);
    // Calm at times, so that something comes to its end before the next thing happens.
    const calm = place % 40 > 40 - CALM;
    const step = calm || left <= CALM ? calmRound(random, place) : drawStep(random, network, plain);
    if (step.do === 'round') left -= 1;
    steps.push({ place, step });
  }
  return steps;
}

/** Once it is so long that every line which answers has done so for long enough. */
function calmRound(random: Random, place: number): Step {
  return { do: 'round', wait: place % 40 === 37 ? 700 : random.pick([8, 10, 12]), faults: [] };
}

function drawStep(random: Random, network: Network, plain: boolean): Step {
  const dice = random.below(100);
  if (dice < 40) return drawEvent(random, network, plain);
  if (dice < 42) return { do: 'restore' };
  const wait = random.pick([0, 1, 10, 10, 10, 60]);
  const count = random.pick([0, 1, 2]);
  const faults = Array.from({ length: count }, () => drawFault(random, network, plain));
  return { do: 'round', wait, faults };
}

function drawFault(random: Random, network: Network, plain: boolean): Fault {
  // Of some eighty boundaries of a round, and a handful of commands.
  const at = 1 + random.below(random.pick([20, 100]));
  const number = 1 + random.below(6);
  const how = random.pick(BREAKDOWNS);
  const line = 1 + random.below(network.lines.length);
  const meanwhile = (command: boolean): Fault => {
    const event = drawEvent(random, network, plain);
    return { kind: 'meanwhile', at: command ? number : at, command, event };
  };
  const faults: (() => Fault)[] = [
    () => ({ kind: 'kill', at }),
    () => ({ kind: 'cut', at: number }),
    () => meanwhile(true),
    () => meanwhile(true),
    () => meanwhile(false),
    () => ({ kind: 'second', at }),
    () => ({ kind: 'lease', line, at: 20 + random.below(60) }),
    () => ({ kind: 'ip', at: number, how }),
    () => ({ kind: 'netifd', how }),
    () => ({ kind: 'logger', how }),
    () => ({ kind: 'ping', line, how: random.pick(['once', 'once', 'twice', 'late', how]) }),
    () => ({ kind: 'full' }),
    () => ({ kind: 'lockless' }),
  ];
  // A real kernel refuses nothing for no reason.
  const more: (() => Fault)[] = plain ? [] : [() => ({ kind: 'refuse', at: number }), () => ({ kind: 'reject', line })];
  return random.pick([...faults, ...more])();
}
