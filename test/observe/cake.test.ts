import tap from 'tap';
import { type Root, readRoot } from '../../lib/observe/cake.js';

const cake = (more: object = {}) => ({
  kind: 'cake',
  handle: '8001:',
  root: true,
  refcnt: 2,
  options: { bandwidth: 1249875, diffserv: 'diffserv4', rtt: 100000 },
  ...more,
});

tap.test('what tc says of the root of a device', async (t) => {
  const CASES: [what: string, said: unknown, expected: Root | undefined][] = [
    ['CAKE', [cake()], { kind: 'cake', handle: '8001:', rate: 9999 }],
    [
      'with an ingress beside it',
      [{ kind: 'ingress', handle: 'ffff:', parent: 'ffff:fff1', options: {} }, cake()],
      { kind: 'cake', handle: '8001:', rate: 9999 },
    ],
    ['without a limit, in words', [cake({ options: { bandwidth: 'unlimited' } })], { kind: 'cake', handle: '8001:' }],
    ['without a limit, as a number', [cake({ options: { bandwidth: 0 } })], { kind: 'cake', handle: '8001:' }],
    [
      'one for each queue of the card',
      [
        { kind: 'cake_mq', handle: '1:', root: true, options: { bandwidth: 2_500_000 } },
        { kind: 'cake', handle: '0:', parent: '1:1', options: {} },
        { kind: 'cake', handle: '0:', parent: '1:2', options: {} },
      ],
      { kind: 'cake_mq', handle: '1:', rate: 20_000 },
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
      [null, 7, [], cake({ tins: [null, 'x'] })],
      {
        kind: 'cake',
        handle: '8001:',
        rate: 9999,
      },
    ],
  ];
  for (const [what, said, expected] of CASES) t.strictSame(readRoot(JSON.stringify(said)), expected, what);
  for (const text of ['', '[', 'Cannot find device "a0"']) t.equal(readRoot(text), undefined, text);
});
