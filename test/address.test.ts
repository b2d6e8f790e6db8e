import { isIPv4 as isNodesIPv4 } from 'node:net';
import fc from 'fast-check';
import tap from 'tap';
import { inSubnet, isIPv4 } from '../lib/address.js';

tap.test('what Node takes for an address', async (t) => {
  const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '0', '00', '01', '256', '1e1', ' 1', '-1', '0x1'));
  const dotted = fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
  const text = fc.oneof(dotted, fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string());
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, (address) => isIPv4(address) === isNodesIPv4(address)),
      { numRuns: 5000 },
    ),
  );
  t.notOk(isIPv4('1.1.1.1\n'));
});

tap.test('subnets', async (t) => {
  const CASES: [string, string, number, boolean][] = [
    ['10.0.1.1', '10.0.1.2', 24, true],
    ['10.0.2.1', '10.0.1.2', 24, false],
    ['10.0.1.127', '10.0.1.1', 25, true],
    ['10.0.1.128', '10.0.1.1', 25, false],
    ['10.0.1.2', '10.0.1.2', 32, true],
    ['10.0.1.3', '10.0.1.2', 32, false],
    ['10.0.1.3', '10.0.1.2', 31, true],
    ['255.255.255.255', '0.0.0.0', 0, true],
    ['127.255.255.255', '128.0.0.0', 1, false],
    ['192.0.2.1', '255.0.0.1', 1, true],
    ['223.255.0.1', '223.254.255.255', 16, false],
    ['223.255.0.1', '223.254.255.255', 15, true],
  ];
  for (const [address, member, prefix, inside] of CASES) {
    t.equal(inSubnet(address, member, prefix), inside, `${address} in ${member}/${prefix}`);
  }
});
