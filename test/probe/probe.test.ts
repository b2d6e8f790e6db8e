import tap from 'tap';
import type { Probe, Wan } from '../../lib/model.js';
import { createProbe } from '../../lib/probe/probe.js';
import type { Exec, Finished } from '../../lib/system/exec.js';
import { FakeClock } from '../clock.js';
import { makeWan } from '../make.js';

const bind = (device: string) => ['-I', device];

const ANSWER = '1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.0/1.0/1.0/0.0 ms';
const SILENCE = '1 packets transmitted, 0 received, 100% packet loss, time 0ms';
/** With three packets 0.3 s apart, an attempt ends after 1.6 s, and the next one begins after 1 s. */
const WAN = makeWan({ timeout: 1, count: 3, targets: ['1.1.1.1'] });

/** What a packet meets: an answer after so many ms, or silence until ping gives up. */
type Fate = number | 'lost' | { refused: number };
/** The same of curl. */
const CURL = { stdout: '', stderr: 'curl: (7) Failed to connect\n', exitCode: 7 };
const PAGE = { stdout: 'HTTP/1.1 200 OK\r\n\r\n', stderr: '\n0.001\n', exitCode: 0 };
type Sent = { target: string; at: number };

interface Trial {
  probe: Probe;
  /** ms that it took. */
  took: number;
  sent: Sent[];
  /** Pings that still ran when it was over. */
  left: number;
}

/** @param fates by target, of each packet in their order; the last one stays */
async function probe(wan: Wan, fates: Record<string, Fate[]>, attempts: number, turn = wan.targets): Promise<Trial> {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const running = new Set<object>();
  const end = async (target: string, number: number, self: object): Promise<Finished> => {
    const [known = []] = [fates[target]];
    const fate = known[Math.min(number, known.length - 1)] ?? 'lost';
    await clock.sleep(fate === 'lost' ? wan.timeout * 1000 : typeof fate === 'number' ? fate : fate.refused);
    running.delete(self);
    if (target.startsWith('http')) return typeof fate === 'number' ? PAGE : CURL;
    return { stdout: fate === 'lost' ? SILENCE : ANSWER, stderr: '', exitCode: fate === 'lost' ? 1 : 0 };
  };
  const start: Exec['start'] = (_, args) => {
    const target = args.at(-1) as string;
    const number = sent.filter((other) => other.target === target).length;
    sent.push({ target, at: clock.now });
    const self = {};
    running.add(self);
    return { finished: end(target, number, self), kill: () => running.delete(self) };
  };
  const exec: Exec = { start, detach: async () => true, find: async () => undefined };
  const found = await clock.run(createProbe({ engine: clock.engine, exec, bind })(wan, 'eth1', attempts, turn));
  return { probe: found, took: clock.now, sent, left: running.size };
}

tap.test('what came of the packets', async (t) => {
  const CASES: [string, Fate[], number, object, took: number][] = [
    ['the first is answered', [5], 2, { answered: true, failures: 0, sent: 1, lost: 0 }, 5],
    ['one packet is lost', ['lost', 5], 2, { answered: true, failures: 0, sent: 2, lost: 1 }, 305],
    [
      'the second attempt is answered before the first one is over: its packets are lost',
      ['lost', 'lost', 'lost', 5],
      2,
      { answered: true, failures: 1, sent: 4, lost: 3 },
      1005,
    ],
    [
      'the first attempt is answered late, while the second is under way',
      ['lost', 'lost', 650, 'lost'],
      2,
      { answered: true, failures: 0, sent: 3, lost: 2 },
      // It is heard when a third one would begin.
      2000,
    ],
    [
      'the second attempt does not wait for the end of the first',
      ['lost', 'lost', 950, 5],
      2,
      { answered: true, failures: 1, sent: 4, lost: 3 },
      1005,
    ],
    ['silence', ['lost'], 2, { answered: false, failures: 2, sent: 6, lost: 6 }, 2600],
    ['silence, one attempt', ['lost'], 1, { answered: false, failures: 1, sent: 3, lost: 3 }, 1600],
  ];
  for (const [what, fates, attempts, expected, time] of CASES) {
    const { probe: found, took, left } = await probe(WAN, { '1.1.1.1': fates }, attempts);
    t.match(found, expected, what);
    t.strictSame({ took, left }, { took: time, left: 0 }, what);
  }
});

const [A, B, C] = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];

tap.test('one after the other, as long as the line answers', async (t) => {
  const wan = makeWan({ targets: [A, B, C] });
  const answered = (target: string) => ({ target, outcome: 'answered' });
  const [unasked, open] = ['unasked', 'open'].map((outcome) => (target: string) => ({ target, outcome }));
  const ok = { answered: true, failures: 0 };
  interface Case {
    what: string;
    wan?: Partial<Wan>;
    turn: string[];
    fates: Record<string, Fate[]>;
    expected: object;
    sent: [target: string, at: number][];
    took: number;
  }
  const CASES: Case[] = [
    {
      what: 'the one whose turn it is answers: nobody else is asked',
      turn: [B],
      fates: { [B]: [20] },
      expected: { ...ok, sent: 1, lost: 0, targets: [unasked?.(A), { ...answered(B) }, unasked?.(C)] },
      sent: [[B, 0]],
      took: 20,
    },
    {
      what: 'two must answer: two are asked',
      wan: { reliability: 2 },
      turn: [C, A],
      fates: { [A]: [30], [C]: [20] },
      expected: { ...ok, sent: 2, lost: 0, targets: [answered(A), unasked?.(B), answered(C)] },
      sent: [
        [A, 0],
        [C, 0],
      ],
      took: 30,
    },
    {
      what: 'it is silent: the others are asked in the same round, and the line answers',
      turn: [A],
      fates: { [A]: ['lost'], [B]: [20], [C]: [25] },
      expected: { ...ok, sent: 2, lost: 0, targets: [open?.(A), answered(B), answered(C)] },
      sent: [
        [A, 0],
        [A, 300],
        [B, 300],
        [C, 300],
      ],
      // GRACE, for the first.
      took: 370,
    },
    {
      what: 'it answers later than the others are asked: they are not waited for much longer',
      turn: [A],
      fates: { [A]: [310, 'lost'], [B]: ['lost'], [C]: ['lost'] },
      expected: { ...ok, sent: 1, lost: 0, targets: [answered(A), open?.(B), open?.(C)] },
      sent: [
        [A, 0],
        [A, 300],
        [B, 300],
        [C, 300],
      ],
      took: 360,
    },
    {
      what: 'one of two that must is silent: the third is asked',
      wan: { reliability: 2 },
      turn: [A, B],
      fates: { [A]: ['lost'], [B]: [20], [C]: [20] },
      expected: { ...ok, sent: 2, lost: 0, targets: [open?.(A), answered(B), answered(C)] },
      sent: [
        [A, 0],
        [B, 0],
        [A, 300],
        [C, 300],
      ],
      took: 370,
    },
    {
      what: 'a dead line, at the defaults',
      turn: [A],
      fates: {},
      expected: {
        ...{ answered: false, failures: 2, sent: 18, lost: 18 },
        targets: [A, B, C].map((target) => ({ target, outcome: 'lost' })),
      },
      // The second attempt asks all at once.
      sent: [0, 300, 600, 900, 2000, 2300, 2600].flatMap((at): [string, number][] => {
        const asked = at === 0 ? [A] : at === 900 ? [B, C] : [A, B, C];
        return asked.map((target) => [target, at]);
      }),
      took: 4600,
    },
  ];
  for (const { what, wan: more = {}, turn, fates, expected, sent, took } of CASES) {
    const found = await probe({ ...wan, ...more }, fates, 2, turn);
    t.match(found.probe, expected, what);
    const order = (a: Sent, b: Sent) => a.at - b.at || a.target.localeCompare(b.target);
    t.strictSame(
      found.sent.sort(order).map(({ target, at }) => [target, at]),
      sent,
      what,
    );
    t.strictSame({ took: found.took, left: found.left }, { took, left: 0 }, what);
  }
});

const [P, Q] = ['http://1.1.1.1:80/', 'http://8.8.8.8:80/'];

tap.test('who is not pinged gets longer', async (t) => {
  const CASES: [what: string, Record<string, Fate[]>, turn: string[], sent: [string, number][], took: number][] = [
    ['it answers in half of its time: it is asked once', { [P]: [490] }, [P], [[P, 0]], 490],
    [
      'it answers later',
      { [P]: [600] },
      [P],
      [
        [P, 0],
        [Q, 500],
        [P, 500],
      ],
      650,
    ],
    [
      'it is refused at once',
      { [P]: [{ refused: 5 }, 10] },
      [P],
      [
        [P, 0],
        [P, 300],
      ],
      310,
    ],
    [
      'it is refused later',
      { [P]: [{ refused: 400 }, 10] },
      [P],
      [
        [P, 0],
        [P, 400],
      ],
      410,
    ],
    [
      'it is silent, and the other answers',
      { [Q]: [400] },
      [P],
      [
        [P, 0],
        [Q, 500],
        [P, 500],
      ],
      950,
    ],
    [
      'a ping does not wait for it',
      { [A]: ['lost', 5] },
      [P, A],
      [
        [P, 0],
        [A, 0],
        [A, 300],
      ],
      355,
    ],
    [
      'both are silent',
      {},
      [P, Q],
      [0, 500, 1000].flatMap((at) => [
        [P, at],
        [Q, at],
      ]),
      2000,
    ],
  ];
  for (const [what, fates, turn, sent, took] of CASES) {
    const wan = makeWan({ timeout: 1, count: 3, targets: turn.includes(A) ? [P, A] : [P, Q] });
    const found = await probe(wan, fates, 1, turn);
    t.strictSame([found.sent.map(({ target, at }) => [target, at]), found.took, found.left], [sent, took, 0], what);
  }
});

tap.test('whose turn it is makes a dead line known no later', async (t) => {
  for (const targets of [[A], [A, B], [A, B, C]]) {
    const wan = makeWan({ targets });
    const times = await Promise.all(targets.map(async (first) => (await probe(wan, {}, 2, [first])).took));
    t.strictSame([...times, (await probe(wan, {}, 2)).took], Array(targets.length + 1).fill(4600));
  }
});

tap.test('pings that cannot be started say nothing, and those that can may say enough', async (t) => {
  const targets = [A, B, C];
  const CASES: [what: string, fates: Record<string, string>, reliability: number, expected: object][] = [
    ['none started', {}, 1, { answered: false, unstarted: true }],
    ['two lost, the third could have answered', { [A]: SILENCE, [B]: SILENCE }, 1, { unstarted: true }],
    ['two lost of three that must answer', { [A]: SILENCE, [B]: SILENCE }, 2, { unstarted: undefined }],
    ['one answers, two must', { [A]: ANSWER }, 2, { answered: false, unstarted: true }],
    ['one answers', { [A]: ANSWER }, 1, { answered: true, unstarted: undefined }],
  ];
  for (const [what, fates, reliability, expected] of CASES) {
    for (const turn of [targets, targets.slice(0, reliability)]) {
      const clock = new FakeClock();
      const start: Exec['start'] = (_, args) => {
        const stdout = fates[args.at(-1) as string];
        const finished = async (): Promise<Finished> =>
          stdout === undefined
            ? { stdout: '', stderr: '', failure: 'no process', unstarted: true }
            : { stdout, stderr: '', exitCode: 1 };
        return { finished: finished(), kill: () => {} };
      };
      const exec: Exec = { start, detach: async () => true, find: async () => undefined };
      const wan = makeWan({ timeout: 1, count: 1, targets, reliability });
      const { answered, unstarted } = await clock.run(
        createProbe({ engine: clock.engine, exec, bind })(wan, 'eth1', 1, turn),
      );
      t.match({ answered, unstarted }, expected, what);
      if ('unstarted' in expected) t.equal(unstarted, expected.unstarted, what);
    }
  }
});

tap.test('a hundred lines on a machine that can start few pings at a time', async (t) => {
  const clock = new FakeClock();
  let [running, most, asked, page] = [0, 0, 0, false];
  // Each takes the longer the more there are.
  const answer = async (): Promise<Finished> => {
    await clock.sleep(page ? 600 : 10 * running);
    running -= 1;
    if (page) return PAGE;
    return { stdout: ANSWER, stderr: '', exitCode: 0 };
  };
  const start: Exec['start'] = () => {
    running += 1;
    asked += 1;
    most = Math.max(most, running);
    return { finished: answer(), kill: () => {} };
  };
  const probeOne = createProbe({
    engine: clock.engine,
    exec: { start, detach: async () => true, find: async () => undefined },
    bind,
  });
  const wan = makeWan({ targets: [A, B, C] });
  const all = Array.from({ length: 100 }, (_, i) => probeOne(wan, `eth${i}`, 2, [A]));
  const found = await clock.run(Promise.all(all));
  t.equal(found.filter(({ answered }) => answered).length, 100);
  t.strictSame({ asked, most }, { asked: 100, most: 16 }, 'each is asked once, soon enough for the next one');
  [most, asked, page] = [0, 0, true];
  const curls = Array.from({ length: 20 }, (_, i) => probeOne({ ...wan, timeout: 2, targets: [P] }, `eth${i}`, 2, [P]));
  t.equal((await clock.run(Promise.all(curls))).filter(({ answered }) => answered).length, 20);
  t.strictSame({ asked, most }, { asked: 20, most: 16 }, 'and what takes longer keeps its place');
});
