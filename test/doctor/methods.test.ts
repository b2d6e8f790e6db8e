import tap from 'tap';
import { askersOf, examineNeighbours, whyMissing } from '../../lib/doctor/methods.js';
import { linesOf, makeConfig, makePath, makeWan } from '../make.js';

tap.test('which programs the targets need', async (t) => {
  const CASES: [targets: string[], programs: string[]][] = [
    [['1.1.1.1'], []],
    [['http://1.1.1.1', 'https://1.1.1.1/'], ['curl']],
    [['tcp://1.1.1.1', '1.1.1.1', 'dns://1.1.1.1'], ['socat']],
    [
      ['arping://1.1.1.1', 'http://1.1.1.1'],
      ['arping', 'curl'],
    ],
  ];
  for (const [targets, programs] of CASES) {
    t.strictSame(askersOf(makeConfig([makeWan(), makeWan({ targets })])), programs);
    t.strictSame(askersOf(makeConfig([makeWan({ targets, enabled: false })])), [], 'of a WAN that is not used');
  }
  const config = makeConfig([makeWan(), makeWan({ targets: ['1.1.1.1', 'dns://8.8.8.8'] })]);
  const { text, remedy } = whyMissing(config, 'socat');
  t.equal(text, "the program 'socat' is not there: dns://8.8.8.8 cannot be asked");
  t.match(linesOf(remedy), [/opkg install socat; .*apk add socat/]);
});

tap.test('who can hear ARP', async (t) => {
  const near = { targets: ['arping://10.0.1.1', '8.8.8.8'] };
  t.strictSame(examineNeighbours([makePath(1, 10, {}, near)]), []);
  const far = makePath(1, 10, {}, { targets: ['arping://1.1.1.1', '1.1.1.1'] });
  t.match(examineNeighbours([far]), [
    { option: "interface 'wan1': ping_target", value: 'arping://1.1.1.1', text: /eth1 has no address in its subnet/ },
  ]);
  t.match(examineNeighbours([makePath(1, 10, { pointToPoint: true }, near)]), [
    { text: /eth1 has two ends, and no ARP/ },
  ]);
  const { link: _, ...gone } = far;
  t.strictSame(examineNeighbours([gone]), [], 'a device that is not there is another matter');
});
