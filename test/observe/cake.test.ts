import tap from 'tap';
import { type Root, readRoot } from '../../lib/observe/cake.js';

const tin = (more: object) => ({ backlog_bytes: 0, avg_delay_us: 0, base_delay_us: 0, drops: 0, ecn_mark: 0, ...more });
const cake = (more: object = {}) => ({
  kind: 'cake',
  handle: '8001:',
  root: true,
  refcnt: 2,
  options: { bandwidth: 1249875, diffserv: 'diffserv4', rtt: 100000 },
  backlog: 0,
  tins: [
    tin({}),
    tin({ backlog_bytes: 3028, avg_delay_us: 4200, base_delay_us: 200, drops: 7, ecn_mark: 2 }),
    tin({ drops: 1 }),
  ],
  ...more,
});
const QUEUE = { rate: 9999, backlog: 3028, delay: 4, drops: 8, marks: 2 };

tap.test('what tc says of the root of a device', async (t) => {
  const CASES: [what: string, said: unknown, expected: Root | undefined][] = [
    ['CAKE', [cake()], { kind: 'cake', handle: '8001:', queue: QUEUE }],
    [
      'with an ingress beside it',
      [{ kind: 'ingress', handle: 'ffff:', parent: 'ffff:fff1', options: {} }, cake()],
      { kind: 'cake', handle: '8001:', queue: QUEUE },
    ],
    [
      'without statistics',
      [cake({ tins: undefined })],
      { kind: 'cake', handle: '8001:', queue: { rate: 9999, backlog: 0, delay: 0, drops: 0, marks: 0 } },
    ],
    [
      'without a limit, in words',
      [cake({ options: { bandwidth: 'unlimited' }, tins: [] })],
      { kind: 'cake', handle: '8001:', queue: { backlog: 0, delay: 0, drops: 0, marks: 0 } },
    ],
    [
      'without a limit, as a number',
      [cake({ options: { bandwidth: 0 }, tins: [] })],
      { kind: 'cake', handle: '8001:', queue: { backlog: 0, delay: 0, drops: 0, marks: 0 } },
    ],
    [
      'one for each queue of the card',
      [
        { kind: 'cake_mq', handle: '1:', root: true, options: { bandwidth: 2_500_000 } },
        { kind: 'cake', handle: '0:', parent: '1:1', options: {}, tins: [tin({ avg_delay_us: 900, drops: 1 })] },
        {
          kind: 'cake',
          handle: '0:',
          parent: '1:2',
          options: {},
          tins: [tin({ avg_delay_us: 500, backlog_bytes: 10 })],
        },
        { kind: 'cake', handle: '0:', parent: '11:2', options: {}, tins: [tin({ drops: 1000 })] },
      ],
      { kind: 'cake_mq', handle: '1:', queue: { rate: 20_000, backlog: 10, delay: 0.9, drops: 1, marks: 0 } },
    ],
    [
      'another queue',
      [{ kind: 'fq_codel', handle: '8002:', root: true, options: {} }],
      { kind: 'other', name: 'fq_codel' },
    ],
    ['the default', [{ kind: 'noqueue', handle: '0:', root: true, options: {} }], { kind: 'other', name: 'noqueue' }],
    ['CAKE that is not at the root', [{ ...cake(), root: undefined, parent: '1:1' }], undefined],
    ['a handle that is none', [cake({ handle: '8001: bandwidth' })], undefined],
    ['nothing', [], undefined],
    ['something else', { kind: 'cake' }, undefined],
    [
      'rubbish among it',
      [null, 7, [], cake({ tins: [null, 'x', { drops: -1, avg_delay_us: 'x' }] })],
      {
        kind: 'cake',
        handle: '8001:',
        queue: { rate: 9999, backlog: 0, delay: 0, drops: 0, marks: 0 },
      },
    ],
  ];
  for (const [what, said, expected] of CASES) t.strictSame(readRoot(JSON.stringify(said)), expected, what);
  for (const text of ['', '[', 'Cannot find device "a0"']) t.equal(readRoot(text), undefined, text);
});
