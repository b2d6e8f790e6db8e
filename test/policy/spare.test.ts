import tap from 'tap';
import type { Spare, Wan } from '../../lib/model.js';
import { findSpares } from '../../lib/policy/spare.js';
import { grouped, makeConfig, makeWan } from '../make.js';

/** A line that is up, or `down`, with its RTT in ms, what it loses of 100 packets, and more of its configuration. */
interface Line extends Partial<Wan> {
  status?: 'up' | 'down';
  rtt?: number;
  lost?: number;
  /** Why it was a spare one before. */
  last?: Spare;
  /** MPTCP does not use it. */
  outside?: true;
}

function sparesOf(...lines: Line[]) {
  const config = makeConfig(
    lines.map(({ status: _, rtt: __, lost: ___, last: ____, outside, ...wan }, i) =>
      makeWan({ name: `wan${i}`, ...(outside ? {} : { mptcp: true }), ...wan }),
    ),
  );
  const states = lines.map(({ status = 'up', rtt, lost = 0 }, i) => {
    const rtts = rtt === undefined ? [] : Array.from({ length: 100 - lost }, () => rtt);
    const window = rtt === undefined ? [] : [{ at: 0, samples: [{ sent: 100, rtts }] }];
    const quality = { window, reliability: 1, degraded: false, times: 0 };
    return { ...grouped({ status, quality }), name: `wan${i}` };
  });
  const before = new Map(
    lines.map(({ last }, i) => [`wan${i}`, { ...grouped({}), ...(last === undefined ? {} : { spare: last }) }]),
  );
  return findSpares(config, states, before).map(({ spare }) => spare ?? '-');
}

tap.test('which lines would slow the others down', async (t) => {
  const rate = (down: number) => ({ bandwidth: { down } });
  const CASES: [what: string, lines: Line[], spares: string[]][] = [
    ['alike', [{ rtt: 20 }, { rtt: 25 }], ['-', '-']],
    ['4 times as slow', [{ rtt: 20 }, { rtt: 80 }], ['-', '-']],
    ['8 times', [{ rtt: 20 }, { rtt: 160 }], ['-', 'latency']],
    ['it was: up to 6 times', [{ rtt: 20 }, { rtt: 121, last: 'latency' }], ['-', 'latency']],
    ['and is no more', [{ rtt: 20 }, { rtt: 120, last: 'latency' }], ['-', '-']],
    ['a few ms are nothing', [{ rtt: 0.2 }, { rtt: 39 }], ['-', '-']],
    ['1 % is lost', [{ rtt: 20 }, { rtt: 20, lost: 1 }], ['-', 'loss']],
    [
      'of both',
      [
        { rtt: 20, lost: 1 },
        { rtt: 20, lost: 2 },
      ],
      ['loss', 'loss'],
    ],
    ['none is lost any more', [{ rtt: 20 }, { rtt: 20, last: 'loss' }], ['-', '-']],
    ['not measured', [{ rtt: 20 }, {}], ['-', '-']],
    ['a tenth of the rate', [rate(100), rate(10)], ['-', 'rate']],
    ['a ninth', [rate(90), rate(10)], ['-', '-']],
    ['a ninth, and it was less', [rate(90), { ...rate(10), last: 'rate' }], ['-', 'rate']],
    ['of one, nobody knows', [rate(90), {}], ['-', '-']],
    ['metered', [{ metered: true, rtt: 5 }, { rtt: 20 }], ['metered', '-']],
    ['the fastest is down', [{ rtt: 20, status: 'down' }, { rtt: 160 }], ['-', '-']],
    ['what is down keeps its word', [{ rtt: 20 }, { status: 'down', last: 'loss' }], ['-', 'loss']],
    [
      'each family for itself',
      [{ rtt: 5 }, { rtt: 200, family: 6 }, { rtt: 210, family: 6 }, { rtt: 80 }],
      ['-', '-', '-', 'latency'],
    ],
    [
      'the fastest does not take part',
      [
        { rtt: 20, outside: true },
        { rtt: 160, last: 'latency' },
      ],
      ['-', '-'],
    ],
  ];
  for (const [what, lines, spares] of CASES) t.strictSame(sparesOf(...lines), spares, what);
});
