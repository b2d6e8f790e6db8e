import tap from 'tap';
import type { Shaper, State } from '../../lib/model.js';
import { shapersToStart, startShape } from '../../lib/run/shape-trigger.js';
import { formatShape, type ShapedLine, type ShapeState } from '../../lib/state/shape.js';
import { makeConfig, makeWan } from '../make.js';
import { stateOf, wanOf } from '../report/states.js';
import { Router, STATE_FILE } from './router.js';

const SHAPER: Shaper = {
  name: 'line',
  wan: 'wan1',
  rates: { up: { base: 10_000 }, down: { base: 40_000 } },
  reflectors: ['1.1.1.1'],
};
const BEFORE = stateOf(wanOf({ rxBytes: 5_000_000, txBytes: 1_000_000 }));
/** A round 10 s later, when so much more had been carried. */
const after = (rx: number, tx: number, more: Partial<State> = {}): State => ({
  ...stateOf(wanOf({ rxBytes: 5_000_000 + rx, txBytes: 1_000_000 + tx })),
  uptime: BEFORE.uptime + 10,
  ...more,
});
const IDLE = after(0, 0);
const LOADED = after(0, 3_200_000);
const known = (...lines: Partial<ShapedLine>[]): ShapeState => ({
  bootId: 'boot',
  lines: lines.map((line) => ({ name: 'line', wan: 'wan1', at: 0, quiet: true, problems: [], decisions: {}, ...line })),
});
const decision = { colour: 'GREEN', reason: '', load: 1, achieved: 1, delay: 0 } as const;

tap.test('whose lines are loaded, or were not quiet', async (t) => {
  const CASES: [what: string, before: State | undefined, after: State, known: ShapeState, started: boolean][] = [
    ['nothing carried', BEFORE, IDLE, known(), false],
    ['little sent', BEFORE, after(0, 3_100_000), known(), false],
    ['much sent', BEFORE, LOADED, known(), true],
    ['little received', BEFORE, after(12_000_000, 0), known(), false],
    ['much received', BEFORE, after(13_000_000, 0), known(), true],
    ['little of what it is now', BEFORE, LOADED, known({ decisions: { up: { ...decision, rate: 20_000 } } }), false],
    [
      'much of what it is now',
      BEFORE,
      after(0, 700_000),
      known({ decisions: { up: { ...decision, rate: 2000 } } }),
      true,
    ],
    ['it was not quiet', BEFORE, IDLE, known({ quiet: false }), true],
    ['another one was not quiet', BEFORE, IDLE, known({ name: 'other', quiet: false }), false],
    ['the first round', undefined, LOADED, known(), false],
    ['the first one since a restart', { ...BEFORE, bootId: 'before' }, LOADED, known(), false],
    ['on another device', stateOf(wanOf({ device: 'eth7' })), LOADED, known(), false],
    ['its counter began again', BEFORE, after(-5_000_000, -1_000_000), known(), false],
    ['its WAN is new', stateOf(), LOADED, known(), false],
  ];
  for (const [what, before, later, state, started] of CASES) {
    t.strictSame(shapersToStart([SHAPER], state, before, later), started ? ['line'] : [], what);
  }
});

tap.test('what is started, and when it is not', async (t) => {
  const start = async (before: State, later: State, left?: ShapeState, isAlive = false) => {
    const router = new Router();
    if (left) router.machine.put(`${STATE_FILE}.shape`, formatShape(left));
    const config = makeConfig([makeWan()], { shapers: [SHAPER] });
    const context = router.context();
    const engine = { ...context.engine, isAlive: (pid: number) => pid === 7 && isAlive };
    await startShape({ ...context, engine }, config, before, later);
    return router.machine.detached;
  };
  const words = ['/usr/sbin/mini-mwan', 'shape', '--config', '/etc/mini-mwan', '--state', STATE_FILE];
  const command = { words: [...words, '--seconds', '55', 'line'], input: '' };
  t.strictSame(await start(BEFORE, IDLE), []);
  t.strictSame(await start(BEFORE, LOADED), [command]);
  const worker = { pid: 7, until: (LOADED.uptime + 20) * 1000 };
  t.strictSame(await start(BEFORE, LOADED, { ...known({ quiet: false }), worker }, true), [], 'it is at work');
  t.strictSame(await start(BEFORE, IDLE, { ...known({ quiet: false }), worker }), [command], 'it was killed');
  const over = { pid: 7, until: (LOADED.uptime - 20) * 1000 };
  t.strictSame(
    await start(BEFORE, IDLE, { ...known({ quiet: false }), worker: over }, true),
    [command],
    'its number has another',
  );
});
