import type { Probe, TargetResult, Wan } from '../../lib/model.js';

/** What becomes of the packet that is sent to the target at a time, in s from the beginning of the probe. */
export type Fate = (at: number, target: string) => boolean;

/** s between two packets, as in lib/system/probe.ts. */
const SPACING = 0.3;
/** s that an answer takes in these simulations. */
export const RTT = 0.02;

interface Attempt {
  answered: boolean;
  targets: TargetResult[];
  sent: number;
  lost: number;
  /** s from its beginning until it was decided. */
  duration: number;
}

/**
 * What `probeWan` would find, without waiting for it; flapping.test.ts holds it against the real one. It knows answers
 * that come after RTT, and none that come late; and that one target is enough.
 *
 * @returns the probe, and the s that it took
 */
export function simulateProbe(wan: Wan, attempts: number, fate: Fate): { probe: Probe; duration: number } {
  const all: Attempt[] = [];
  while (all.length < attempts && !all.at(-1)?.answered) {
    const begun = all.length * wan.timeout;
    all.push(simulateAttempt(wan, (at, target) => fate(begun + at, target)));
  }
  const last = all.at(-1) as Attempt;
  const sum = (count: (attempt: Attempt) => number) => all.reduce((total, attempt) => total + count(attempt), 0);
  const probe = {
    answered: last.answered,
    failures: last.answered ? all.length - 1 : all.length,
    targets: last.targets,
    sent: sum(({ sent }) => sent),
    lost: sum(({ lost }) => lost),
  };
  return { probe, duration: (all.length - 1) * wan.timeout + last.duration };
}

function simulateAttempt({ targets, count, timeout }: Wan, fate: Fate): Attempt {
  const answers = new Set<string>();
  let packet = 0;
  for (; packet < count && answers.size === 0; packet++) {
    for (const target of targets) if (fate(packet * SPACING, target)) answers.add(target);
  }
  const answered = answers.size > 0;
  return {
    answered,
    targets: targets.map((target): TargetResult => {
      if (answers.has(target)) return { target, outcome: 'answered', rtt: RTT * 1000 };
      return { target, outcome: answered ? 'open' : 'lost' };
    }),
    sent: answered ? packet * answers.size : count * targets.length,
    lost: answered ? (packet - 1) * answers.size : count * targets.length,
    duration: answered ? (packet - 1) * SPACING + RTT : (count - 1) * SPACING + timeout,
  };
}
