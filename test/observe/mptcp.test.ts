import tap from 'tap';
import { parseEndpoints, parseLimits } from '../../lib/observe/mptcp.js';

tap.test('endpoints, as ip 6.1 prints them', async (t) => {
  const text =
    '[{"address":"10.1.0.2","id":177,"subflow":true,"dev":"eth1"},{"address":"10.2.0.2","id":3,"signal":true,"backup":true}]';
  t.strictSame(parseEndpoints(JSON.parse(text)), [
    { id: 177, address: '10.1.0.2', device: 'eth1', backup: false, subflow: true },
    { id: 3, address: '10.2.0.2', backup: true, subflow: false },
  ]);
  t.strictSame(parseEndpoints([]), []);
  for (const other of [undefined, null, {}, [1], [{ id: 1 }], [{ address: 'x' }], 'x'])
    t.equal(parseEndpoints(other as never), undefined, JSON.stringify(other));
});

tap.test('the limit of subflows', async (t) => {
  const CASES: [string, number | undefined][] = [
    ['add_addr_accepted 0 subflows 2 ', 2],
    ['{"add_addr_accepted":0,"subflows":8}', 8],
    ['', undefined],
    ['subflows many', undefined],
  ];
  for (const [text, number] of CASES) t.equal(parseLimits(text), number, text);
});
