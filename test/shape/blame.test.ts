import tap from 'tap';
import type { Direction } from '../../lib/model.js';
import { blameOf, isAnotherBusy } from '../../lib/shape/blame.js';
import type { Lane } from '../../lib/shape/memory.js';

const NOW = 100_000;
const lane = (load: number, raised = false): Lane => ({
  ...{ rate: 9000, counts: [], peak: { load, at: NOW }, grow: 0, moved: raised ? NOW - 300 : NOW - 9000 },
  ...(raised ? { step: { at: NOW - 300, from: 8000, level: 0 } } : {}),
});

tap.test('who is to blame for a delay', async (t) => {
  const cut = { at: NOW - 200, before: 9000, cap: 8000, vain: 0, level: 9 };
  const CASES: [what: string, lanes: Partial<Record<Direction, Lane>>, steady: boolean, guilty: Direction[]][] = [
    ['who carries much', { up: lane(0.95), down: lane(0.05) }, false, ['up']],
    ['nobody', { up: lane(0.1), down: lane(0.3) }, false, []],
    ['both', { up: lane(0.9), down: lane(0.8) }, false, ['up', 'down']],
    ['of two, who has just been raised', { up: lane(0.9), down: lane(0.9, true) }, false, ['down']],
    ['both, if both have', { up: lane(0.9, true), down: lane(0.9, true) }, false, ['up', 'down']],
    [
      'of two, who was raised, and has been found to be well',
      { up: { ...lane(0.9), moved: NOW - 300, grow: 0.1 }, down: lane(0.9) },
      false,
      ['up'],
    ],
    ['not who was raised and is not used', { up: lane(0.9), down: lane(0.1, true) }, false, ['up']],
    ['a delay that grows steadily: who carries most', { up: lane(0.2), down: lane(0.4) }, true, ['down']],
    ['not who carries next to nothing', { up: lane(0.1), down: lane(0.05) }, true, []],
    ['who is being cut for it', { up: { ...lane(0.9), moved: NOW - 200, cut }, down: lane(0.9) }, false, ['up']],
    ['not who was cut in vain', { up: { ...lane(0.9), innocent: NOW - 900 }, down: lane(0.9) }, false, ['down']],
    ['not for ever', { up: { ...lane(0.9), innocent: NOW - 9000 }, down: lane(0.2) }, false, ['up']],
    ['the only one', { up: lane(0.9) }, false, ['up']],
  ];
  for (const [what, lanes, steady, guilty] of CASES) {
    const found = (['up', 'down'] as const).filter((name) => blameOf(name, lanes, NOW, steady).guilty);
    t.strictSame(found, guilty, what);
  }
  t.ok(isAnotherBusy('up', { up: lane(0.9), down: lane(0.9) }, NOW));
  t.notOk(isAnotherBusy('up', { up: lane(0.9), down: lane(0.2) }, NOW));
  t.match(blameOf('down', { up: lane(0.9), down: lane(0.1) }, NOW, false).why, /the other direction/);
  t.match(blameOf('down', { down: lane(0.1) }, NOW, false).why, /nobody is to blame: it carries 10 %/);
});
