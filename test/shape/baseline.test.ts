import tap from 'tap';
import { hear, rebase } from '../../lib/shape/baseline.js';
import type { Reflector } from '../../lib/shape/memory.js';

/** Answers, one each 100 ms; undefined: lost. */
function hearAll(rtts: (number | undefined)[], idle: (i: number) => boolean, start?: Reflector) {
  let reflector = start;
  let samples = 0;
  rtts.forEach((rtt, i) => {
    const at = (start?.heard ?? 100_000) + 100 * (i + 1);
    const heard = hear(reflector, { reflector: 'a', at, ...(rtt === undefined ? {} : { rtt }) }, idle(i));
    reflector = heard.reflector;
    if (heard.sample) samples++;
  });
  return { reflector: reflector as Reflector, samples };
}

const loaded = () => false;
const idle = () => true;
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

tap.test('the base', async (t) => {
  const CASES: [what: string, rtts: (number | undefined)[], idle: (i: number) => boolean, base: number | undefined][] =
    [
      ['no answer yet', [undefined, undefined], loaded, undefined],
      ['the first answer', [20], loaded, 20],
      ['it does not rise under load, however long', [20, ...times(5000, 60)], loaded, 20],
      ['it falls under load, too', [40, 30, 20, 20], loaded, 20],
      ['by two answers: one alone may be a lie', [40, 1, 40, 40], loaded, 40],
      ['two that differ: the higher one', [40, 20, 25], loaded, 25],
      ['a way that is longer for good is followed while the line is idle', [20, ...times(200, 60)], idle, 60],
      ['not at once', [20, ...times(40, 60)], idle, 20],
      ['not by a few answers', [20, ...times(3, 60)], idle, 20],
      ['to the lowest of them', [20, ...times(100, 60), 45, ...times(60, 60), ...times(60, 70)], idle, 45],
      ['load in between begins it anew', [20, ...times(120, 60)], (i) => i % 60 !== 0, 20],
    ];
  for (const [what, rtts, isIdle, base] of CASES) t.equal(hearAll(rtts, isIdle).reflector.base, base, what);
});

tap.test('a base that nobody has confirmed for a day is forgotten', async (t) => {
  const { reflector } = hearAll([20], loaded);
  const at = reflector.heard + 25 * 3_600_000;
  t.equal(hear(reflector, { reflector: 'a', at, rtt: 35 }, false).reflector.base, 35);
  t.equal(hear(reflector, { reflector: 'a', at: at - 2 * 3_600_000, rtt: 35 }, false).reflector.base, 20, 'not before');
});

tap.test('an answer counts once', async (t) => {
  const first = hear(undefined, { reflector: 'a', at: 1000, rtt: 20 }, false);
  t.strictSame(first.sample, { reflector: 'a', sent: 980, rtt: 20 });
  const again = hear(first.reflector, { reflector: 'a', at: 1003, rtt: 23 }, false);
  t.equal(again.sample, undefined, 'it came twice');
  t.strictSame(again.reflector, first.reflector);
  const old = hear(first.reflector, { reflector: 'a', at: 1900, rtt: 1500 }, false);
  t.equal(old.sample, undefined, 'what was sent before comes later');
  t.ok(hear(first.reflector, { reflector: 'a', at: 1100, rtt: 20 }, false).sample, 'a new one');
  t.equal(hear(first.reflector, { reflector: 'a', at: 3000 }, false).sample, undefined, 'a lost one');
  t.equal(hearAll([20, undefined, 20], loaded).samples, 2);
});

tap.test('a way that is longer, by what no cut could lower', async (t) => {
  const reflectors = ['a', 'b'].map((name): Reflector => ({ name, base: 20, sent: 900, heard: 950 }));
  const samples = [40, 60, 45].map((rtt, i) => ({ reflector: 'a', sent: 1000 + 100 * i, rtt }));
  const bases = rebase(reflectors, samples, 1050).map(({ base }) => base);
  t.strictSame(bases, [45, 20], 'the lowest since then; who has not answered keeps his');
});
