import tap from 'tap';
import { PLANNER } from '../../../lib/actuators/routes/routes.js';
import { isRoute } from '../../../lib/actuators/routes/thing.js';
import { routeWords } from '../../../lib/actuators/routes/words.js';
import type { Path, Route, Rule, Status } from '../../../lib/model.js';
import { plan as planBy } from '../../../lib/plan.js';
import { makeLink, makePath, makeRoute } from '../../make.js';

const words = (routes: Route[]) => routes.map((route) => routeWords(route).join(' '));
const up: [Status, Status] = ['up', 'up'];

/** Rules by which a VPN keeps for itself what is longer. */
function rulesFor(longest: number | undefined): Rule[] {
  const main = { priority: 32766, table: '254', main: true, conditional: false };
  if (longest === undefined) return [main];
  const vpn = { priority: 7, table: '51820', main: false, conditional: true };
  return [{ ...main, priority: 6, suppress: longest }, vpn, main];
}

interface Case {
  what: string;
  mode?: 'multiuplink';
  paths?: Path[];
  routes?: string[];
  statuses?: Status[];
  refused?: string[];
  longest?: number;
  want: string[];
  conflict?: RegExp;
}

const [one, two] = [makePath(1, 10), makePath(2, 20)];
const system = ['default via 10.0.1.1 dev eth1 metric 1001', 'default via 10.0.2.1 dev eth2 metric 1002'];
const both = ['default via 10.0.1.1 dev eth1 metric 10', 'default via 10.0.2.1 dev eth2 metric 20'];
const { gateway: _, ...bare } = two;

const CASES: Case[] = [
  { what: 'every WAN that is up', routes: system, want: both },
  { what: 'none of one that is down', routes: system, statuses: ['down', 'up'], want: both.slice(1) },
  {
    what: 'none of one whose link is gone',
    paths: [one, { ...two, link: makeLink('eth2', { state: 'no_carrier' }) }],
    routes: system,
    want: both.slice(0, 1),
  },
  {
    what: 'none of one that is disabled',
    paths: [one, makePath(2, 20, {}, { enabled: false })],
    routes: system,
    want: both.slice(0, 1),
  },
  {
    what: 'onlink',
    paths: [{ ...one, onlink: true }],
    routes: system,
    want: ['default via 10.0.1.1 dev eth1 onlink metric 10'],
  },
  {
    what: 'no via on point-to-point',
    paths: [one, { ...two, pointToPoint: true }],
    routes: system,
    want: [both[0] as string, 'default dev eth2 metric 20'],
  },
  {
    what: 'a probe route for one without any default',
    routes: system.slice(0, 1),
    statuses: ['up', 'down'],
    want: [both[0] as string, 'default via 10.0.2.1 dev eth2 metric 1003'],
  },
  {
    what: 'no probe route without a gateway',
    paths: [one, bare],
    routes: system.slice(0, 1),
    statuses: ['up', 'down'],
    want: both.slice(0, 1),
  },
  { what: 'the first round steers nothing', routes: system, statuses: ['unknown', 'unknown'], want: [] },
  {
    what: 'but makes every WAN fit for a probe',
    statuses: ['unknown', 'unknown'],
    want: ['default via 10.0.1.1 dev eth1 metric 900', 'default via 10.0.2.1 dev eth2 metric 901'],
  },
  {
    what: 'nothing is up: what carries stays',
    routes: [...system, `${both[1]} proto 77`],
    statuses: ['down', 'down'],
    want: both.slice(1),
  },
  {
    what: 'it stays with a new gateway, too',
    paths: [one, { ...two, gateway: '10.0.2.9' }],
    routes: [...system, `${both[1]} proto 77`],
    statuses: ['down', 'down'],
    want: ['default via 10.0.2.9 dev eth2 metric 20'],
  },
  {
    what: 'and with a gateway that nobody knows any more',
    paths: [one, bare],
    routes: [`${both[1]} proto 77`, system[0] as string],
    statuses: ['down', 'no_gateway'],
    want: both.slice(1),
  },
  {
    what: 'equal metrics',
    paths: [makePath(1, 10), makePath(2, 10), makePath(3, 11)],
    routes: system,
    statuses: ['up', 'up', 'up'],
    want: [
      'default via 10.0.1.1 dev eth1 metric 10',
      'default via 10.0.2.1 dev eth2 metric 11',
      'default via 10.0.3.1 dev eth3 metric 12',
    ],
  },
  {
    what: 'equal metrics at the end of the range',
    paths: [makePath(1, 899), makePath(2, 899)],
    routes: system,
    want: ['default via 10.0.1.1 dev eth1 metric 898', 'default via 10.0.2.1 dev eth2 metric 899'],
  },
  {
    what: 'halves against a default without a metric',
    routes: ['default via 10.0.1.1 dev eth1'],
    statuses: ['down', 'up'],
    want: ['0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20', '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20'],
  },
  {
    what: 'halves against a default of a WAN that is not enabled',
    paths: [makePath(1, 10, {}, { enabled: false }), two],
    routes: ['default via 10.0.1.1 dev eth1'],
    want: ['0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20', '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20'],
  },
  { what: 'a VPN in charge by its metric', routes: [...system, 'default dev vpn0'], want: both },
  {
    what: 'a VPN that we would outrank',
    routes: [...system, 'default dev vpn0 metric 15'],
    want: both.slice(1),
    conflict: /default route of vpn0, which is no WAN, is left in charge; not steered: eth1$/,
  },
  {
    what: 'a VPN that the halves would outrank',
    routes: [
      'default dev vpn0 metric 1',
      'default via 10.0.1.1 dev eth1 metric 10',
      'default via 10.0.2.1 dev eth2 metric 21',
    ],
    want: both.slice(1),
    conflict: /vpn0, which is no WAN, is left in charge; the WANs are not steered/,
  },
  { what: 'a kill switch', routes: [...system, 'default type blackhole metric 5'], want: both },
  {
    what: 'a kill switch that we would outrank',
    routes: ['default type blackhole metric 15', ...system],
    want: both.slice(1),
    conflict: /type blackhole/,
  },
  {
    what: 'somebody else on our key',
    routes: [...system, 'default dev eth9 metric 10', 'default dev eth1 metric 5'],
    want: [
      '0.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20',
      '128.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20',
    ],
  },
  {
    what: "a half that is somebody else's",
    routes: ['default dev eth1', '0.0.0.0/1 dev eth1 metric 10'],
    want: [
      '0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20',
      '128.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20',
    ],
    conflict: /eth1 has a default with metric 10 that is not ours/,
  },
  {
    what: 'rules that keep all but longer prefixes for a VPN: no halves, and it is said',
    routes: ['default via 10.0.1.1 dev eth1', 'default via 10.0.2.1 dev eth2 metric 1002'],
    longest: 0,
    want: both,
    conflict: /^rules keep traffic for a VPN or a policy .* the default of eth1 has metric 0/,
  },
  { what: 'the same where plain defaults will do', routes: system, longest: 0, want: both },
  {
    what: 'rules that let halves through',
    routes: ['default via 10.0.1.1 dev eth1'],
    statuses: ['down', 'up'],
    longest: 1,
    want: ['0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20', '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20'],
  },
  {
    what: 'what the system says beside the gateway',
    paths: [{ ...one, attributes: { src: '10.0.1.5', mtu: '1400' } }, two],
    routes: system,
    want: ['default via 10.0.1.1 dev eth1 metric 10 src 10.0.1.5 mtu 1400', both[1] as string],
  },
  {
    what: 'a shared route: the smallest sizes',
    mode: 'multiuplink',
    paths: [
      { ...one, attributes: { mtu: '1400', advmss: '1360' } },
      { ...two, attributes: { mtu: '1492', hoplimit: '64' } },
    ],
    routes: system,
    want: [
      'default metric 10 mtu 1400 advmss 1360 nexthop via 10.0.1.1 dev eth1 weight 1 nexthop via 10.0.2.1 dev eth2 weight 1',
    ],
  },
  {
    what: 'a shared route without one that needs a source of its own',
    mode: 'multiuplink',
    paths: [{ ...one, attributes: { src: '203.0.113.5' } }, two],
    routes: system,
    want: ['default via 10.0.2.1 dev eth2 metric 10'],
    conflict: /has src 203\.0\.113\.5, which a shared route cannot have; it has no share/,
  },
  {
    what: 'which carries all if it is alone',
    mode: 'multiuplink',
    paths: [{ ...one, attributes: { src: '203.0.113.5' } }, two],
    routes: system,
    statuses: ['up', 'down'],
    want: ['default via 10.0.1.1 dev eth1 metric 10 src 203.0.113.5'],
  },
  {
    what: 'a source that the kernel takes by itself needs nothing',
    mode: 'multiuplink',
    paths: [{ ...one, attributes: { src: '10.0.1.2' } }, two],
    routes: system,
    want: ['default metric 10 nexthop via 10.0.1.1 dev eth1 weight 1 nexthop via 10.0.2.1 dev eth2 weight 1'],
  },
  {
    what: 'a default through a nexthop object, whatever its metric: halves, and the other line can be probed in halves',
    routes: ['default nhid 5 via 10.0.1.1 dev eth1 metric 500', system[1] as string],
    statuses: ['up', 'down'],
    want: [
      '0.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '128.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '0.0.0.0/1 via 10.0.2.1 dev eth2 metric 1004',
      '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 1004',
    ],
  },
  {
    what: 'nothing is steered yet: no probe in halves, which would carry the traffic',
    routes: ['default nhid 5 via 10.0.1.1 dev eth1', system[1] as string],
    statuses: ['unknown', 'unknown'],
    want: [],
  },
  {
    what: 'the line of the object itself is reached by it',
    routes: ['default nhid 5 via 10.0.1.1 dev eth1', system[1] as string],
    statuses: ['down', 'up'],
    want: ['0.0.0.0/1 via 10.0.2.1 dev eth2 metric 20', '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20'],
  },
  { what: 'without the one that the kernel refused', routes: system, refused: ['wan1'], want: both.slice(1) },
  {
    what: 'all refused: hold',
    routes: [...system, `${both[0]} proto 77`],
    refused: ['wan1', 'wan2'],
    want: both.slice(0, 1),
  },
  {
    what: 'a probe route for one that has a half only, as somebody else has the other one',
    routes: ['default via 10.0.1.1 dev eth1', '0.0.0.0/1 dev tun0 metric 50'],
    want: [
      '128.0.0.0/1 via 10.0.1.1 dev eth1 metric 10',
      '128.0.0.0/1 via 10.0.2.1 dev eth2 metric 20',
      'default via 10.0.2.1 dev eth2 metric 901',
    ],
    conflict: /tun0/,
  },
  {
    what: 'nobody knows the device of a WAN, and none is up: hold, as the route may be its',
    paths: [one, (({ device: _, link: __, ...nameless }) => nameless)(bare)],
    routes: [...system, `${both[1]} proto 77`],
    statuses: ['down', 'interface_down'],
    want: both.slice(1),
  },
  {
    what: 'one is up: no route through a device of nobody',
    paths: [one, (({ device: _, link: __, ...nameless }) => nameless)(bare)],
    routes: [...system, `${both[1]} proto 77`],
    statuses: ['up', 'interface_down'],
    want: both.slice(0, 1),
  },
];

tap.test('wanted routes', async (t) => {
  for (const {
    what,
    mode = 'failover',
    paths = [one, two],
    routes = [],
    statuses = up,
    refused,
    longest,
    want,
    conflict,
  } of CASES) {
    const verdicts = new Map(statuses.map((status, i) => [`wan${i + 1}`, status]));
    const seen = { links: [], routes: routes.map(makeRoute), rules: rulesFor(longest), blind: [] };
    const limits = { refused: new Set(refused) };
    const plan = planBy(PLANNER, { mode, sticky: false }, { paths, seen }, verdicts, limits);
    t.strictSame(words(plan.things.filter(isRoute)), want, what);
    if (conflict) t.match(plan.problems[0]?.text, conflict, what);
    else t.strictSame(plan.problems, [], what);
    t.ok(
      plan.problems.every(({ remedy, text }) => remedy?.length || text.includes('has no share')),
      'a conflict has a remedy, but for what is nobody’s mistake',
    );
  }
});
