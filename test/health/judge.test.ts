import tap from 'tap';
import { attemptsFor, judge as judgeRound } from '../../lib/health/judge.js';
import { recallWan } from '../../lib/health/recall.js';
import type { Now, Path, Probe, State, Status, TargetResult, Wan, WanState } from '../../lib/model.js';
import type { Uplink } from '../../lib/uplink.js';
import { type FlatWan, flat, grouped, makeLink, makePath } from '../make.js';

/** What a round sees of a WAN: failed attempts in a row, an answer, no result that counts, or why it was not probed. */
type Sight =
  | number
  | 'ok'
  | 'seen'
  | 'seen, then down'
  | 'not seen, then down'
  | 'seen, then no carrier'
  | 'none'
  | 'off'
  | 'unusable'
  | 'gone'
  | 'down'
  | 'no carrier'
  | 'no gateway'
  | 'no device'
  | 'unplugged'
  | 'pulled port'
  | 'itself'
  | 'eth9';

interface Step {
  see: Sight[];
  want: Status[];
  /** s since the step before. */
  after?: number;
  /** Transitions, as `wan1 up>down`. */
  news?: string[];
  /** Reason of the first WAN. */
  reason?: string;
  /** Of the first WAN. */
  failures?: number;
  successes?: number;
  /** From now on: another boot id, another wall clock. */
  bootId?: string;
  wall?: number;
}

const TARGETS = ['1.1.1.1', '8.8.8.8'];

/** A round of no length, at the default check_interval. */
function judge(
  paths: Path[],
  probes: ReadonlyMap<string, Probe>,
  previous: State | undefined,
  now: Now,
  unplugged: ReadonlySet<string> = new Set(),
) {
  return judgeRound(paths, probes, previous, now, { begun: now.uptime, interval: 10, unplugged });
}

function makeProbe(sight: number | 'ok'): Probe {
  const answered = sight === 'ok';
  const [first = '', second = ''] = TARGETS;
  return {
    answered,
    failures: answered ? 0 : sight,
    targets: answered
      ? [
          { target: first, outcome: 'answered', rtt: 20 },
          { target: second, outcome: 'open' },
        ]
      : TARGETS.map((target) => ({ target, outcome: 'lost' })),
    sent: answered ? 1 : sight,
    lost: answered ? 0 : sight,
  };
}

function lookAt(i: number, sight: Sight, settings: Partial<Wan>): Path {
  const wan = { targets: TARGETS, ...settings };
  const path = (more: Partial<Path>, own: Partial<Wan> = {}) => makePath(i, 10 * i, more, { ...wan, ...own });
  const { link: _, ...noLink } = path({});
  const { gateway: __, ...noGateway } = path({});
  const { device: ___, ...noDevice } = noLink;
  const { device: ____, ...byName } = { ...noDevice.wan, interface: 'wwan' };
  switch (sight) {
    case 'off':
      return path({}, { enabled: false });
    case 'unusable':
      return path({}, { enabled: false, unusable: 'no usable device' });
    case 'gone':
      return noLink;
    case 'down':
    case 'seen, then down':
    case 'not seen, then down':
      return path({ link: makeLink(`eth${i}`, { state: 'down' }) });
    case 'no carrier':
    case 'seen, then no carrier':
      return path({ link: makeLink(`eth${i}`, { state: 'no_carrier' }) });
    case 'no gateway':
      return noGateway;
    // netifd has taken its interface down.
    case 'unplugged':
      return { ...noDevice, wan: byName };
    case 'no device':
      return { ...noDevice, wan: byName, port: makeLink('eth9') };
    case 'pulled port':
      return { ...noDevice, wan: byName, port: makeLink('eth9', { state: 'no_carrier' }) };
    case 'itself':
      return { ...noGateway, selfGateway: '10.0.1.9' };
    case 'eth9':
      return path({ device: 'eth9', link: makeLink('eth9') });
    default:
      return path({});
  }
}

function makeState(wans: WanState[], now: Now): State {
  const rest = { mode: 'failover' as const, checkInterval: 10, duration: 0, changes: 0, exitCode: 0, complaints: [] };
  return { ...rest, timestamp: now.wall, bootId: now.bootId, uptime: now.uptime, wans };
}

/** Tells a story: round after round, each with what the one before remembered. */
function story(what: string, settings: Partial<Wan>, steps: Step[]): void {
  tap.test(what, async (t) => {
    const now: Now = { wall: 1_700_000_000, uptime: 100, bootId: 'a' };
    let state: State | undefined;
    for (const [i, { see, want, after = 10, news, reason, failures, successes, bootId, wall }] of steps.entries()) {
      now.uptime = bootId === undefined ? now.uptime + after : 20;
      now.bootId = bootId ?? now.bootId;
      now.wall = wall ?? now.wall + after;
      const paths = see.map((sight, n) => lookAt(n + 1, sight, settings));
      const answers = see.flatMap((sight, n): [string, Probe][] => {
        if (sight === 'eth9') return [[`wan${n + 1}`, makeProbe('ok')]];
        if (sight === 'not seen, then down')
          return [[`wan${n + 1}`, { ...makeProbe(1), seen: 'no concentrator answers' }]];
        if (String(sight).startsWith('seen'))
          return [[`wan${n + 1}`, { ...makeProbe('ok'), seen: 'its concentrator answers' }]];
        return typeof sight === 'number' || sight === 'ok' ? [[`wan${n + 1}`, makeProbe(sight)]] : [];
      });
      const before = paths.map((path) => recallWan(path, state, now).verdict.status);
      const unplugged = see.flatMap((sight, n) =>
        sight === 'no carrier' || sight === 'unplugged' ? [`eth${n + 1}`] : [],
      );
      const { wans, transitions } = judge(paths, new Map(answers), state, { ...now }, new Set(unplugged));
      const step = `round ${i + 1}: ${see.join(', ')}`;
      t.strictSame(
        wans.map(({ verdict }) => verdict.status),
        want,
        step,
      );
      const said = transitions.map(({ name, from, to }) => `${name} ${from}>${to}`);
      const expected = want.flatMap((to, n) => (to === before[n] ? [] : [`wan${n + 1} ${before[n]}>${to}`]));
      t.strictSame(said, news ?? expected, step);
      const [first] = wans;
      if (reason !== undefined) t.equal(first?.verdict.reason, reason, step);
      if (failures !== undefined) t.equal(first?.counted.failures, failures, step);
      if (successes !== undefined) t.equal(first?.counted.successes, successes, step);
      state = makeState(wans, now);
    }
  });
}

const both: Step = { see: ['ok', 'ok'], want: ['up', 'up'] };
const oneDown: Step = { see: [2, 'ok'], want: ['down', 'up'] };

story('the first round judges at once', {}, [
  { ...both, news: ['wan1 unknown>up', 'wan2 unknown>up'], reason: 'reply from 1.1.1.1', successes: 1 },
  { ...both, news: [], failures: 0, successes: 2 },
  { ...both, news: [], successes: 3 },
  { ...both, news: [], successes: 3 },
]);

story('one round is enough to fail over', {}, [
  both,
  { ...oneDown, news: ['wan1 up>down'], reason: 'no reply from 1.1.1.1, 8.8.8.8', failures: 2, successes: 0 },
  { see: [1, 'ok'], want: ['down', 'up'], news: [], failures: 2 },
]);

story('failed attempts count from round to round, until an answer', { failureThreshold: 3 }, [
  both,
  { see: [1, 'ok'], want: ['up', 'up'], failures: 1, successes: 0, reason: 'no reply from 1.1.1.1, 8.8.8.8' },
  { see: [1, 'ok'], want: ['up', 'up'], failures: 2 },
  { see: ['ok', 'ok'], want: ['up', 'up'], failures: 0, successes: 1 },
  { see: [2, 'ok'], want: ['up', 'up'], failures: 2 },
  { see: [1, 'ok'], want: ['down', 'up'], failures: 3 },
]);

story('never up, never an answer', { failureThreshold: 3 }, [
  { see: [3, 'ok'], want: ['down', 'up'], news: ['wan1 unknown>down', 'wan2 unknown>up'] },
]);

story('not judged by half a threshold', { failureThreshold: 3 }, [
  { see: [1, 'ok'], want: ['unknown', 'up'], failures: 1 },
  { see: [2, 'ok'], want: ['down', 'up'], failures: 3 },
]);

story('it comes back after good rounds in a row', {}, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1, failures: 0, reason: 'answering again, 1 of 3 good rounds' },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 2, reason: 'answering again, 2 of 3 good rounds' },
  { see: [1, 'ok'], want: ['down', 'up'], successes: 0, failures: 1 },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1 },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 2 },
  { ...both, successes: 3, news: ['wan1 down>up'], reason: 'reply from 1.1.1.1' },
]);

story('rounds that events start are no good rounds: they neither count nor reset', {}, [
  both,
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 0.2, successes: 1 },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 0.3, successes: 1 },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 7.1, successes: 1, reason: 'answering again, 1 of 3 good rounds' },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 0.2, successes: 2 },
  // Measured from the last one that counted.
  { see: ['none', 'ok'], want: ['down', 'up'], after: 4, successes: 2 },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 3, successes: 2 },
  { ...both, after: 0.6, successes: 3 },
]);

story('silence counts at any time', {}, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1 },
  { see: [1, 'ok'], want: ['down', 'up'], after: 0.2, successes: 0 },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 0.2, successes: 1 },
]);

tap.test('the time between two rounds is that between their beginnings, by check_interval', async (t) => {
  // wan2 is silent, so a round takes 6 s.
  const looks = [makePath(1, 10), makePath(2, 20)];
  const successes = (begun: number[], interval: number) => {
    let state: State | undefined;
    for (const at of begun) {
      const now = { wall: 0, uptime: at + 6, bootId: 'a' };
      const probes = new Map([
        ['wan1', makeProbe('ok')],
        ['wan2', makeProbe(2)],
      ]);
      state = makeState(judgeRound(looks, probes, state, now, { begun: at, interval, unplugged: new Set() }).wans, now);
    }
    return state?.wans[0]?.counted.successes;
  };
  const CASES: [begun: number[], interval: number, successes: number | undefined][] = [
    [[100, 110, 120], 10, 3],
    [[100, 108, 116], 10, 3],
    [[100, 107, 114], 10, 2],
    [[100, 106, 112], 2, 3],
    [[100, 160, 220], 300, 1],
    [[100, 400, 700], 300, 3],
  ];
  for (const [begun, interval, expected] of CASES) {
    t.equal(successes(begun, interval), expected, `rounds at ${begun}, check_interval ${interval}`);
  }
});

story('it comes back after one good round, if that is asked for', { recoveryThreshold: 1 }, [both, oneDown, both]);

story('a failback delay, from the first answer', { recoveryThreshold: 2, failbackDelay: 30 }, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 600, reason: 'answering again, 1 of 2 good rounds' },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 14.5, reason: 'answering again, 14 of 30 s' },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 15, reason: 'answering again, 29 of 30 s' },
  { ...both, after: 0.5 },
]);

story('a lost answer starts the failback delay again', { recoveryThreshold: 1, failbackDelay: 30 }, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 20 },
  { see: [1, 'ok'], want: ['down', 'up'], after: 20 },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 20, reason: 'answering again, 0 of 30 s' },
  { see: ['ok', 'ok'], want: ['down', 'up'], after: 20 },
  { ...both, after: 10 },
]);

story('the delay alone is not enough', { recoveryThreshold: 3, failbackDelay: 5 }, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'], reason: 'answering again, 2 of 3 good rounds' },
  both,
]);

story('at once when no other WAN is up', { failbackDelay: 600 }, [
  both,
  { see: [2, 2], want: ['down', 'down'] },
  { see: ['ok', 1], want: ['up', 'down'], reason: 'it answers, and no other WAN is up' },
  { see: ['ok', 'ok'], want: ['up', 'down'] },
  // The one that stood in goes: the other has answered only once, but nothing is better.
  { see: [2, 'ok'], want: ['down', 'up'], news: ['wan1 up>down', 'wan2 down>up'] },
]);

story('all at once when none was up', {}, [both, { see: [2, 2], want: ['down', 'down'] }, both]);

story('a WAN that is only not judged now counts as another one', {}, [
  both,
  oneDown,
  { see: ['ok', 'none'], want: ['down', 'up'] },
]);

story('alone, but it does not answer', {}, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  { see: ['none', 'gone'], want: ['down', 'interface_down'], successes: 1 },
  { see: ['ok', 'gone'], want: ['up', 'interface_down'] },
]);

story('links that are not there', {}, [
  both,
  {
    see: ['no carrier', 'ok'],
    want: ['interface_down', 'up'],
    reason: 'eth1 has no carrier',
    failures: 0,
    successes: 0,
  },
  { see: ['down', 'ok'], want: ['interface_down', 'up'], news: [], reason: 'eth1 is down' },
  { see: ['gone', 'ok'], want: ['interface_down', 'up'], news: [], reason: 'there is no device eth1' },
  {
    see: ['no device', 'ok'],
    want: ['interface_down', 'up'],
    news: [],
    reason: 'netifd has no device for interface wwan now',
  },
  { see: ['pulled port', 'ok'], want: ['interface_down', 'up'], news: [], reason: 'eth9 has no carrier' },
  { see: ['no gateway', 'ok'], want: ['no_gateway', 'up'], reason: 'no gateway for eth1' },
  {
    see: ['itself', 'ok'],
    want: ['no_gateway', 'up'],
    reason: 'the gateway of eth1, 10.0.1.9, is an address of the router itself',
  },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1 },
]);

story('a link that comes back must prove itself, unless it is needed', {}, [
  both,
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'], reason: 'answering again, 1 of 3 good rounds' },
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  { see: ['ok', 2], want: ['up', 'down'] },
]);

story('a link that comes late after a start is up at once', {}, [
  { see: ['gone', 'ok'], want: ['interface_down', 'up'], news: ['wan1 unknown>interface_down', 'wan2 unknown>up'] },
  { see: ['no gateway', 'ok'], want: ['no_gateway', 'up'] },
  both,
]);

story('disabled is forgotten', {}, [
  {
    see: ['off', 'ok'],
    want: ['disabled', 'up'],
    news: ['wan2 unknown>up'],
    reason: 'not enabled in the configuration',
  },
  both,
  oneDown,
  {
    see: ['unusable', 'ok'],
    want: ['disabled', 'up'],
    news: ['wan1 down>disabled'],
    reason: 'no usable device',
    failures: 0,
  },
  { see: ['ok', 'ok'], want: ['up', 'up'], successes: 1 },
]);

story('after a restart, nothing is known', {}, [
  both,
  oneDown,
  { see: ['ok', 'ok'], want: ['up', 'up'], bootId: 'b', news: ['wan1 unknown>up', 'wan2 unknown>up'], successes: 1 },
  { see: ['none', 'none'], want: ['unknown', 'unknown'], bootId: 'c', news: [] },
]);

story('of another device, nothing is known', {}, [
  both,
  oneDown,
  { see: ['eth9', 'ok'], want: ['up', 'up'], news: ['wan1 down>up'], successes: 1 },
  { see: ['eth9', 'ok'], want: ['up', 'up'], news: [], successes: 2 },
]);

story('a device that is away for a while is the same device', {}, [
  both,
  oneDown,
  { see: ['no device', 'ok'], want: ['interface_down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1 },
]);

story('a probe that must not count changes nothing', { failureThreshold: 3, failbackDelay: 25 }, [
  { see: ['none', 'none'], want: ['unknown', 'unknown'], news: [] },
  both,
  { see: [2, 'ok'], want: ['up', 'up'], failures: 2 },
  { see: ['none', 'ok'], want: ['up', 'up'], failures: 2, reason: 'no reply from 1.1.1.1, 8.8.8.8' },
  { see: [1, 'ok'], want: ['down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 1 },
  { see: ['ok', 'ok'], want: ['down', 'up'], successes: 2 },
  { see: ['none', 'ok'], want: ['down', 'up'], successes: 2, reason: 'answering again, 2 of 3 good rounds' },
  { ...both, successes: 3, reason: 'reply from 1.1.1.1' },
]);

story('a link that comes back is not up for that', {}, [
  both,
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  { see: ['none', 'ok'], want: ['down', 'up'], reason: 'back, and not probed yet; before: there is no device eth1' },
]);

const fall: Step = { see: [2, 'ok'], want: ['down', 'up'] };
/** It answers again, and is up again after so many s; not before. */
const risesAfter = (wait: number, reason: string, sight: Sight = 'ok'): Step[] => [
  { see: [sight, 'ok'], want: ['down', 'up'], successes: 1 },
  { see: [sight, 'ok'], want: ['down', 'up'], successes: 2 },
  { see: [sight, 'ok'], want: ['down', 'up'], after: wait - 11, reason },
  { see: [sight, 'ok'], want: ['up', 'up'], after: 1 },
];

story('who falls again and again must answer for longer each time', {}, [
  both,
  { ...fall, after: 86400 },
  ...[{ after: 10 }, { after: 3599 }].flatMap(({ after }): Step[] => [
    { see: ['ok', 'ok'], want: ['down', 'up'] },
    { see: ['ok', 'ok'], want: ['down', 'up'], reason: 'answering again, 2 of 3 good rounds' },
    both,
    { ...fall, after },
  ]),
  ...risesAfter(60, 'answering again, 59 of 60 s, because it went down 3 times'),
  fall,
  ...risesAfter(120, 'answering again, 119 of 120 s, because it went down 4 times'),
  fall,
  ...risesAfter(240, 'answering again, 239 of 240 s, because it went down 5 times'),
  fall,
  ...risesAfter(480, 'answering again, 479 of 480 s, because it went down 6 times'),
  fall,
  ...risesAfter(600, 'answering again, 599 of 600 s, because it went down 7 times'),
  fall,
  ...risesAfter(600, 'answering again, 599 of 600 s, because it went down 8 times'),
  // An hour without a fall, and it begins anew.
  { ...fall, after: 3600 },
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  both,
]);

const thrice: Step[] = [1, 2, 3].flatMap((time): Step[] => [
  both,
  fall,
  ...(time === 3 ? [] : [1, 2].map((): Step => ({ see: ['ok', 'ok'], want: ['down', 'up'] }))),
]);

/** The same, but for what takes the WAN out of use. */
const instead = (sight: Sight, status: Status) =>
  thrice.map((step): Step => (step.see[0] === 2 ? { see: [sight, 'ok'], want: [status, 'up'] } : step));
const atOnce: Step[] = [{ see: ['ok', 'ok'], want: ['down', 'up'] }, { see: ['ok', 'ok'], want: ['down', 'up'] }, both];

for (const sight of ['no carrier', 'unplugged'] as const) {
  story(`a carrier that comes and goes has fallen, too: ${sight}`, {}, [
    ...instead(sight, 'interface_down'),
    ...risesAfter(60, 'answering again, 59 of 60 s, because it went down 3 times'),
  ]);
}

for (const [sight, status] of [
  ['down', 'interface_down'],
  ['gone', 'interface_down'],
  ['no device', 'interface_down'],
  ['no gateway', 'no_gateway'],
] as const) {
  story(`taken down and up again is no fall: ${sight}`, {}, [...instead(sight, status), ...atOnce]);
}

const uplink: Uplink = { type: 'PPPOE', device: 'red0', block: {} };

for (const [sight, status] of [
  ['gone', 'interface_down'],
  ['no device', 'interface_down'],
  ['no gateway', 'no_gateway'],
] as const) {
  story(`a line of IPFire’s is not taken down but lost: ${sight}`, { uplink }, [
    ...instead(sight, status),
    ...risesAfter(60, 'answering again, 59 of 60 s, because it went down 3 times'),
  ]);
}

story('one that shows only in use whether it works waits from its second fall on, and for much longer', { uplink }, [
  both,
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  { see: ['seen', 'ok'], want: ['down', 'up'] },
  { see: ['seen', 'ok'], want: ['down', 'up'] },
  { see: ['seen', 'ok'], want: ['up', 'up'], reason: 'its concentrator answers' },
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  ...risesAfter(900, 'answering again, 899 of 900 s, because it went down 2 times', 'seen'),
  { see: ['gone', 'ok'], want: ['interface_down', 'up'] },
  ...risesAfter(1800, 'answering again, 1799 of 1800 s, because it went down 3 times', 'seen'),
]);

story('IPFire takes its device down between two tries to dial another line', { uplink }, [
  { see: ['seen', 'ok'], want: ['up', 'up'] },
  { see: ['seen, then down', 'ok'], want: ['up', 'up'] },
  { see: ['not seen, then down', 'ok'], want: ['interface_down', 'up'] },
  { see: ['seen', 'ok'], want: ['down', 'up'] },
  { see: ['seen, then no carrier', 'ok'], want: ['interface_down', 'up'] },
  { see: ['seen', 'ok'], want: ['down', 'up'] },
  { see: ['down', 'ok'], want: ['interface_down', 'up'] },
]);

story(
  'one that did not come up at boot is not dialled again because its other end answers',
  { uplink, failbackDelay: 30 },
  [
    { see: ['no device', 'ok'], want: ['interface_down', 'up'] },
    ...Array.from({ length: 3 }, (): Step => ({ see: ['seen', 'ok'], want: ['down', 'up'] })),
    { see: ['seen', 'ok'], want: ['up', 'up'] },
  ],
);

story('one that has fallen often is still better than none', {}, [
  ...thrice,
  { see: ['ok', 2], want: ['up', 'down'], reason: 'it answers, and no other WAN is up' },
  { see: [2, 2], want: ['down', 'down'] },
  { see: ['ok', 1], want: ['up', 'down'] },
]);

story('a longer failback delay of the configuration counts', { failbackDelay: 90 }, [
  both,
  ...[1, 2, 3].flatMap((time): Step[] => [
    fall,
    { see: ['ok', 'ok'], want: ['down', 'up'] },
    { see: ['ok', 'ok'], want: ['down', 'up'] },
    ...(time === 3
      ? [
          {
            see: ['ok', 'ok'],
            want: ['down', 'up'],
            after: 79,
            reason: 'answering again, 89 of 90 s',
          } as Step,
        ]
      : [{ ...both, after: 80 }]),
  ]),
]);

story('of falls before it was disabled, nothing is known', {}, [
  ...thrice,
  { see: ['off', 'ok'], want: ['disabled', 'up'] },
  both,
  fall,
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  { see: ['ok', 'ok'], want: ['down', 'up'] },
  both,
]);

const DECADE = 10 * 365 * 86400;

story('the wall clock decides nothing', { failbackDelay: 25 }, [
  both,
  { ...both, wall: 1_700_000_000 + 3 * DECADE, news: [] },
  { ...oneDown, wall: 0 },
  { see: ['ok', 'ok'], want: ['down', 'up'], wall: 1_700_000_000 + 5 * DECADE },
  { see: ['ok', 'ok'], want: ['down', 'up'], wall: 5 },
  { see: ['ok', 'ok'], want: ['down', 'up'], wall: 1_700_000_000, reason: 'answering again, 20 of 25 s' },
  { ...both, wall: 1 },
]);

tap.test('everything that is remembered of a WAN', async (t) => {
  const asked = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
  const look = { ...makePath(1, 10, {}, { targets: asked }), link: makeLink('eth1', { rxBytes: 5, txBytes: 7 }) };
  const first = { wall: 1000, uptime: 100, bootId: 'a' };
  const targets: Probe['targets'] = [
    { target: '1.1.1.1', outcome: 'answered', rtt: 30 },
    { target: '8.8.8.8', outcome: 'answered', rtt: 20 },
    { target: '9.9.9.9', outcome: 'answered' },
  ];
  const probe: Probe = { answered: true, failures: 1, targets, sent: 8, lost: 2 };
  const expected: FlatWan = {
    name: 'wan1',
    device: 'eth1',
    status: 'up',
    statusSince: 1000,
    statusSinceUptime: 100,
    lastCheck: 1000,
    latency: 20,
    loss: 25,
    gateway: '10.0.1.1',
    targets: asked,
    rtts: [30, 20, undefined],
    asked: '1.1.1.1',
    rxBytes: 5,
    txBytes: 7,
    failures: 0,
    successes: 1,
    failureThreshold: 2,
    recoveryThreshold: 3,
    answeringSince: 100,
    lastGood: 100,
    falls: 0,
    judged: true,
    reason: 'reply from 1.1.1.1, 8.8.8.8, 9.9.9.9',
  };
  const one = judge([look], new Map([['wan1', probe]]), undefined, first);
  t.strictSame(one, {
    wans: [grouped(expected)],
    transitions: [
      { name: 'wan1', device: 'eth1', from: 'unknown', to: 'up', reason: 'reply from 1.1.1.1, 8.8.8.8, 9.9.9.9' },
    ],
  });

  const then = { wall: 1010, uptime: 110, bootId: 'a' };
  const faster = makeProbe('ok');
  faster.targets = [
    { target: '1.1.1.1', outcome: 'unasked' },
    { target: '8.8.8.8', outcome: 'answered', rtt: 17.5 },
    { target: '9.9.9.9', outcome: 'unasked' },
  ];
  const two = judge([look], new Map([['wan1', faster]]), makeState(one.wans, first), then);
  const known = {
    ...expected,
    lastGood: 110,
    lastCheck: 1010,
    latency: 17.5,
    jitter: 2.5,
    rtts: [30, 17.5, undefined],
    asked: '8.8.8.8',
    loss: 0,
    successes: 2,
    reason: 'reply from 8.8.8.8',
  };
  t.strictSame(two, { wans: [grouped(known)], transitions: [] });

  const later = { wall: 1020, uptime: 120, bootId: 'a' };
  const unknown = judge([look], new Map(), makeState(two.wans, then), later);
  t.strictSame(unknown.wans, [grouped({ ...known, lastCheck: 1020 })], 'not probed: the numbers stay');

  const { latency, jitter, answeringSince, lastGood, ...silent } = known;
  const three = judge([look], new Map([['wan1', makeProbe(2)]]), makeState(two.wans, then), later);
  t.strictSame(three.wans, [
    grouped({
      ...silent,
      status: 'down',
      statusSince: 1020,
      statusSinceUptime: 120,
      lastCheck: 1020,
      asked: '9.9.9.9',
      loss: 100,
      failures: 2,
      successes: 0,
      falls: 1,
      reason: 'no reply from 1.1.1.1, 8.8.8.8',
    }),
  ]);
});

tap.test('jitter: how much later or sooner the same target answered, whoever was asked in between', async (t) => {
  const [near, far, other] = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
  type Seen = Record<string, number | 'lost'>;
  // What each round saw, with the jitter that is known behind it, and the last RTT of each target.
  const STEPS: [what: string, seen: Seen | undefined, jitter: number | undefined, rtts: (number | undefined)[]][] = [
    ['the first answer has nothing to be compared with', { [near]: 10 }, undefined, [10, undefined, undefined]],
    ['nor has that of another target', { [far]: 50 }, undefined, [10, 50, undefined]],
    ['the first again', { [near]: 12 }, 2, [12, 50, undefined]],
    ['the second again', { [far]: 49 }, 1, [12, 49, undefined]],
    ['a third that has never answered changes nothing', { [other]: 90 }, 1, [12, 49, 90]],
    ['of two, the one that answered first', { [near]: 15, [far]: 400 }, 3, [15, 400, 90]],
    ['nothing that counts', undefined, 3, [15, 400, 90]],
    ['silence has no jitter, and takes no memory', { [near]: 'lost', [far]: 'lost' }, undefined, [15, 400, 90]],
    ['the first one, after it', { [near]: 22 }, 7, [22, 400, 90]],
  ];
  let state: State | undefined;
  for (const [i, [what, seen, jitter, rtts]] of STEPS.entries()) {
    const now = { wall: i, uptime: 10 * i, bootId: 'a' };
    const targets = [near, far, other].map((target): TargetResult => {
      const rtt = seen?.[target];
      if (rtt === undefined) return { target, outcome: 'unasked' };
      return rtt === 'lost' ? { target, outcome: 'lost' } : { target, outcome: 'answered', rtt };
    });
    const answered = targets.some(({ outcome }) => outcome === 'answered');
    const probe = { answered, failures: answered ? 0 : 1, targets, sent: 1, lost: 0 };
    const looks = [makePath(1, 10, {}, { targets: [near, far, other] })];
    const { wans } = judge(looks, new Map(seen ? [['wan1', probe]] : []), state, now);
    t.strictSame([wans[0]?.counted.jitter, wans[0]?.counted.rtts], [jitter, rtts], what);
    state = makeState(wans, now);
  }
  const fewer = makePath(1, 10, {}, { targets: [other, near] });
  const { wans } = judge([fewer], new Map(), state, { wall: 0, uptime: 1000, bootId: 'a' });
  t.strictSame(wans[0]?.counted.rtts, [90, 22], 'what is asked now, in its order');
});

tap.test('who was asked first, so that the next round asks the next one', async (t) => {
  const targets = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
  const STEPS: [Sight, asked: string][] = [
    ['ok', '1.1.1.1'],
    ['ok', '8.8.8.8'],
    ['none', '8.8.8.8'],
    ['gone', '8.8.8.8'],
    // It has just come back: all are asked.
    ['ok', '1.1.1.1'],
    ['ok', '8.8.8.8'],
    ['ok', '9.9.9.9'],
    ['ok', '1.1.1.1'],
    [1, '8.8.8.8'],
    // After a failure all are asked.
    ['ok', '1.1.1.1'],
    ['ok', '8.8.8.8'],
  ];
  let state: State | undefined;
  for (const [i, [sight, asked]] of STEPS.entries()) {
    const now = { wall: i, uptime: 10 * i, bootId: 'a' };
    const counts = typeof sight === 'number' || sight === 'ok';
    const probes = new Map(counts ? [['wan1', makeProbe(sight)]] : []);
    const { wans } = judge([lookAt(1, sight, { targets })], probes, state, now);
    t.equal(wans[0]?.counted.asked, asked, `round ${i + 1}: ${sight}`);
    state = makeState(wans, now);
  }
});

tap.test('nothing sent is nothing lost', async (t) => {
  const probe: Probe = { answered: false, failures: 2, targets: [], sent: 0, lost: 0 };
  const { wans } = judge([makePath(1, 10)], new Map([['wan1', probe]]), undefined, {
    wall: 0,
    uptime: 0,
    bootId: 'a',
  });
  t.match(wans.map(flat), [{ status: 'down', loss: 0 }]);
});

tap.test('an answer without a time, and a WAN without a link', async (t) => {
  const probe: Probe = {
    answered: true,
    failures: 0,
    targets: [{ target: '1.1.1.1', outcome: 'answered' }],
    sent: 1,
    lost: 0,
  };
  const { link: _, ...gone } = makePath(2, 20);
  const { wans } = judge([makePath(1, 10), gone], new Map([['wan1', probe]]), undefined, {
    wall: 0,
    uptime: 0,
    bootId: 'a',
  });
  t.strictSame(
    wans.map(flat).map(({ status, latency, rxBytes, txBytes }) => [status, latency, rxBytes, txBytes]),
    [
      ['up', undefined, 0, 0],
      ['interface_down', undefined, 0, 0],
    ],
  );
});

tap.test('a round in the future was that of another system', async (t) => {
  const now = { wall: 0, uptime: 100, bootId: 'a' };
  const probes = new Map([['wan1', makeProbe(2)]]);
  const { wans } = judge([makePath(1, 10)], probes, undefined, now);
  const state = makeState(wans, now);
  const statusAt = (uptime: number) => recallWan(makePath(1, 10), state, { ...now, uptime }).verdict.status;
  t.strictSame([statusAt(100), statusAt(99)], ['down', 'unknown']);
});

tap.test('the netifd interface is remembered while netifd does not name it', async (t) => {
  const now = { wall: 0, uptime: 0, bootId: 'a' };
  const probes = new Map([['wan1', makeProbe('ok')]]);
  const { wans } = judge([{ ...makePath(1, 10), interface: 'dsl' }], probes, undefined, now);
  t.match(wans.map(flat), [{ interface: 'dsl' }]);
  const { device: _, link: __, ...away } = makePath(1, 10);
  const after = judge([away], new Map(), makeState(wans, now), now).wans;
  t.match(after.map(flat), [{ interface: 'dsl', device: 'eth1', status: 'interface_down' }]);
});

tap.test('a tunnel needs no gateway', async (t) => {
  const { gateway: _, ...tunnel } = makePath(1, 10, { pointToPoint: true });
  const now = { wall: 0, uptime: 0, bootId: 'a' };
  const { wans } = judge([tunnel], new Map([['wan1', makeProbe('ok')]]), undefined, now);
  t.match(wans.map(flat), [{ status: 'up' }]);
});

tap.test('settings that changed since the last round count', async (t) => {
  const now = { wall: 0, uptime: 0, bootId: 'a' };
  const [up] = judge([makePath(1, 10)], new Map([['wan1', makeProbe('ok')]]), undefined, now).wans as [WanState];
  const patient = makePath(1, 10, {}, { failureThreshold: 5, targets: ['9.9.9.9'] });
  const probes = new Map([['wan1', makeProbe(3)]]);
  const { wans } = judge([patient], probes, makeState([up], now), now);
  t.match(wans.map(flat), [{ status: 'up', failures: 3, failureThreshold: 5, targets: ['9.9.9.9'] }]);
  const hasty = makePath(1, 10, {}, { failureThreshold: 2 });
  const after = judge([hasty], new Map([['wan1', makeProbe(1)]]), makeState(wans, now), now).wans;
  t.match(after.map(flat), [{ status: 'down', failures: 2 }]);
});

tap.test('a WAN that was taken out of the configuration is no news', async (t) => {
  const now = { wall: 0, uptime: 0, bootId: 'a' };
  const probes = new Map([1, 2].map((i) => [`wan${i}`, makeProbe('ok')]));
  const { wans } = judge([makePath(1, 10), makePath(2, 20)], probes, undefined, now);
  const after = judge([makePath(2, 20)], probes, makeState(wans, now), { ...now, uptime: 10 });
  t.match(after, { wans: [{ name: 'wan2', counted: { successes: 2 } }], transitions: [] });
  t.equal(after.wans.length, 1);
});

tap.test('how many attempts a WAN is worth', async (t) => {
  const CASES: [Status, number, number][] = [
    ['up', 0, 3],
    ['up', 2, 1],
    ['up', 3, 1],
    ['unknown', 0, 3],
    ['unknown', 1, 2],
    ['down', 0, 1],
    ['down', 3, 1],
    ['interface_down', 0, 1],
    ['no_gateway', 0, 1],
  ];
  const wan = recallWan(makePath(1, 10, {}, { failureThreshold: 3 }), undefined, {
    wall: 0,
    uptime: 0,
    bootId: 'a',
  });
  const late = grouped({ ...flat(wan as WanState), status: 'interface_down' });
  t.equal(attemptsFor(late), 3, 'one that comes up late after a restart gets all of them');
  for (const [status, failures, attempts] of CASES) {
    t.equal(
      attemptsFor(grouped({ ...flat(wan as WanState), judged: status !== 'unknown', status, failures })),
      attempts,
      `${status}, ${failures} failures`,
    );
  }
});

tap.test('what is told is the difference to what was told last', async (t) => {
  const now: Now = { wall: 1_700_000_000, uptime: 100, bootId: 'a' };
  const { wans } = judge([lookAt(1, 'ok', {})], new Map([['wan1', makeProbe('ok')]]), undefined, now);
  const [up] = wans as [WanState];
  const CASES: [what: string, before: Partial<FlatWan>, see: Sight, news: string[]][] = [
    ['nothing happened', {}, 'ok', []],
    ['killed before it could tell', { status: 'down', told: 'up' }, 2, ['up>down']],
    ['and it is over before anybody heard of it', { status: 'down', told: 'up', judged: false }, 'ok', []],
    ['nor of what came next', { status: 'down', told: 'up' }, 'gone', ['up>interface_down']],
    ['the first verdict of all', { told: 'unknown' }, 'ok', ['unknown>up']],
    ['it is left out before it was looked at', { status: 'unknown' }, 'off', []],
    ['and before anybody heard of it', { status: 'disabled', told: 'unknown' }, 'off', []],
    ['another line that is as well', {}, 'eth9', ['unknown>up']],
    ['another line, where only the old one was told', { told: 'unknown' }, 'eth9', ['unknown>up']],
    ['another line that is dead', { device: 'eth8' }, 2, ['up>down']],
    ['another line that was not probed', { device: 'eth8' }, 'none', []],
  ];
  for (const [what, before, see, news] of CASES) {
    const state = makeState([grouped({ ...flat(up), ...before })], now);
    const probe =
      typeof see === 'number' || see === 'ok' || see === 'eth9' ? makeProbe(see === 2 ? 2 : 'ok') : undefined;
    const probes = new Map(probe ? [['wan1', probe]] : []);
    const found = judge([lookAt(1, see, {})], probes, state, now);
    t.strictSame(
      found.transitions.map(({ from, to }) => `${from}>${to}`),
      news,
      what,
    );
    // Of a line that is not known yet, nothing is told; what was told of the one before may have to be taken back.
    const kept = see === 'none' ? 'up' : undefined;
    t.equal(found.wans[0]?.verdict.told, kept, `${what}: told, as soon as that has been done`);
  }
});

tap.test('what another version remembers of a WAN stays with it', async (t) => {
  const now: Now = { wall: 1_700_000_000, uptime: 100, bootId: 'a' };
  const first = judge([lookAt(1, 'ok', {})], new Map(), undefined, now).wans[0] as WanState;
  const others = ['colour=green'];
  for (const see of ['ok', 'gone', 'off'] as const) {
    const { wans } = judge([lookAt(1, see, {})], new Map(), makeState([{ ...first, others }], now), now);
    t.strictSame(wans[0]?.others, others, see);
  }
});
