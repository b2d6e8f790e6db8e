import tap from 'tap';
import { delayOf } from '../../lib/shape/delay.js';
import { listen } from '../../lib/shape/listen.js';
import type { Lane, Memory } from '../../lib/shape/memory.js';

const NOW = 100_000;
const lane: Lane = { rate: 9000, counts: [], peak: { load: 1, at: NOW }, grow: 0, moved: NOW - 300 };
const step = { at: NOW - 300, from: 8000, level: 0 };
const memory = (up: Lane, more: Partial<Memory> = {}): Memory => ({
  ...{ at: NOW - 100, reflectors: [], samples: [], lanes: { up } },
  ...more,
});
const queue = (at: number, rate: number) => ({ up: { at, rate } });
const hear = (known: Memory, queues = {}) => listen(known, { now: NOW, echoes: [], counts: {}, queues });

tap.test('a rate that is tried counts from when CAKE says that it is set', async (t) => {
  const at = (up: Lane, queues: object) => hear(memory(up), queues).lanes.up?.step?.at;
  const tried = { ...lane, step };
  t.equal(at(tried, {}), NOW - 300, 'it has said nothing yet');
  t.equal(at(tried, queue(NOW - 100, 9000)), NOW - 100);
  t.equal(at(tried, queue(NOW - 100, 8000)), NOW - 300, 'another rate');
  t.equal(at(tried, queue(NOW - 400, 9000)), NOW - 300, 'what was before');
  t.equal(at({ ...lane, step: { ...step, set: true } }, queue(NOW - 100, 9000)), NOW - 300, 'only the first time');
  const cut = { at: NOW - 300, before: 9500, cap: 9000, vain: 0, level: 9 };
  t.equal(hear(memory({ ...lane, cut }), queue(NOW - 50, 9000)).lanes.up?.cut?.at, NOW - 50, 'a cut, too');
});

tap.test('idle is who was looked at', async (t) => {
  const idle = { ...lane, peak: { load: 0, at: NOW } };
  t.equal(hear(memory(idle, { idle: 1 })).idle, 1);
  t.equal(hear(memory(idle, { idle: 1, at: NOW - 60_000 })).idle, NOW, 'and not while nobody looked');
});

tap.test('of a few answers, a line is as noisy as it was', async (t) => {
  const reflectors = ['a', 'b'].map((name) => ({ name, base: 20, sent: NOW - 50, heard: NOW }));
  const samples = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      reflector: i % 2 ? 'a' : 'b',
      sent: NOW - 50 - 50 * (count - i),
      rtt: 20,
    }));
  const noise = (count: number, more: Partial<Memory>) =>
    delayOf(memory(lane, { reflectors, samples: samples(count), ...more }), 9000, NOW).noise;
  t.equal(noise(4, { noise: 8 }), 8);
  t.equal(noise(20, { noise: 8 }), 0, 'many say what it is now');
  t.equal(noise(4, {}), 0);
});
