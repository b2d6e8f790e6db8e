import tap from 'tap';
import { chooseShape, withoutConflicts } from '../../../lib/actuators/routes/precedence.js';
import { DEFAULT, HALVES, PARTS } from '../../../lib/actuators/routes/route.js';
import type { Path } from '../../../lib/model.js';
import { makePath, makeRoute } from '../../make.js';

// What is wanted for whole tables is in want.test.ts; here is the choice alone, and what is said of it.

const [one, two] = [makePath(1, 10), makePath(2, 20)];
const HIGHEST = 20;
const WHOLE = [DEFAULT];

interface Case {
  what: string;
  paths?: Path[];
  foreign?: string[];
  parts?: boolean;
  longest?: number;
  shape: string[];
  says?: RegExp;
}

const SHAPES: Case[] = [
  { what: 'nobody is there', shape: WHOLE },
  { what: 'nobody is in the way', foreign: ['default dev eth1 metric 21', 'default dev vpn0'], shape: WHOLE },
  { what: 'one has the highest metric', foreign: ['default dev eth1 metric 20'], shape: HALVES },
  { what: 'one leads through an object', foreign: ['default nhid 5 dev eth1 metric 900'], shape: HALVES },
  { what: 'it leads nowhere', foreign: ['default type blackhole metric 5'], shape: WHOLE },
  { what: 'a half of somebody is no default', foreign: ['0.0.0.0/1 dev eth1 metric 1'], shape: WHOLE },
  { what: 'parts, where that is wanted', parts: true, shape: PARTS },
  { what: 'parts outrank what is in the way, too', foreign: ['default dev eth1'], parts: true, shape: PARTS },
  { what: 'no parts over a VPN', foreign: ['default dev vpn0 metric 15'], parts: true, shape: WHOLE },
  { what: 'no parts where rules keep them out', parts: true, longest: 0, shape: WHOLE },
  {
    what: 'no halves over a VPN',
    foreign: ['default dev vpn0 metric 1', 'default dev eth1 metric 10'],
    shape: WHOLE,
    says: /^the default route of vpn0, .*; the WANs are not steered, because the default of eth1 has metric 10 /,
  },
  {
    what: 'nor over a kill switch',
    foreign: ['default type prohibit metric 1', 'default dev eth1 metric 10'],
    shape: WHOLE,
    says: /^the default route of type prohibit, /,
  },
  {
    what: 'no halves where rules keep them out',
    foreign: ['default dev eth1'],
    longest: 0,
    shape: WHOLE,
    says: /^rules keep traffic for a VPN .* the default of eth1 has metric 0 /,
  },
  {
    what: 'in the way of probes alone, which the whole default makes no worse',
    foreign: ['default nhid 5 dev eth1 metric 900', 'default dev vpn0 metric 1'],
    shape: WHOLE,
  },
  {
    what: 'a VPN behind a line of ours is nobody to spare',
    foreign: ['default dev eth1 metric 5', 'default dev vpn0 metric 6'],
    shape: HALVES,
  },
  {
    what: 'also where the default of that line went with it',
    paths: [{ ...one, systemMetric: 5 }, two],
    foreign: ['default dev vpn0 metric 6', 'default dev eth2 metric 7'],
    shape: HALVES,
  },
  {
    what: 'but not if the line is disabled',
    paths: [makePath(1, 10, { systemMetric: 5 }, { enabled: false }), two],
    foreign: ['default dev vpn0 metric 6', 'default dev eth2 metric 7'],
    shape: WHOLE,
    says: /^the default route of vpn0, /,
  },
];

tap.test('which shape the defaults have', async (t) => {
  for (const { what, paths = [one, two], foreign = [], parts = false, longest = 32, shape, says } of SHAPES) {
    const { destinations, conflicts } = chooseShape(paths, foreign.map(makeRoute), HIGHEST, parts, longest);
    t.strictSame(destinations, shape, what);
    if (!says) t.strictSame(conflicts, [], what);
    else t.match(conflicts, [{ text: says, remedy: [/give the WANs metrics above 20$/] }], what);
    t.ok(conflicts.length < 2, what);
  }
});

const asked = ['default via 10.0.1.1 dev eth1 metric 10 proto 77', 'default via 10.0.2.1 dev eth2 metric 20 proto 77'];

interface Conflict {
  what: string;
  foreign: string[];
  paths?: Path[];
  explained?: true;
  /** Devices of those that are left. */
  allowed: string[];
  says?: RegExp[];
  /** Device of the stranger that is spared. */
  stranger?: string;
  remedy?: RegExp[];
}

const CONFLICTS: Conflict[] = [
  { what: 'nobody else', foreign: [], allowed: ['eth1', 'eth2'] },
  { what: 'the system’s own are outranked', foreign: ['default dev eth1 metric 1001'], allowed: ['eth1', 'eth2'] },
  {
    what: 'a VPN between them',
    foreign: ['default dev vpn0 metric 15'],
    allowed: ['eth2'],
    says: [/^the default route of vpn0, .* not steered: eth1$/],
    stranger: 'vpn0',
    remedy: [/^if it is a WAN: /, /give it a metric below 10, or the WANs metrics above 15$/],
  },
  {
    what: 'a VPN behind them',
    foreign: ['default dev vpn0 metric 30'],
    allowed: [],
    says: [/not steered: eth1, eth2$/],
    stranger: 'vpn0',
    remedy: [/^if it is a WAN: /, /give it a metric below 10, or the WANs metrics above 30$/],
  },
  { what: 'a VPN before them', foreign: ['default dev vpn0 metric 9'], allowed: ['eth1', 'eth2'] },
  {
    what: 'a VPN behind a line that has gone',
    foreign: ['default dev vpn0 metric 30'],
    paths: [{ ...one, systemMetric: 29 }, two],
    allowed: ['eth1', 'eth2'],
  },
  {
    what: 'somebody on a key of ours',
    foreign: ['default dev eth2 metric 10'],
    allowed: ['eth2'],
    says: [/^eth2 has a default with metric 10 that is not ours; eth1 is not steered$/],
    remedy: [/^give eth1 another metric$/],
  },
  {
    what: 'which makes no difference where somebody is in charge',
    foreign: ['default dev vpn0 metric 5', 'default dev eth2 metric 10'],
    allowed: ['eth2'],
  },
  {
    what: 'nor where that has been said',
    foreign: ['default dev eth2 metric 10'],
    explained: true,
    allowed: ['eth2'],
  },
];

tap.test('what is left out, and why', async (t) => {
  for (const {
    what,
    foreign,
    paths = [one, two],
    explained = false,
    allowed,
    says = [],
    stranger,
    remedy,
  } of CONFLICTS) {
    const found = withoutConflicts(asked.map(makeRoute), paths, foreign.map(makeRoute), explained);
    t.strictSame(
      found.allowed.map(({ nexthops }) => nexthops[0]?.device),
      allowed,
      what,
    );
    t.equal(found.conflicts.length, says.length, what);
    for (const [i, text] of says.entries()) t.match(found.conflicts[i]?.text, text, what);
    t.equal(found.conflicts[0]?.stranger?.nexthops[0]?.device, stranger, what);
    if (remedy) t.match(found.conflicts[0]?.remedy, remedy, what);
  }
});
