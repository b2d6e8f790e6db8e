import tap from 'tap';
import type { Congestion, Quality, Status, WanState } from '../../lib/model.js';
import { lastingTroubles, type Suspicions } from '../../lib/report/lasting.js';
import { grouped } from '../make.js';

const NOTHING: Suspicions = { lasting: [], usual: [] };

interface Seen {
  status?: Status;
  rtt?: number;
  falls?: number;
  since?: number;
  colour?: Congestion['colour'];
  age?: number;
}

function wan({ status = 'up', rtt, falls = 0, since = 0 }: Seen): WanState {
  const quality =
    rtt === undefined
      ? {}
      : { window: [{ at: 1, samples: [{ sent: 12, rtts: Array(12).fill(rtt) }] }], reliability: 1 };
  return {
    ...grouped({ name: 'wan', status, falls, statusSinceUptime: since } as never),
    ...(rtt === undefined ? {} : { quality: quality as unknown as Quality }),
  };
}

/** Looks at these times: which troubles are there. */
function course(looks: [at: number, seen: Seen][], bootId = 'b', checkInterval = 10): string[][] {
  let memory = NOTHING;
  return looks.map(([at, seen]) => {
    const { colour, age = 1 } = seen;
    const known: Congestion[] = colour
      ? [{ wan: 'wan', bootId: 'b', at: at - age, quiet: false, colour, delay: 70 }]
      : [];
    const found = lastingTroubles(memory, { wans: [wan(seen)], uptime: at, bootId, checkInterval }, known);
    memory = found.memory;
    return found.standing.map(({ key }) => key);
  });
}
const RED: Seen = { colour: 'RED' };
const CONGESTED = ['wan-congested:wan'];

tap.test('a line that is congested for long, and its end', async (t) => {
  t.strictSame(
    course([
      [0, RED],
      [30, RED],
      [59, RED],
      [60, { colour: 'SOFT_RED' }],
      [70, RED],
    ]),
    [[], [], [], CONGESTED, CONGESTED],
  );
  t.strictSame(
    course([
      [0, RED],
      [60, RED],
      [70, {}],
      [90, RED],
      [149, {}],
      [151, {}],
    ]),
    [[], CONGESTED, CONGESTED, CONGESTED, CONGESTED, []],
    'it ends when there was none for a minute',
  );
  t.strictSame(
    course([
      [0, RED],
      [30, {}],
      [95, RED],
      [120, RED],
    ]),
    [[], [], [], []],
    'one that was over begins anew',
  );
  t.strictSame(
    course(
      [
        [0, RED],
        [300, RED],
      ],
      'b',
      300,
    ),
    [[], CONGESTED],
    'who looks seldom sees it seldom',
  );
  t.strictSame(
    course([
      [0, { colour: 'YELLOW' }],
      [60, { colour: 'YELLOW' }],
    ]),
    [[], []],
  );
  t.strictSame(
    course([
      [0, { ...RED, age: 15 }],
      [60, { ...RED, age: 15 }],
    ]),
    [[], []],
    'what is stale says nothing',
  );
  t.strictSame(
    course([
      [20, { ...RED, age: -1 }],
      [80, { ...RED, age: -1 }],
    ]),
    [[], []],
    'nor what is to come',
  );
  t.strictSame(
    course(
      [
        [0, RED],
        [60, RED],
      ],
      'other',
    ),
    [[], []],
    'nor what is of another boot',
  );
  t.strictSame(
    course([
      [0, RED],
      [60, RED],
      [61, { status: 'down' }],
    ]),
    [[], CONGESTED, []],
    'a dead line has no queue',
  );
});

tap.test('a line that has become slower', async (t) => {
  const rare = (looks: [number, Seen][]) => course(looks, 'b', 3600);
  const SLOWER = ['wan-slower:wan'];
  const [fast, slow] = [{ rtt: 30 }, { rtt: 60 }];
  t.strictSame(
    rare([
      [0, fast],
      [10, slow],
      [600, slow],
      [610, slow],
      [620, fast],
      [690, fast],
    ]),
    [[], [], [], SLOWER, SLOWER, []],
  );
  t.strictSame(
    rare([
      [0, fast],
      [10, { rtt: 44 }],
      [900, { rtt: 44 }],
    ]),
    [[], [], []],
    'not by half',
  );
  t.strictSame(
    rare([
      [0, { rtt: 5 }],
      [10, { rtt: 20 }],
      [900, { rtt: 20 }],
    ]),
    [[], [], []],
    'not by 20 ms',
  );
  const days = Array.from({ length: 400 }, (_, i): [number, Seen] => [3600 * i, i < 10 ? fast : slow]);
  const told = rare(days);
  t.strictSame([told[12], told.at(-1)], [SLOWER, []], 'after days, that is usual');
  t.strictSame(
    rare([
      [0, fast],
      [10, { status: 'down' }],
      [20, slow],
      [700, slow],
    ]).at(-1),
    SLOWER,
    'it is remembered while the line is down',
  );
});

tap.test('a line that flaps', async (t) => {
  const FLAPPING = ['wan-flapping:wan'];
  const CASES: [seen: Seen, keys: string[]][] = [
    [{ falls: 2, status: 'down' }, []],
    [{ falls: 3, status: 'down' }, FLAPPING],
    [{ falls: 3, status: 'up', since: 5000 }, FLAPPING],
    [{ falls: 3, status: 'up', since: 3000 }, []],
    [{ falls: 3, status: 'disabled' }, []],
  ];
  for (const [seen, keys] of CASES) t.strictSame(course([[7000, seen]]), [keys], JSON.stringify(seen));
});
