import tap from 'tap';
import { curesOf, distinctMetrics } from '../../lib/doctor/cures.js';
import type { NetifdInterface, Problem } from '../../lib/model.js';
import { linesOf, makePath, makeRoute } from '../make.js';

const makeInterface = (name: string, more: Partial<NetifdInterface> = {}): NetifdInterface => ({
  name,
  metric: 0,
  proto: 'static',
  ...more,
});
const lan = makeInterface('lan', { l3Device: 'br-lan', defaultRoute: { gateway: '192.168.1.254' } });
const [wan, wanb] = [makeInterface('wan', { metric: 5 }), makeInterface('wanb', { metric: 6 })];
const paths = [makePath(1, 10, { interface: 'wan' }), makePath(2, 20, { interface: 'wanb' })];
const stranger = makeRoute('default via 192.168.1.254 dev br-lan');
const tail = 'uci commit network; ubus call network reload';

const lines = (remedy: Problem['remedy']) => remedy && linesOf(remedy);

/** Only the lines to paste. */
const pasted = (interfaces: NetifdInterface[] | undefined, route = stranger) =>
  lines(curesOf(route, interfaces ? { interfaces } : {}, paths))?.filter((line) => line.startsWith('uci '));

tap.test('a default that netifd made is taken back by netifd', async (t) => {
  const remove = `uci delete network.lan.gateway; ${tail}`;
  const behind = (metric: number, more = '') => `uci set network.lan.metric=${metric}; ${more}${tail}`;
  t.strictSame(lines(curesOf(stranger, { interfaces: [wan, lan, wanb] }, paths)), [
    "it is the default of netifd's interface 'lan'. If that is no way to the Internet:",
    remove,
    'if it is one, behind the WANs:',
    behind(2000),
  ]);
  t.strictSame(pasted([wan, { ...lan, proto: 'dhcp' }]), [`uci set network.lan.defaultroute=0; ${tail}`, behind(2000)]);
  t.strictSame(pasted([{ ...wan, metric: 3000 }, lan]), [remove, behind(3001)], 'behind what the WANs have');
  const both = 'uci set network.wan.metric=1010; uci set network.wanb.metric=1020; ';
  const clobbered = pasted([{ ...wan, metric: 0 }, lan, { ...wanb, metric: 0 }]);
  t.strictSame(clobbered, [remove, behind(2000, both)], 'which takes those with it that have lost theirs');
  const own = { ...lan, defaultRoute: { gateway: '192.168.1.254', metric: 3 } };
  t.strictSame(pasted([own]), ['uci show network | grep @route'], 'a section config route');
  const child: NetifdInterface = { ...lan, name: 'lte_4', dynamic: true, proto: 'dhcp' };
  const { defaultRoute: _, ...modem } = { ...lan, name: 'lte', proto: 'mbim' };
  const lte = [`uci set network.lte.defaultroute=0; ${tail}`, `uci set network.lte.metric=2000; ${tail}`];
  t.strictSame(pasted([child, modem]), lte, 'by the section that there is');
});

tap.test('what netifd did not make is not its business', async (t) => {
  const { defaultRoute: _, ...without } = lan;
  const CASES: [string, NetifdInterface[] | undefined, string?][] = [
    ['no netifd', undefined],
    ['another device', [lan], 'default via 192.168.1.254 dev vpn0'],
    ['another gateway', [lan], 'default via 192.168.1.253 dev br-lan'],
    ['another destination', [lan], '0.0.0.0/1 via 192.168.1.254 dev br-lan'],
    ['it has no default', [without]],
    ['it has it in another table', [{ ...lan, table: 100 }]],
    ['a wall', [lan], 'default type blackhole'],
    ['a child without a maker', [{ ...lan, name: 'lte_4', dynamic: true }]],
  ];
  for (const [what, interfaces, route = 'default via 192.168.1.254 dev br-lan'] of CASES) {
    t.equal(pasted(interfaces, makeRoute(route)), undefined, what);
  }
});

tap.test('metrics that no interface has', async (t) => {
  const same = [makePath(1, 10, { interface: 'wan' }), makePath(2, 10, { interface: 'wanb' }), makePath(3, 5)];
  t.strictSame(
    [...distinctMetrics(same, [wan, wanb])],
    [
      ['wan', 1010],
      ['wanb', 1011],
    ],
  );
  const taken = makeInterface('lan', { metric: 1010 });
  t.strictSame(
    [...distinctMetrics(same, [taken])],
    [
      ['wan', 1011],
      ['wanb', 1012],
    ],
  );
});
