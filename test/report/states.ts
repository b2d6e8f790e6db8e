import fc from 'fast-check';
import type { Measurement, State, Status, WanState } from '../../lib/model.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { type FlatWan, grouped } from '../make.js';

/** A WAN that is up, with what matters to the case. */
export function wanOf(more: { [K in keyof FlatWan]?: FlatWan[K] | undefined } = {}): WanState {
  return grouped({
    name: 'wan1',
    device: 'eth1',
    targets: ['1.1.1.1'],
    failureThreshold: 2,
    recoveryThreshold: 3,
    rxBytes: 2000,
    txBytes: 1000,
    lastCheck: 1000,
    failures: 0,
    successes: 3,
    falls: 0,
    rtts: [],
    status: 'up',
    reason: '',
    statusSince: 900,
    statusSinceUptime: 60,
    judged: true,
    ...more,
  });
}

/** A state of the boot `boot`, whose round ended 100 s after it. */
export function stateOf(...wans: WanState[]): State {
  return { ...EMPTY_STATE, timestamp: 1000, bootId: 'boot', uptime: 100, checkInterval: 10, wans };
}

/** Rounds of one target: the ms of each packet, undefined where it was lost. */
export function windowOf(...rounds: (number | undefined)[][]): Measurement[] {
  return rounds.map((packets, i) => ({
    at: 10 * i,
    samples: [{ sent: packets.length, rtts: packets.filter((rtt) => rtt !== undefined) }],
  }));
}

const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];
const ms = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
const window = fc.array(fc.array(ms, { maxLength: 4 }), { maxLength: 4 }).map((rounds) => windowOf(...rounds));

/** Any state, as far as its metrics go: the names of its WANs differ, and hold anything. */
export const anyState: fc.Arbitrary<State> = fc
  .uniqueArray(
    fc.record({
      name: fc.string({ unit: 'grapheme' }),
      device: fc.option(fc.string(), { nil: undefined }),
      status: fc.constantFrom(...STATUSES),
      failures: fc.nat(20),
      successes: fc.nat(20),
      failureThreshold: fc.integer({ min: 1, max: 20 }),
      recoveryThreshold: fc.integer({ min: 1, max: 20 }),
      answeringSince: fc.option(fc.nat(100), { nil: undefined }),
      statusSinceUptime: fc.nat(100),
      latency: ms,
      jitter: ms,
      loss: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
      rxBytes: fc.nat(),
      quality: fc.option(fc.record({ window, reliability: fc.constant(1), degraded: fc.boolean(), times: fc.nat(3) }), {
        nil: undefined,
      }),
    }),
    { selector: ({ name }) => name, maxLength: 4 },
  )
  .map((wans) => stateOf(...wans.map((wan) => wanOf(wan))));
