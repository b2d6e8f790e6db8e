import type { Probe, Sample, TargetResult, Wan } from '../../lib/model.js';

/** What becomes of the packet that is sent to the target at a time, in s from the beginning of the probe. */
export type Fate = (at: number, target: string) => boolean;

/** s between two packets, and until those are asked whose turn it is not, as in lib/probe/volley.ts. */
const SPACING = 0.3;
/** s that those get which were asked and have not answered when another has, as there. */
const GRACE = 0.05;
/** s that an answer takes in these simulations. */
export const RTT = 0.02;

interface Attempt {
  answered: boolean;
  targets: TargetResult[];
  sent: number;
  lost: number;
  /** s from its beginning until it was decided. */
  duration: number;
  samples?: Sample[];
}

/**
 * What `createProbe` would find, without waiting for it; flapping.test.ts holds it against the real one. It knows answers
 * that come after RTT, and none that come late; and that one target is enough.
 *
 * @returns the probe, and the s that it took
 */
export function simulateProbe(
  wan: Wan,
  attempts: number,
  turn: string[],
  fate: Fate,
): { probe: Probe; duration: number } {
  const all: Attempt[] = [];
  while (all.length < attempts && !all.at(-1)?.answered) {
    const begun = all.length * wan.timeout;
    const first = all.length === 0 ? turn : wan.targets;
    const own: Fate = (at, target) => fate(begun + at, target);
    all.push(all.length === 0 && wan.limits ? measure(wan, own) : simulateAttempt(wan, first, own));
  }
  const last = all.at(-1) as Attempt;
  const sum = (count: (attempt: Attempt) => number) => all.reduce((total, attempt) => total + count(attempt), 0);
  const probe = {
    answered: last.answered,
    failures: last.answered ? all.length - 1 : all.length,
    targets: last.targets,
    sent: sum(({ sent }) => sent),
    lost: sum(({ lost }) => lost),
    ...(all[0]?.samples ? { samples: all[0].samples } : {}),
  };
  return { probe, duration: (all.length - 1) * wan.timeout + last.duration };
}

/** All packets to all targets, heard out. */
function measure({ targets, count, timeout }: Wan, fate: Fate): Attempt {
  const samples = targets.map((target): Sample => {
    const heard = Array.from({ length: count }, (_, i) => fate(i * SPACING, target));
    return { sent: count, rtts: heard.filter(Boolean).map(() => RTT * 1000) };
  });
  const answers = samples.reduce((sum, { rtts }) => sum + rtts.length, 0);
  const sent = count * targets.length;
  return {
    answered: answers > 0,
    targets: targets.map((target, i) =>
      samples[i]?.rtts.length ? { target, outcome: 'answered', rtt: RTT * 1000 } : { target, outcome: 'lost' },
    ),
    sent,
    lost: sent - answers,
    // If only the last one is lost, or one before it.
    duration: (count - 1) * SPACING + (answers < sent ? timeout : RTT),
    samples,
  };
}

function simulateAttempt({ targets, count, timeout }: Wan, turn: string[], fate: Fate): Attempt {
  // In steps of SPACING; of each target, the step of its first packet.
  const first = new Map(targets.map((target) => [target, turn.includes(target) ? 0 : 1]));
  const begins = (target: string) => first.get(target) as number;
  const end = Math.max(...first.values()) + count;
  const answers = new Set<string>();
  let step = 0;
  for (; step < end && answers.size === 0; step++) {
    const asked = targets.filter((target) => begins(target) <= step && step < begins(target) + count);
    for (const target of asked) if (fate(step * SPACING, target)) answers.add(target);
  }
  if (answers.size === 0) {
    return {
      answered: false,
      targets: targets.map((target) => ({ target, outcome: 'lost' })),
      sent: count * targets.length,
      lost: count * targets.length,
      duration: (end - 1) * SPACING + timeout,
    };
  }
  const last = step - 1;
  const results = targets.map((target): TargetResult => {
    if (answers.has(target)) return { target, outcome: 'answered', rtt: RTT * 1000 };
    return { target, outcome: begins(target) > last ? 'unasked' : 'open' };
  });
  const sum = (count: (target: string) => number) => [...answers].reduce((total, target) => total + count(target), 0);
  return {
    answered: true,
    targets: results,
    sent: sum((target) => last - begins(target) + 1),
    lost: sum((target) => last - begins(target)),
    duration: last * SPACING + RTT + (results.some(({ outcome }) => outcome === 'open') ? GRACE : 0),
  };
}
