import tap from 'tap';
import type { Wan } from '../../lib/model.js';
import { endsOf, withoutSure } from '../../lib/observe/targets.js';
import { makeLink, makeWan } from '../make.js';

const holders = new Map([
  ['10.0.0.2', makeLink('eth0')],
  ['10.0.1.2', makeLink('eth1')],
]);

const CASES: [what: string, targets: string[], reliability: number, want: Partial<Wan>][] = [
  ['all well', ['1.1.1.1', '8.8.8.8'], 2, {}],
  ['an address of the line', ['10.0.1.2', '1.1.1.1'], 1, { targets: ['1.1.1.1'] }],
  ['an address of the LAN', ['1.1.1.1', '10.0.0.2'], 2, { targets: ['1.1.1.1'], reliability: 1 }],
  ['one of three', ['1.1.1.1', '10.0.0.2', '8.8.8.8'], 2, { targets: ['1.1.1.1', '8.8.8.8'] }],
  ['nothing else', ['10.0.0.2', '10.0.1.2'], 1, { enabled: false, unusable: 'no ping_target but the router itself' }],
  ['the gateway, beside another one', ['10.0.1.1', '1.1.1.1'], 2, { targets: ['1.1.1.1'], reliability: 1 }],
  ['the gateway alone is better than nothing', ['10.0.1.1'], 1, {}],
  ['the gateway, beside the router itself', ['10.0.1.1', '10.0.1.2'], 2, { targets: ['10.0.1.1'], reliability: 1 }],
  [
    'the router itself, by any method',
    ['http://10.0.1.2/', 'tcp://10.0.0.2:80', 'dns://1.1.1.1'],
    3,
    { targets: ['dns://1.1.1.1'], reliability: 1 },
  ],
  ['the gateway, by another method', ['http://10.0.1.1/', '1.1.1.1'], 1, { targets: ['1.1.1.1'] }],
  ['the gateway, by ARP, is what is meant', ['arping://10.0.1.1', '1.1.1.1'], 2, {}],
  ['both ends alone', ['10.0.1.1', '10.9.0.1'], 2, {}],
];

tap.test('which targets count', async (t) => {
  for (const [what, targets, reliability, want] of CASES) {
    const wan = makeWan({ targets, reliability });
    t.strictSame(withoutSure(wan, holders, ['10.0.1.1', '10.9.0.1', undefined]), { ...wan, ...want }, what);
  }
});

tap.test('the other end of a line', async (t) => {
  const addresses = [{ address: '10.9.0.2', prefix: 32, peer: '10.9.0.1' }];
  t.strictSame(endsOf(makeLink('tun0', { addresses }), undefined), [undefined, '10.9.0.1']);
  t.strictSame(endsOf(makeLink('eth1'), '10.0.1.1'), ['10.0.1.1', undefined]);
  t.strictSame(endsOf(undefined, '10.0.1.1'), ['10.0.1.1']);
});
