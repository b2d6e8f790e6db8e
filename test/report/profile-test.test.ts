import tap from 'tap';
import type { Path, Probe } from '../../lib/model.js';
import { testLines } from '../../lib/report/profile-test.js';
import { makeLink, makeWan } from '../make.js';

const wan = { ...makeWan({ name: 'usb' }), uplink: { type: 'DHCP' as const, device: 'red1', block: {} } };
const path: Path = {
  wan,
  device: 'red1',
  link: makeLink('red1'),
  gateway: '192.0.2.1',
  pointToPoint: false,
  onlink: false,
};
const probe = (more: Partial<Probe>): Probe => ({
  answered: true,
  failures: 0,
  sent: 1,
  lost: 0,
  targets: [],
  ...more,
});

tap.test('what a test says', async (t) => {
  const CASES: [what: string, probe: Probe | undefined, obstacle: string | undefined, last: RegExp][] = [
    ['an answer', probe({ targets: [{ target: '1.1.1.1', outcome: 'answered', rtt: 12 }] }), undefined, /^it works$/],
    [
      'silence',
      probe({ answered: false, targets: [{ target: '1.1.1.1', outcome: 'lost' }] }),
      undefined,
      /does not work/,
    ],
    ['only a look', probe({ sent: 0, seen: 'red1 has a carrier' }), undefined, /^nothing speaks against it$/],
    ['an obstacle', undefined, 'no DHCP server answers', /does not work: no DHCP server answers/],
  ];
  for (const [what, result, obstacle, last] of CASES) {
    const lines = testLines('usb', path, result, obstacle);
    t.match(lines[0], /^usb {2}DHCP red1 {2}link up, via 192\.0\.2\.1$/, what);
    t.match(lines.at(-1), last, what);
  }
  t.match(testLines('usb', undefined, undefined, undefined).join('\n'), 'no device');
});
