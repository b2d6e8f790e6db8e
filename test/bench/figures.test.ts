import t from 'tap';
import { figuresOf, type Run } from './shaping/figures.js';
import type { Scenario } from './shaping/scenarios.js';

const scenario: Scenario = {
  line: { up: 20_000, down: 50_000 },
  loads: [{ direction: 'up', flows: 4 }],
  seconds: 40,
  events: [
    { at: 20, line: { up: 8000 } },
    { at: 30, line: { up: 20_000 } },
  ],
  steered: ['up'],
};

/** @param delay ms added, and @param rate kbit/s carried, at a time in s */
function seen(delay: (at: number) => number | null, rate: (at: number) => number, changes: Run['changes'] = []): Run {
  const probes = Array.from({ length: 4400 }, (_, i) => i / 100 - 4).map((at) => {
    const added = delay(at);
    return { at, rtt: added === null ? null : 20 + added };
  });
  let up = 5000;
  const counts = Array.from({ length: 161 }, (_, i) => {
    const at = i / 4;
    if (i > 0) up += (rate(at) * 1000) / 8 / 4;
    return { at, up, down: 7 };
  });
  return { probes, counts, changes, cpu: 1, idle: 0.5, log: '' };
}

t.test('what is added to the delay of the idle line, before it changes', async (t) => {
  const late = (at: number) => (Math.round(at * 100) % 100 < 10 ? 40 : 3);
  const figures = figuresOf(
    seen(
      (at) => (at < 0 ? 0 : at < 10 || at > 20 ? 500 : late(at)),
      () => 18_000,
    ),
    scenario,
  );
  t.match(figures, { p50: 3, p95: 40, p99: 40, lost: 0 });
  t.equal(Math.round(figures.arrived.up), 18_000);
  t.equal(figures.arrived.down, 0);
});

t.test('a probe that is lost has no delay', async (t) => {
  const figures = figuresOf(
    seen(
      (at) => (Math.round(at * 100) % 4 === 0 ? null : 0),
      () => 0,
    ),
    scenario,
  );
  t.equal(figures.p99, 0);
  t.equal(figures.lost, 0.25);
});

t.test('a fall and a rise', async (t) => {
  // 100 ms for 1.5 s behind the fall; full from 1.75 s behind the rise on, so 90 % of the second that begins a little earlier.
  const delay = (at: number) => (at >= 20 && at < 21.5 ? 100 : 0);
  const rate = (at: number) => (at < 20 ? 19_000 : at < 32 ? 8000 : 19_500);
  const { fall, rise } = figuresOf(seen(delay, rate), scenario);
  t.equal(Math.round(fall?.excess ?? 0), 150);
  t.ok(Math.abs((fall?.calm ?? 0) - 1.5) < 0.15, `calm after ${fall?.calm} s`);
  t.equal(Math.round(rise?.excess ?? -1), 0);
  t.ok(Math.abs((rise?.full ?? 0) - 1.65) < 0.15, `full after ${rise?.full} s`);

  const slowly = (at: number) => (at >= 21.2 && at < 23 ? 100 : 0);
  const { fall: late } = figuresOf(seen(slowly, rate), scenario);
  t.ok(Math.abs((late?.calm ?? 0) - 3) < 0.15, `the queue grows first: calm after ${late?.calm} s`);
  t.equal(
    figuresOf(
      seen(() => 0, rate),
      scenario,
    ).fall?.calm,
    0,
  );

  const never = figuresOf(
    seen(
      (at) => (at > 20 ? 31 : 0),
      () => 8000,
    ),
    scenario,
  );
  t.notOk('calm' in (never.fall ?? {}) || 'full' in (never.rise ?? {}), 'never is no time');
});

t.test('changes of the rate, and cuts', async (t) => {
  const rates = [
    [-5, 15_000],
    [3, 18_000],
    [4, 17_000],
    [5, 17_500],
  ] as const;
  const changes = rates.map(([at, rate]) => ({ at, rate, direction: 'up' as const }));
  const figures = figuresOf(
    seen(
      () => 0,
      () => 0,
      [...changes, { at: 1, rate: 9000, direction: 'down' }],
    ),
    scenario,
  );
  t.same(figures.changes, { up: 3, down: 1 });
  t.same(figures.cuts, { up: 1, down: 1 }, 'the first one that is seen is a cut: there was no limit');
});
