import fc from 'fast-check';
import tap from 'tap';
import { control } from '../../lib/shape/control.js';
import { type Memory, parseMemory } from '../../lib/shape/memory.js';
import { drive } from './drive.js';
import { cubic } from './flow.js';
import { play } from './play.js';

const again = (memory: Memory | undefined) => parseMemory(JSON.parse(JSON.stringify(memory)));

tap.test('what is remembered is read back', async (t) => {
  const sides = { up: { capacity: () => 20_000, flows: [cubic(), cubic()], by: { min: 2000 } } };
  const { memory } = drive({ seconds: 4, sides });
  t.strictSame(again(memory), memory);
  const bounds = { up: { base: 9000 }, down: { base: 40_000 } };
  const script = { bounds, seconds: 30, delay: (s: number) => (s % 7 > 4 ? 300 * (s % 1) : 0) };
  for (const moment of play(script)) {
    if (Math.round(moment.at * 1000) % 1000 === 0) t.strictSame(again(moment.memory), moment.memory, `${moment.at} s`);
  }
  const idle = play({ bounds, seconds: 20, carries: () => 1, delay: (s) => (s > 9 ? 30 : 0) });
  t.strictSame(again(idle.at(-1)?.memory), idle.at(-1)?.memory, 'idle');
});

tap.test('anything else is not', async (t) => {
  for (const json of [undefined, null, 1, '', [], {}, { at: 1 }, { at: 'x', lanes: {} }, { at: -1, lanes: {} }]) {
    t.equal(parseMemory(json), undefined, JSON.stringify(json) ?? 'nothing');
  }
  const kept = parseMemory({
    at: 5,
    lanes: { up: { rate: 1e300 }, side: 1 },
    reflectors: [1, { name: 'a' }],
    samples: 'x',
  });
  t.strictSame(kept, { at: 5, lanes: {}, reflectors: [], samples: [] }, 'what cannot be is left out');
  const lane = { rate: 5, moved: 1, grow: 0, counts: [], peak: { load: 1, at: 1 }, cut: { at: 1 }, fresh: 'yes' };
  t.strictSame(parseMemory({ at: 5, lanes: { up: lane } })?.lanes.up, {
    ...{ rate: 5, moved: 1, grow: 0, counts: [], peak: { load: 1, at: 1 } },
  });
});

tap.test('whatever a file holds, the rate is within its bounds', async (t) => {
  const number = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.double(), fc.constant(0));
  const shape = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });
  const lane = shape({
    ...{ rate: number, moved: number, grow: number, best: number, back: number, fresh: fc.boolean() },
    counts: fc.array(shape({ at: number, bytes: number }), { maxLength: 3 }),
    peak: fc.record({ load: number, at: number }),
    cap: fc.option(fc.record({ rate: number, asked: number, since: number })),
    cut: fc.option(fc.record({ at: number, before: number, cap: number, vain: number, level: number })),
    step: fc.option(fc.record({ at: number, from: number, level: number })),
  });
  const memory = shape({
    ...{ at: fc.integer({ min: 0, max: 3000 }), above: number, calm: number, idle: number },
    lanes: shape({ up: fc.oneof(lane, fc.jsonValue()) }),
    reflectors: fc.array(shape({ name: fc.string(), base: number, sent: number, heard: number })),
    samples: fc.array(shape({ reflector: fc.string(), sent: number, rtt: number })),
    deaf: fc.option(fc.record({ delay: number, at: number, times: number })),
  });
  const bounds = { up: { min: 1000, base: 5000, max: 8000 } };
  const property = fc.property(memory, fc.integer({ min: 0, max: 99 }), (json, rtt) => {
    const echoes = ['a', 'b', 'c'].map((reflector) => ({ reflector, at: 3010, rtt }));
    const seen = { now: 3010, echoes, counts: { up: { at: 3010, bytes: 77 } } };
    const { decisions } = control(bounds, parseMemory(json), seen);
    const rate = decisions.up?.rate ?? 0;
    return Number.isInteger(rate) && rate >= 1000 && rate <= 8000;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});
