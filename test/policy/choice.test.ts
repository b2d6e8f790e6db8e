import tap from 'tap';
import type { Choice, FlowClass } from '../../lib/model.js';
import { chooseAll, type Line } from '../../lib/policy/choice.js';
import { LASTING } from '../../lib/policy/lasting.js';

/** A line: RTT in ms, kbit/s, how much of them is taken, % of loss; 0 where it is not known. */
const line = (name: string, [rtt = 0, down = 0, used = 0, loss = 0]: number[]): Line => ({
  name,
  candidate: {
    weight: 1,
    ...(rtt ? { measured: { rtt, loss } } : {}),
    ...(down ? { bandwidth: { down }, used } : {}),
  },
});
const names = (choices: Choice[]) => ['fast', 'bulk'].map((wanted) => choices.find(({ of }) => of === wanted)?.name);
const choice = (of: FlowClass, name: string, moves = 0, more: Partial<Choice> = {}): Choice => ({
  ...{ of, name, moves },
  ...more,
});

tap.test('the fastest, and the freest', async (t) => {
  const CASES: [what: string, a: number[], b: number[], fast: string | undefined, bulk: string | undefined][] = [
    ['as it is', [10, 1000], [30, 9000], 'a', 'b'],
    ['lost is late', [20, 1000, 0, 50], [30, 1000], 'b', 'a'],
    ['what is free counts', [10, 9000, 0.9], [30, 1000], 'a', 'b'],
    ['nothing is known of one', [], [90, 100], 'b', 'b'],
    ['nor of any', [], [], undefined, undefined],
    ['all is full', [10, 100, 1], [20, 100, 1], 'a', 'a'],
  ];
  for (const [what, a, b, fast, bulk] of CASES)
    t.strictSame(names(chooseAll([line('a', a), line('b', b)], undefined, 100)), [fast, bulk], what);
  t.strictSame(chooseAll([], [choice('fast', 'a')], 100), [], 'nobody shares');
});

tap.test('another one, when it has clearly been better for a while', async (t) => {
  let [at, choices]: [number, Choice[]] = [100, []];
  const run = (wait: number, a: number[], b: number[]) => {
    at += wait;
    choices = chooseAll([line('a', a), line('b', b)], choices, at);
    return names(choices);
  };
  t.strictSame(run(0, [10, 1000], [20, 900]), ['a', 'a']);
  for (let i = 0; i < 20; i++) t.strictSame(run(10, [10, 1000], [8.5, 1200]), ['a', 'a'], 'not by a fifth, or 2 ms');
  t.strictSame(choices, [choice('fast', 'a'), choice('bulk', 'a')]);
  run(10, [50, 1000], [20, 2000]);
  t.strictSame(choices, [choice('fast', 'a', 0, { differs: at }), choice('bulk', 'a', 0, { differs: at })]);
  t.strictSame(run(LASTING - 1, [50, 1000], [20, 2000]), ['a', 'a']);
  t.strictSame(run(1, [50, 1000], [20, 1000]), ['b', 'a'], 'each by itself');
  t.strictSame(choices, [choice('fast', 'b', 1, { moved: at }), choice('bulk', 'a')]);

  run(10, [5, 1000], [20, 1000]);
  t.strictSame(run(LASTING, [5, 1000], [20, 1000]), ['a', 'a']);
  run(10, [50, 1000], [20, 1000]);
  t.strictSame(run(LASTING, [50, 1000], [20, 1000]), ['a', 'a'], 'twice within an hour is enough');
  t.strictSame(run(3600, [50, 1000], [20, 1000]), ['b', 'a']);
  t.strictSame(run(10, [], []), ['b', 'a'], 'who was taken stays while nothing is known');
  t.strictSame(names(chooseAll([line('a', [50])], choices, at)), ['a', 'a'], 'where it goes, at once');
});

tap.test('bulk may change each minute', async (t) => {
  let choices = [choice('fast', 'a'), choice('bulk', 'a')];
  for (const [i, name] of ['b', 'a', 'b', 'a'].entries())
    for (const wait of [0, LASTING]) {
      const [a, b] = name === 'a' ? [2000, 1000] : [1000, 2000];
      choices = chooseAll([line('a', [10, a]), line('b', [10, b])], choices, 100 + 100 * i + wait);
      if (wait) t.strictSame(names(choices), ['a', name]);
    }
});
