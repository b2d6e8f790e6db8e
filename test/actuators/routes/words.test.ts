import tap from 'tap';
import type { Thing } from '../../../lib/actuators/routes/thing.js';
import { toArguments, toSentence } from '../../../lib/actuators/routes/words.js';
import type { Change, Route } from '../../../lib/model.js';

const route: Route = {
  destination: 'default',
  metric: 10,
  protocol: '77',
  type: 'unicast',
  nexthops: [{ device: 'eth1', gateway: '10.0.1.1', weight: 1, onlink: false }],
};
const [hop] = route.nexthops as [Route['nexthops'][number]];

const CASES: [Pick<Change<Thing>, 'verb' | 'thing'>, string, string][] = [
  [
    { verb: 'add', thing: { ...route, attributes: { src: '203.0.113.5', mtu: '1400' } } },
    'route add default via 10.0.1.1 dev eth1 metric 10 src 203.0.113.5 mtu 1400 proto 77',
    '+ default via 10.0.1.1 dev eth1 metric 10 src 203.0.113.5 mtu 1400',
  ],
  [
    { verb: 'add', thing: { ...route, nexthops: [{ ...hop, gateway: 'fe80::1' }] } },
    'route add 0.0.0.0/0 via inet6 fe80::1 dev eth1 metric 10 proto 77',
    '+ 0.0.0.0/0 via inet6 fe80::1 dev eth1 metric 10',
  ],
  [
    { verb: 'add', thing: { ...route, destination: '1.0.0.0/8', group: 7, attributes: { mtu: '1400' } } },
    'route add 1.0.0.0/8 nhid 7 metric 10 mtu 1400 proto 77',
    '+ 1.0.0.0/8 via 10.0.1.1 dev eth1 metric 10 mtu 1400',
  ],
  [
    { verb: 'add', thing: route },
    'route add default via 10.0.1.1 dev eth1 metric 10 proto 77',
    '+ default via 10.0.1.1 dev eth1 metric 10',
  ],
  [
    { verb: 'append', thing: { ...route, destination: '0.0.0.0/1', nexthops: [{ ...hop, onlink: true }] } },
    'route append 0.0.0.0/1 via 10.0.1.1 dev eth1 onlink metric 10 proto 77',
    '+ 0.0.0.0/1 via 10.0.1.1 dev eth1 onlink metric 10',
  ],
  [
    { verb: 'del', thing: { ...route, metric: 0, nexthops: [{ device: 'tun0', weight: 1, onlink: false }] } },
    'route del default dev tun0 proto 77',
    '- default dev tun0',
  ],
  [
    { verb: 'del', thing: { ...route, type: 'blackhole', nexthops: [] } },
    'route del blackhole default metric 10 proto 77',
    '- blackhole default metric 10',
  ],
  [
    {
      verb: 'add',
      thing: {
        ...route,
        nexthops: [
          { ...hop, weight: 3 },
          { device: 'tun0', weight: 1, onlink: false },
        ],
      },
    },
    'route add default metric 10 proto 77 nexthop via 10.0.1.1 dev eth1 weight 3 nexthop dev tun0 weight 1',
    '+ default metric 10 nexthop via 10.0.1.1 dev eth1 weight 3 nexthop dev tun0 weight 1',
  ],
];

tap.test('a change as arguments and as a sentence', async (t) => {
  for (const [{ verb, thing }, args, sentence] of CASES) {
    t.equal(toArguments(verb, thing).join(' '), args);
    t.equal(toSentence(verb, thing), sentence);
  }
});
