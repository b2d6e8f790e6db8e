import tap from 'tap';
import { createListener } from '../../lib/observe/echoes.js';

/** What comes of a text that comes all at once: each echo as `reflector rtt`, or `reflector lost`. */
function hear(text: string, reflectors = ['10.3.0.1', '10.3.0.2']): string[] {
  return createListener(reflectors)(text, 5000).map(({ reflector, rtt }) => `${reflector} ${rtt ?? 'lost'}`);
}

/** As fping 5.1, iputils 20221126 and BusyBox 1.35 have printed it, in a network with netem. */
const CASES: [what: string, printed: string, expected: string[]][] = [
  [
    'two reflectors',
    '10.3.0.1 : [0], 64 bytes, 0.180 ms (0.180 avg, 0% loss)\n10.3.0.2 : [0], 64 bytes, 0.084 ms (0.084 avg, 0% loss)\n10.3.0.1 : [1], 64 bytes, 64.0 ms (56.4 avg, 0% loss)\n',
    ['10.3.0.1 0.18', '10.3.0.2 0.084', '10.3.0.1 64'],
  ],
  ['a name that is shorter', '10.3.0.1    : [12], 64 bytes, 1302 ms (12.0 avg, 3% loss)\n', ['10.3.0.1 1302']],
  [
    'losses',
    '10.3.0.1 : [4], 64 bytes, 0.175 ms (0.134 avg, 0% loss)\n10.3.0.1 : [0], timed out (0.134 avg, 25% loss)\n10.3.0.1 : [6], 64 bytes, 0.126 ms (0.132 avg, 20% loss)\n',
    ['10.3.0.1 0.175', '10.3.0.1 lost', '10.3.0.1 0.126'],
  ],
  ['nothing but losses', '10.3.0.1 : [0], timed out (NaN avg, 100% loss)\n', ['10.3.0.1 lost']],
  [
    'an answer that comes twice',
    '10.3.0.1 : [0], 64 bytes, 20.2 ms (20.2 avg, 0% loss)\n10.3.0.1 : [0], 64 bytes, 20.2 ms (20.2 avg, 0% loss)\n10.3.0.1 : [1], 64 bytes, 20.3 ms (20.2 avg, 0% loss)\n',
    ['10.3.0.1 20.2', '10.3.0.1 20.3'],
  ],
  [
    'one that comes when it was given up',
    '10.3.0.1 : [7], timed out (NaN avg, 100% loss)\n10.3.0.1 : [7], 64 bytes, 2300 ms (2300 avg, 0% loss)\n10.3.0.1 : [7], 64 bytes, 2301 ms (2300 avg, 0% loss)\n10.3.0.1 : [7], timed out (NaN avg, 100% loss)\n',
    ['10.3.0.1 lost', '10.3.0.1 2300'],
  ],
  ['that of another host', '10.3.0.9 : [0], 64 bytes, 20.2 ms (20.2 avg, 0% loss)\n', []],
  ['that another host has sent', '10.3.0.1 : [0], 64 bytes, 20.2 ms (20.2 avg, 0% loss) [<- 10.2.0.2]\n', []],
  [
    'errors',
    'ICMP Host Unreachable from 10.2.0.2 for ICMP Echo sent to 10.3.0.1\nICMP Unreachable (Communication Administratively Prohibited) from 10.2.0.2 for ICMP Echo sent to 10.3.0.2\n10.3.0.1 : [0], timed out (NaN avg, 100% loss)\n',
    ['10.3.0.1 lost'],
  ],
  ['no device', 'binding to specific interface (SO_BINTODEVICE): No such device\n', []],
  [
    'iputils',
    'PING 10.3.0.1 (10.3.0.1) from 10.2.0.1 w0: 56(84) bytes of data.\n64 bytes from 10.3.0.1: icmp_seq=1 ttl=64 time=20.2 ms\n64 bytes from 10.3.0.1: icmp_seq=2 ttl=64 time=20.4 ms\n64 bytes from 10.3.0.1: icmp_seq=2 ttl=64 time=20.4 ms (DUP!)\n',
    ['10.3.0.1 20.2', '10.3.0.1 20.4'],
  ],
  [
    'iputils, losses',
    '64 bytes from 10.3.0.1: icmp_seq=3 ttl=64 time=0.095 ms\n64 bytes from 10.3.0.1: icmp_seq=6 ttl=64 time=0.097 ms\n64 bytes from 10.3.0.1: icmp_seq=7 ttl=64 time=0.111 ms\n',
    ['10.3.0.1 0.095', '10.3.0.1 lost', '10.3.0.1 lost', '10.3.0.1 0.097', '10.3.0.1 0.111'],
  ],
  [
    'one that is overtaken',
    '64 bytes from 10.3.0.1: icmp_seq=3 ttl=64 time=20 ms\n64 bytes from 10.3.0.1: icmp_seq=5 ttl=64 time=21 ms\n64 bytes from 10.3.0.1: icmp_seq=4 ttl=64 time=300 ms\n',
    ['10.3.0.1 20', '10.3.0.1 lost', '10.3.0.1 21', '10.3.0.1 300'],
  ],
  [
    'BusyBox',
    'PING 10.3.0.1 (10.3.0.1): 56 data bytes\n64 bytes from 10.3.0.1: seq=4 ttl=64 time=20.409 ms\n64 bytes from 10.3.0.1: seq=4 ttl=64 time=20.614 ms (DUP!)\n64 bytes from 10.3.0.1: seq=6 ttl=64 time=20.557 ms\n',
    ['10.3.0.1 20.409', '10.3.0.1 lost', '10.3.0.1 20.557'],
  ],
  ['unreachable for ping', 'From 10.2.0.2 icmp_seq=1 Destination Host Unreachable\n', []],
  [
    'nonsense',
    '\0\n10.3.0.1 : [99999999999], 64 bytes, 1 ms (1 avg, 0% loss)\n10.3.0.1 : [1], 64 bytes, -1 ms (1 avg)\n',
    [],
  ],
];

tap.test('what is printed, all at once', async (t) => {
  for (const [what, printed, expected] of CASES) t.strictSame(hear(printed), expected, what);
});

tap.test('and as it comes, wherever it is cut', async (t) => {
  for (const [what, printed, expected] of CASES) {
    for (const size of [1, 7, 50]) {
      const listen = createListener(['10.3.0.1', '10.3.0.2']);
      const pieces = Array.from({ length: Math.ceil(printed.length / size) }, (_, i) =>
        printed.slice(i * size, (i + 1) * size),
      );
      const found = pieces.flatMap((piece, i) => listen(piece, i));
      t.strictSame(
        found.map(({ reflector, rtt }) => `${reflector} ${rtt ?? 'lost'}`),
        expected,
        `${what}, by ${size}`,
      );
    }
  }
});

tap.test('when it came', async (t) => {
  const listen = createListener(['10.3.0.1']);
  t.strictSame(listen('10.3.0.1 : [0], 64 bytes, 0.1', 100), []);
  t.strictSame(listen('80 ms (0.180 avg, 0% loss)\n10.3.0.1', 150), [{ reflector: '10.3.0.1', at: 150, rtt: 0.18 }]);
  t.strictSame(listen(' : [1], timed out (NaN avg, 100% loss)\n', 220), [{ reflector: '10.3.0.1', at: 220 }]);
});

tap.test('numbers that begin again', async (t) => {
  const listen = createListener(['10.3.0.1']);
  const line = (number: number) => `10.3.0.1 : [${number}], 64 bytes, 1.00 ms (1.00 avg, 0% loss)\n`;
  const numbers = Array.from({ length: 200 }, (_, i) => (65_400 + i) % 65_536);
  t.equal(numbers.flatMap((number) => listen(line(number), 1)).length, 200);
});

tap.test('an answer after 10 s is still known, and none is taken twice', async (t) => {
  const listen = createListener(['10.3.0.1']);
  const line = (number: number, what: string) => `10.3.0.1 : [${number}], ${what} (1.00 avg, 0% loss)\n`;
  for (let number = 0; number < 70; number++) listen(line(number, 'timed out'), 1);
  t.strictSame(listen(line(3, '64 bytes, 9900 ms'), 2), [{ reflector: '10.3.0.1', at: 2, rtt: 9900 }]);
  t.strictSame(listen(line(3, '64 bytes, 9901 ms'), 3), []);
});

tap.test('a line without an end is not kept for ever', async (t) => {
  const listen = createListener(['10.3.0.1']);
  for (let i = 0; i < 1000; i++) t.strictSame(listen('y'.repeat(1000), 1), []);
  t.equal(listen('\n10.3.0.1 : [0], 64 bytes, 1.00 ms (1.00 avg, 0% loss)\n', 1).length, 1);
});
