import tap from 'tap';
import type { Direction } from '../../lib/model.js';
import { control } from '../../lib/shape/control.js';
import type { Memory } from '../../lib/shape/memory.js';
import { settle } from '../../lib/shape/settle.js';
import { drive, type Scenario } from './drive.js';
import { constant, cubic } from './flow.js';
import { play, rateAt } from './play.js';

// What happens between two bursts of control, at the beginning of one, and at its end.

const four = () => [cubic(), cubic(), cubic(), cubic()];
const up = { min: 2000, base: 15_000, max: 20_000 };
const BOOT = 1_000_000;

tap.test('a way that became longer while nobody looked starves nobody', async (t) => {
  for (const direction of ['up', 'down'] as const) {
    const by = { min: 1500, base: 7500, max: 20_000 };
    const line = (more: Partial<Scenario>) =>
      drive({ seconds: 6, sides: { [direction]: { capacity: () => 10_000, flows: four(), by } }, ...more });
    const { memory } = line({});
    const later = line({ seconds: 14, way: () => 25, boot: BOOT + 60_000, ...(memory && { memory }) });
    const carried = later.carried(direction, 6, 14);
    t.ok(carried >= 9000, `${direction}: ${carried} after another burst`);
  }
  const silence = drive({
    ...{ seconds: 20, silent: (s: number) => s >= 5 && s < 9, way: (s: number) => (s < 9 ? 0 : 25) },
    sides: { up: { capacity: () => 10_000, flows: four(), by: { min: 1500, base: 7500, max: 20_000 } } },
  });
  t.ok(silence.carried('up', 14, 20) >= 9000, `${silence.carried('up', 14, 20)} after silence`);
});

tap.test('a queue of ten seconds is a delay', async (t) => {
  const moments = play({ bounds: { up }, seconds: 18, delay: (s) => (s > 5 ? 10_000 : 0) });
  const last = moments.at(-1)?.decisions.up;
  t.match(last, { colour: 'RED', delay: 10_000 });
  t.ok((last?.rate ?? 1e9) < rateAt(moments, 5), `${last?.rate}`);
});

tap.test('a first look without any numbers cuts who fills the line, and nobody else', async (t) => {
  // Downloads with their answers upwards; uploads likewise; and a direction in which nothing is sent.
  const CASES: [what: string, loaded: Direction, trickle: number][] = [
    ['a download and its answers', 'down', 600],
    ['an upload and its answers', 'up', 600],
    ['a download, and nothing upwards', 'down', 0],
    ['an upload, and nothing downwards', 'up', 0],
  ];
  for (const [what, loaded, trickle] of CASES) {
    const other = loaded === 'up' ? 'down' : 'up';
    const carries = (s: number, name: Direction) => (name === loaded ? 20_000 : s < 9 ? trickle : 8000);
    const moments = play({ bounds: { up: {}, down: {} }, seconds: 12, carries });
    const first = moments.filter(({ at }) => at < 9);
    t.ok(rateAt(first, 8, loaded) > 10_000, `${what}: ${rateAt(first, 8, loaded)}`);
    t.ok(
      first.every(({ decisions }) => decisions[other] === undefined),
      `${what}: ${other} has no rate`,
    );
    t.equal(first.at(-1)?.memory.lanes[other]?.cap, undefined, `${what}: nothing is learnt of ${other}`);
    const { rate = 0 } = moments.at(-1)?.decisions[other] ?? {};
    t.ok(rate >= 5000 && rate < 1e6, `${what}: ${other} has ${rate} when it carries something`);
    const all = moments.flatMap(({ memory }) => Object.values(memory.lanes));
    t.notOk(all.some(({ rate, cap }) => Number.isNaN(rate) || Number.isNaN(cap?.rate)));
  }
  const idle = play({ bounds: { up: {}, down: {} }, seconds: 9, carries: () => 20 });
  t.strictSame(idle.at(-1)?.decisions, {}, 'a line that nobody uses has no rate');
  t.ok(idle.at(-1)?.quiet, 'and nobody needs to look at it');
});

tap.test('a first look at rates that are set cuts who fills the line, and nobody else', async (t) => {
  const run = drive({
    seconds: 6,
    sides: {
      up: { capacity: () => 10_000, flows: [constant(3000)], by: { min: 1000, base: 8000, max: 12_000 } },
      down: { capacity: () => 30_000, flows: four(), by: { min: 3000, base: 30_000, max: 60_000 } },
    },
  });
  const rates = run.steps.filter(({ direction }) => direction === 'up').map(({ rate }) => rate);
  t.ok(Math.min(...rates) === 8000, `${Math.min(...rates)}`);
  t.ok(run.steps.some(({ direction, reason }) => direction === 'down' && reason.startsWith('less than the')));
});

tap.test('a rate of nothing, or none, is not known', async (t) => {
  const { memory } = play({ bounds: { up: {} }, seconds: 1 }).at(-1) as { memory: Memory };
  for (const rate of [0, Number.NaN]) {
    const { fresh: _, ...lane } = memory.lanes.up as NonNullable<Memory['lanes']['up']>;
    const broken = { ...memory, lanes: { up: { ...lane, counts: [], rate } } };
    const seen = { now: memory.at + 50, echoes: [], counts: {} };
    t.match(control({ up: {} }, broken, seen).memory.lanes.up, { rate: 0, fresh: true });
    const moments = play({ bounds: { up: {} }, seconds: 5, memory: broken, boot: memory.at + 50, carries: () => 9000 });
    t.ok(rateAt(moments, 4) > 5000, `${rateAt(moments, 4)}: it is learnt anew`);
  }
});

tap.test('what stands when nobody is known that answers is not taken for the way', async (t) => {
  const { memory } = play({ bounds: { up }, seconds: 6 }).at(-1) as { memory: Memory };
  const CASES: [what: string, hours: number, names: string, isFirst: boolean][] = [
    ['an hour later', 1, '192.0.2', false],
    ['more than a day later', 25, '192.0.2', true],
    ['other reflectors', 1, '198.51.100', true],
  ];
  for (const [what, hours, names, isFirst] of CASES) {
    const moments = play({
      ...{ bounds: { up }, seconds: 3, memory, boot: memory.at + hours * 3_600_000, delay: () => 200 },
      spoil: (seen) => ({
        ...seen,
        echoes: seen.echoes.map((echo) => ({ ...echo, reflector: echo.reflector.replace('192.0.2', names) })),
      }),
    });
    const looked = moments.some(({ decisions }) => decisions.up?.reason.startsWith('less than the'));
    t.equal(looked, isFirst, what);
  }
});

tap.test('at the end of a burst nothing is left that was only tried', async (t) => {
  const lane = { rate: 9000, counts: [], peak: { load: 1, at: 5 }, moved: 5, grow: 0 };
  const cut = { at: 5, before: 20_000, cap: 10_000, vain: 0, level: 50 };
  const CASES: [what: string, more: object, rate: number, rates: object][] = [
    ['nothing is tried', {}, 9000, {}],
    ['a step', { step: { at: 5, from: 8000, level: 0 } }, 8000, { up: 8000 }],
    ['a cut', { rate: 4000, cut }, 9600, { up: 9600 }],
    ['a cut that took away little', { rate: 19_000, cut: { ...cut, cap: 19_500 } }, 19_000, {}],
    ['a cut of less than what it carries', { rate: 4000, cut: { ...cut, before: 6000 } }, 6000, { up: 6000 }],
    ['a cut in vain', { rate: 4000, back: 20_000 }, 20_000, { up: 20_000 }],
  ];
  for (const [what, more, rate, rates] of CASES) {
    const memory: Memory = { at: 5, reflectors: [], samples: [], lanes: { up: { ...lane, ...more } } };
    const after = settle(memory, 9);
    t.strictSame(after.rates, rates, what);
    const { step, cut: left, back, ...rest } = after.memory.lanes.up ?? (lane as never);
    t.strictSame([step, left, back, rest.rate], [undefined, undefined, undefined, rate], what);
    t.strictSame(settle(after.memory, 10), { memory: after.memory, rates: {} }, `${what}: again`);
  }
  const blind: Memory = {
    at: 5,
    reflectors: [],
    samples: [],
    lanes: { up: { ...lane, cut: { ...cut, blind: true } } },
  };
  t.equal(settle(blind, 9).memory.lanes.up?.fresh, true, 'a first look that did not end is begun anew');
});
