import tap from 'tap';
import { control } from '../../lib/shape/control.js';
import type { Memory } from '../../lib/shape/memory.js';
import { calmAfter, drive, quantile } from './drive.js';
import { constant, cubic } from './flow.js';
import { cuts, play, rateAt } from './play.js';

// What other programs of this kind do wrong, each as a test that they would fail.

const four = () => [cubic(), cubic(), cubic(), cubic()];
const up = { min: 2000, base: 15_000, max: 20_000 };
/** A queue that stands: its delay follows what is sent. @param carries kbit/s of the line */
function queue(carries: number, most = 400) {
  let waits = 0;
  let at = 0;
  return (seconds: number, sent: number) => {
    waits = Math.min(most, Math.max(0, waits + 1000 * (seconds - at) * (sent / carries - 1)));
    at = seconds;
    return waits;
  };
}
/** Plays with a queue that begins at a time, s. @returns the moments, and the delays that were really there */
function behind(carries: number, from: number, script: Partial<Parameters<typeof play>[0]> = {}) {
  const stands = queue(carries);
  let sent = up.base;
  let [delay, told] = [0, 0];
  return play({
    bounds: { up },
    seconds: 20,
    ...script,
    carries: (_, __, rate) => {
      sent = rate;
      return rate;
    },
    delay: (s) => {
      if (s > told) delay = s < from ? 0 : stands(s, sent);
      told = s;
      if (s < from) stands(s, carries);
      return delay;
    },
  });
}

tap.test('wanctl 12.1: a delay between yellow and red is cut, too', async (t) => {
  for (const from of [5, 8]) {
    const moments = behind(14_000, from);
    const end = moments.at(-1)?.decisions.up;
    // Now and then it tries whether there is more.
    const rates = [17, 18, 19].map((seconds) => rateAt(moments, seconds));
    t.ok(rates.filter((rate) => rate < 14_000).length >= 2, `${rates}`);
    t.ok((end?.delay ?? 99) < 10, `${end?.delay} ms`);
    const orange = moments.find(({ decisions }) => decisions.up?.colour === 'SOFT_RED');
    t.ok(orange, 'it was SOFT_RED');
    t.ok(rateAt(moments, (orange?.at ?? 0) + 0.1) < rateAt(moments, from), 'and lower then');
  }
});

tap.test('wanctl 12.2: no floor of a state raises a rate while a queue stands', async (t) => {
  const moments = behind(4000, 5);
  let before = Number.POSITIVE_INFINITY;
  for (const { at, decisions } of moments) {
    const { rate = 0, delay = 0 } = decisions.up ?? {};
    if (delay > 12) t.ok(rate <= before, `${at} s: ${before} to ${rate} at ${delay} ms`);
    before = rate;
  }
  t.ok(rateAt(moments, 19) <= 4400, `${rateAt(moments, 19)}`);
});

tap.test('wanctl 12.3: a sample counts once', async (t) => {
  const spike = (s: number) => (s >= 5 && s < 5.04 ? 60 : 0);
  const often = play({ bounds: { up }, seconds: 10, period: 250, tick: 25, delay: spike });
  t.equal(cuts(often), 0, 'one spike of one reflector, looked at ten times');
  const twice = play({
    ...{ bounds: { up }, seconds: 10, delay: spike },
    spoil: (seen) => ({ ...seen, echoes: seen.echoes.flatMap((echo) => [echo, echo, { ...echo }]) }),
  });
  t.equal(cuts(twice), 0, 'told three times');
  const last = twice.at(-1)?.memory.samples ?? [];
  t.equal(new Set(last.map(({ reflector, sent }) => `${reflector} ${sent}`)).size, last.length);
});

tap.test('wanctl 12.4: times are times, however often it is called', async (t) => {
  const ends = [25, 50, 100].map((tick) => {
    const moments = behind(12_000, 5, { tick });
    const low = moments.find(({ at, decisions }) => at > 5 && (decisions.up?.rate ?? 1e9) <= 12_000)?.at ?? 99;
    return { tick, low, rate: rateAt(moments, 15) };
  });
  for (const { tick, low, rate } of ends) {
    t.ok(low > 5 && low < 6, `each ${tick} ms: ${low} s`);
    t.ok(rate > 10_000 && rate <= 13_000, `each ${tick} ms: ${rate}`);
  }
});

tap.test('wanctl 12.6: the rate is said each time, so that what somebody else has set is seen', async (t) => {
  const moments = play({ bounds: { up }, seconds: 5, carries: () => 5000 });
  t.ok(moments.every(({ decisions }) => (decisions.up?.rate ?? 0) >= up.min));
  const { memory } = moments.at(-1) ?? {};
  const again = play({ bounds: { up }, seconds: 1, memory, boot: 5_005_000, carries: () => 5000 });
  t.equal(rateAt(again, 0), rateAt(moments, 5), 'and by the next process, too');
});

tap.test('wanctl 12.8: who carries little is not to blame, and nobody is cut for a reflector', async (t) => {
  const idle = play({ bounds: { up }, seconds: 8, delay: (s) => (s > 4 ? 80 : 0), carries: () => 300 });
  t.equal(cuts(idle), 0);
  t.match(idle.at(100)?.decisions.up, { colour: 'YELLOW', blocker: /nobody is to blame: it carries 2 % of its rate/ });
  t.ok(
    idle.every(({ decisions }) => decisions.up?.rate === up.base),
    'and an idle line is not raised',
  );
  const spoil: Parameters<typeof play>[0]['spoil'] = (seen, s) => ({
    ...seen,
    echoes: seen.echoes.map((echo) =>
      s > 4 && echo.reflector === '192.0.2.2' && echo.rtt !== undefined ? { ...echo, rtt: echo.rtt + 90 } : echo,
    ),
  });
  t.equal(cuts(play({ bounds: { up }, seconds: 10, spoil })), 0, 'one reflector that is in trouble');
});

tap.test('wanctl 12.9: what is remembered of another boot, or of long ago, is not taken for now', async (t) => {
  const { memory } = play({ bounds: { up }, seconds: 8, delay: (s) => (s > 7 ? 200 * (s - 7) : 0) }).at(-1) as {
    memory: Memory;
  };
  t.ok(memory.lanes.up?.cut, 'it was being cut');
  const seen = { echoes: [], counts: { up: { at: 100, bytes: 0 } } };
  const earlier = control({ up }, memory, { ...seen, now: 100 });
  t.match(earlier.decisions.up, { rate: up.base }, 'a time before that: it is a new boot');
  const later = play({ bounds: { up }, seconds: 12, memory, boot: memory.at + 3_600_000 });
  t.ok(rateAt(later, 11) > 18_000, `an hour later a line that is well is used: ${rateAt(later, 11)}`);
});

tap.test('wanctl 12.11: the first count is no rate, and a counter that begins again is no load', async (t) => {
  const first = control({ up }, undefined, { now: 1e7, echoes: [], counts: { up: { at: 1e7, bytes: 9e14 } } });
  t.match(first.decisions.up, { achieved: 0, load: 0 });
  const moments = play({
    ...{ bounds: { up }, seconds: 8, carries: () => 3000 },
    spoil: (seen, s) => {
      const { at = 0, bytes = 0 } = seen.counts.up ?? {};
      return { ...seen, counts: { up: { at, bytes: s > 4 ? bytes - 1_500_000 : s > 2 ? bytes + 1e15 : bytes } } };
    },
  });
  for (const { at, decisions } of moments) {
    const { achieved = 0, rate } = decisions.up ?? {};
    t.ok(achieved <= 3300, `${at} s: ${achieved}`);
    t.equal(rate, up.base, `${at} s`);
  }
});

tap.test('wanctl 12.14: a way of 2 ms, and one of 600 ms, have a base', async (t) => {
  for (const way of [-18, 580]) {
    const moments = play({ bounds: { up }, seconds: 6, delay: (s) => way + (s > 5 ? 90 * (s - 5) : 0) });
    const { delay = 99 } = moments.filter(({ at }) => at < 5).at(-1)?.decisions.up ?? {};
    t.ok(delay < 1, `${way + 20} ms: ${delay}`);
    t.ok(cuts(moments) > 0 || (moments.at(-1)?.decisions.up?.delay ?? 0) > 20, 'and a queue is seen');
  }
});

tap.test('wanctl 12.15: a way that becomes 20 ms longer on an idle line holds nothing down', async (t) => {
  const moments = play({
    bounds: { up },
    seconds: 40,
    delay: (s) => (s > 5 ? 20 : 0),
    carries: (s, _, rate) => (s < 25 ? 200 : rate),
  });
  t.equal(cuts(moments), 0);
  t.match(
    moments.at(-1)?.decisions.up,
    { colour: 'GREEN', delay: 0, rate: up.max },
    'and it is raised when it is used',
  );
});

tap.test('cake-autorate is resident and eats an idle router; here nothing needs to look', async (t) => {
  const moments = play({ bounds: { up }, seconds: 20, carries: (s, _, rate) => (s < 5 ? rate : 100) });
  const quiet = moments.find((moment) => moment.quiet)?.at ?? 99;
  t.ok(quiet > 9 && quiet < 14, `quiet at ${quiet} s`);
  t.notOk(
    moments.some((moment) => moment.at < 5 && moment.quiet),
    'not while it is loaded',
  );
});

tap.test(
  'cake-autorate cuts again and again; here once, to what the line carries, and then there is time',
  async (t) => {
    const run = drive({
      seconds: 24,
      sides: { up: { capacity: (s) => (s < 15 ? 20_000 : 8000), flows: four(), by: up } },
    });
    const lower = run.changes.filter(
      ({ at, rate }, i) => at >= 15 && at < 18 && rate < (run.changes[i - 1]?.rate ?? 0),
    );
    t.ok(lower.length >= 1 && lower.length <= 3, `${lower.length} times`);
    t.ok(calmAfter(run, 15) < 1.5, `${calmAfter(run, 15)} s`);
  },
);

tap.test('cake-autorate wants six numbers; here none is needed, and what is learnt is said', async (t) => {
  const line = { capacity: () => 20_000 };
  const run = (by: object) => drive({ seconds: 30, sides: { up: { ...line, flows: four(), by } } });
  const [none, all] = [run({}), run(up)];
  const share = none.carried('up', 10, 30) / all.carried('up', 10, 30);
  t.ok(share > 0.9 && share < 1.1, `${share}`);
  t.ok(quantile(none, 0.95, 10) <= 10, `${quantile(none, 0.95, 10)} ms`);
  t.ok(none.steps.every(({ reason }) => reason.includes('min, base, max learnt')));
});

tap.test('cake-autorate takes half the way for one direction; here the delay is what was added', async (t) => {
  const moments = play({ bounds: { up }, seconds: 6, delay: (s) => (s > 4 ? 4 : 0) });
  t.equal(moments.at(-1)?.decisions.up?.delay, 4);
});

tap.test('cake-autorate cuts both directions for the trouble of one; here the other one stays', async (t) => {
  const run = drive({
    seconds: 24,
    sides: {
      up: { capacity: (s) => (s < 15 ? 10_000 : 4000), flows: four(), by: { min: 1000, base: 8000, max: 12_000 } },
      down: { capacity: () => 50_000, flows: [constant(3000)], by: { min: 5000, base: 40_000, max: 60_000 } },
    },
  });
  const down = run.steps.filter(({ direction }) => direction === 'down');
  t.ok(down.every(({ rate }) => rate === 40_000));
  t.ok(down.some(({ blocker }) => blocker === 'the other direction is to blame'));
  t.ok(run.steps.some(({ direction, reason }) => direction === 'up' && reason.startsWith('cut')));
});

// The sixth complaint is that it has no tests.
