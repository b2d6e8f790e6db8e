import fc from 'fast-check';
import tap from 'tap';
import { recallWan } from '../../lib/health/recall.js';
import { turnOf } from '../../lib/probe/turn.js';
import { type FlatWan, flat, grouped, makePath, makeWan } from '../make.js';

const [A, B, C] = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
const unknown = recallWan(makePath(1, 10), undefined, { wall: 0, uptime: 0, bootId: 'a' });
const up: FlatWan = { ...flat(unknown), status: 'up', judged: true };

tap.test('who is asked at once', async (t) => {
  type Case = [what: string, targets: string[], reliability: number, before: Partial<FlatWan>, turn: string[]];
  const CASES: Case[] = [
    ['the first, where none has been asked', [A, B, C], 1, {}, [A]],
    ['then the next', [A, B, C], 1, { asked: A }, [B]],
    ['the last', [A, B, C], 1, { asked: B }, [C]],
    ['and the first again', [A, B, C], 1, { asked: C }, [A]],
    ['the only one, each time', [A], 1, { asked: A }, [A]],
    ['two, where two must answer', [A, B, C], 2, { asked: A }, [B, C]],
    ['two, round the end', [A, B, C], 2, { asked: B }, [C, A]],
    ['all, where all must', [A, B, C], 3, { asked: A }, [B, C, A]],
    ['the first, where the one asked is none of them any more', [A, B], 1, { asked: C }, [A]],
    ['all, after a failure', [A, B, C], 1, { asked: A, failures: 1 }, [A, B, C]],
    ['all of a line that is down', [A, B, C], 1, { asked: A, status: 'down' }, [A, B, C]],
    ['all of one whose link has just come', [A, B, C], 1, { asked: A, status: 'interface_down' }, [A, B, C]],
    ['all of one that nobody knows', [A, B, C], 1, { status: 'unknown' }, [A, B, C]],
  ];
  for (const [what, targets, reliability, before, turn] of CASES) {
    t.strictSame(turnOf(makeWan({ targets, reliability }), grouped({ ...up, ...before })), turn, what);
  }
});

tap.test('each has its turn as often as the others', async (t) => {
  const sizes = fc
    .integer({ min: 1, max: 8 })
    .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })));
  const property = fc.property(sizes, ([size, reliability]) => {
    const targets = Array.from({ length: size }, (_, i) => `10.0.0.${i}`);
    const wan = makeWan({ targets, reliability });
    const times = new Map(targets.map((target) => [target, 0]));
    let before = up;
    for (let i = 0; i < size; i++) {
      const turn = turnOf(wan, grouped(before));
      if (new Set(turn).size !== reliability) return false;
      for (const target of turn) times.set(target, (times.get(target) ?? 0) + 1);
      before = { ...before, asked: turn[0] as string };
    }
    return [...times.values()].every((count) => count === reliability);
  });
  t.doesNotThrow(() => fc.assert(property));
});
