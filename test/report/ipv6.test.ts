import tap from 'tap';
import type { Path, Route, Six } from '../../lib/model.js';
import { sixJson, sixLines, surveySix } from '../../lib/report/ipv6.js';
import { makeWan } from '../make.js';

const line = (n: number): Path => ({
  wan: makeWan({ name: `wan${n}/ipv6`, family: 6 }),
  ...{ device: `eth${n}`, pointToPoint: false, onlink: false },
  prefixes: [{ address: `2001:db8:${n}00::`, length: 56 }],
});
const route = (device: string, metric: number, from?: string): Route => ({
  ...{ family: 6, destination: 'default', metric, protocol: '4', type: 'unicast' },
  nexthops: [{ device, weight: 1, onlink: false }],
  ...(from === undefined ? {} : { from }),
});
const survey = (routes: Route[], comments?: string[], paths = [line(1), line(2)]) => {
  const six: Six = { addresses: [], routes, rules: [], translation: comments ? { comments } : {} };
  return surveySix({ seen: { links: [], routes: [], blind: [], six }, paths });
};

tap.test('each prefix, by what it leaves and as what', async (t) => {
  const own = [route('eth1', 512, '2001:db8:100::/56'), route('eth2', 512, '2001:db8:200::/56')];
  const comments = ['eth2: 2001:db8:100::/56 as 2001:db8:200::/56', 'eth1: 2001:db8:200::/56 as 2001:db8:100::/56'];
  const well = survey([...own, route('eth1', 10)], comments);
  t.strictSame(well && sixLines(well), [
    '  2001:db8:100::/56 by wan1/ipv6',
    '  2001:db8:200::/56 by wan2/ipv6',
    '  other IPv6 by wan1/ipv6',
  ]);
  t.strictSame([...(well?.inUse ?? [])], ['wan1/ipv6', 'wan2/ipv6']);
  const moved = survey([...own, route('eth2', 10, '2001:db8:100::/56'), route('tun0', 5)], comments);
  t.strictSame(moved && sixLines(moved), [
    '  2001:db8:100::/56 by wan2/ipv6, as 2001:db8:200::/56',
    '  2001:db8:200::/56 by wan2/ipv6',
    '  other IPv6 by tun0',
  ]);
  t.strictSame(moved && sixJson(moved)[0], {
    prefix: '2001:db8:100::/56',
    by: ['wan2/ipv6'],
    as: ['2001:db8:200::/56'],
  });
  const none = survey([]);
  t.equal(none && sixLines(none)[0], '  2001:db8:100::/56 leads nowhere');
  t.equal(survey(own, undefined, []), undefined, 'no WAN has IPv6');
});
