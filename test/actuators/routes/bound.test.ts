import tap from 'tap';
import { obstacleTo } from '../../../lib/actuators/routes/bound.js';
import { routeWords } from '../../../lib/actuators/routes/words.js';
import { makeRoute } from '../../make.js';

const CASES: { what: string; routes: string[]; want?: string }[] = [
  { what: 'no default at all', routes: [] },
  { what: 'one of its own, behind others', routes: ['default dev eth1', 'default dev eth2 metric 20'] },
  {
    what: 'a default that leads nowhere before it',
    routes: ['default type blackhole metric 5', 'default dev eth2 metric 20'],
    want: 'blackhole default metric 5',
  },
  { what: 'and behind it', routes: ['default type blackhole metric 25', 'default dev eth2 metric 20'] },
  {
    what: 'one that leads nowhere, and none of its own',
    routes: ['default type blackhole'],
    want: 'blackhole default',
  },
  {
    what: 'a nexthop object of another device before it',
    routes: ['default nhid 5 dev eth1 metric 3', 'default dev eth2 metric 20'],
    want: 'default dev eth1 metric 3',
  },
  { what: 'behind it', routes: ['default nhid 5 dev eth1 metric 30', 'default dev eth2 metric 20'] },
  { what: 'of its own device', routes: ['default nhid 5 dev eth2 metric 3', 'default dev eth2 metric 20'] },
  {
    what: 'halves come before it',
    routes: ['default nhid 5 dev eth1 metric 3', '0.0.0.0/1 dev eth2 metric 900', 'default dev eth2 metric 20'],
  },
  { what: 'in a list of its own', routes: ['128.0.0.0/1 nhid 5 dev eth1 metric 3', 'default dev eth2 metric 20'] },
];

tap.test('what keeps a packet that is bound to eth2 from leaving', async (t) => {
  for (const { what, routes, want } of CASES) {
    const obstacle = obstacleTo('eth2', routes.map(makeRoute));
    t.equal(obstacle && routeWords(obstacle).join(' '), want, what);
  }
});
