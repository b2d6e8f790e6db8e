import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Congestion, State, Steering, WanState } from '../../lib/model.js';
import { decide, type Finding, steerAll, steersOf } from '../../lib/policy/steering.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { formatSteered, parseSteered, type Steered } from '../../lib/state/steering.js';
import { grouped, makeConfig, makeWan } from '../make.js';

const VOICE: Steering = {
  ...{ name: 'voice', primary: 'wan1', alternate: 'wan2', confidence: 55, sustain: 2, holdDown: 30, dryRun: false },
  match: { dscp: [46], ports: [], addresses: [] },
};
const found = (score: number, more: Partial<Finding> = {}): Finding => ({
  score,
  signs: score > 0 ? ['RED'] : [],
  ...more,
});

/** Looks at the times of `at`, and what they found: when it was on. */
function course(section: Steering, looks: [at: number, finding: number | Finding][], watched = true) {
  let state: Steered | undefined;
  return looks.map(([at, finding]) => {
    state = decide(section, state, typeof finding === 'number' ? found(finding) : finding, at, watched);
    return state.on;
  });
}

/** Looks every `interval` s, at what is so at that time: when it turned. */
function turns(interval: number, scoreAt: (at: number) => number, until: number, section = VOICE) {
  let state: Steered | undefined;
  const times: number[] = [];
  for (let at = 0; at <= until; at += interval) {
    const before = state?.on ?? false;
    state = decide(section, state, found(scoreAt(at)), at, true);
    if (state.on !== before) times.push(at);
  }
  return times;
}

tap.test('when flows are led away, and back', async (t) => {
  const CASES: [what: string, looks: [number, number | Finding][], on: boolean[]][] = [
    [
      'all is well',
      [
        [0, 0],
        [10, 0],
      ],
      [false, false],
    ],
    [
      'one look is never enough',
      [
        [0, 90],
        [1, 90],
        [2, 90],
      ],
      [false, false, true],
    ],
    [
      'it must last',
      [
        [0, 90],
        [1, 0],
        [2, 90],
        [3, 90],
        [4, 90],
      ],
      [false, false, false, false, true],
    ],
    [
      'not certain enough',
      [
        [0, 54],
        [60, 54],
        [120, 54],
      ],
      [false, false, false],
    ],
    [
      'back when it is well, and the time is over',
      [
        [0, 60],
        [2, 60],
        [10, 0],
        [31, 0],
        [32, 0],
      ],
      [false, true, true, true, false],
    ],
    [
      'any sign keeps it',
      [
        [0, 60],
        [2, 60],
        [40, 10],
        [50, 0],
        [51, 10],
        [60, 0],
        [62, 0],
      ],
      [false, true, true, true, true, true, false],
    ],
    [
      'the primary is down: nothing to lead away',
      [
        [0, 60],
        [2, 60],
        [3, found(60, { obstacle: 'wan1 is down' })],
      ],
      [false, true, false],
    ],
    [
      'the alternate is no way',
      [
        [0, 60],
        [2, found(60, { obstacle: 'wan2 is down' })],
        [9, 60],
        [11, 60],
      ],
      [false, false, false, true],
    ],
    [
      'the alternate is congested, too',
      [
        [0, found(60, { full: true })],
        [9, found(60, { full: true })],
      ],
      [false, false],
    ],
    [
      'once it is on, that does not matter',
      [
        [0, 60],
        [2, 60],
        [9, found(60, { full: true })],
      ],
      [false, true, true],
    ],
  ];
  for (const [what, looks, on] of CASES) t.strictSame(course(VOICE, looks), on, what);
  t.strictSame(
    course({ ...VOICE, dryRun: true }, [
      [0, 90],
      [2, 90],
    ]),
    [false, true],
    'a dry run decides the same',
  );
  t.strictSame(
    course(
      VOICE,
      [
        [0, 90],
        [2, 90],
        [4, 90],
      ],
      false,
    ),
    [false, false, false],
    'what nobody looked at for long begins anew',
  );
});

tap.test('times are seconds that have gone by, however often one looks (12.4)', async (t) => {
  const red = (at: number) => (at >= 600 && at < 660 ? 60 : 0);
  for (const interval of [0.5, 1, 2, 5, 10]) {
    const [on = 0, off = 0, ...more] = turns(interval, red, 3000);
    const grain = Math.max(interval, 2);
    t.ok(on >= 602 && on <= 600 + 2 + grain, `every ${interval} s: on at ${on}`);
    t.ok(off >= 662 && off <= 660 + 2 + grain, `off at ${off}`);
    t.strictSame(more, []);
  }
  t.strictSame(turns(60, red, 3000), [], 'a minute is over before a second look');
  const [on, off] = turns(1, (at) => (at >= 10 && at < 14 ? 60 : 0), 100) as [number, number];
  t.strictSame([on, off], [12, 42], 'the hold-down, too: it lasts 30 s');
});

tap.test('who changes too often needs more certainty, and that counts (12.4)', async (t) => {
  const section = { ...VOICE, holdDown: 0, sustain: 1 };
  const flapping = (height: number) => (at: number) => (Math.floor(at / 10) % 2 === 1 ? height : 0);
  const weak = turns(1, flapping(60), 120, section);
  t.strictSame(weak.slice(0, 5), [11, 21, 31, 41, 51], 'four are none too many, the fifth is');
  t.strictSame(weak.slice(5, 6), [61], 'it goes back all the same');
  t.ok(
    weak.every((at, i) => i % 2 === 1 || i < 5 || at >= 111),
    `not again within a minute: ${weak}`,
  );
  t.ok(turns(1, flapping(75), 120, section).length > weak.length, 'what is certain enough is not kept back');
  t.equal(
    turns(1, (at) => (Math.floor(at / 100) % 2 === 1 ? 60 : 0), 2000, section).length,
    19,
    'none is too often in 100 s',
  );
});

tap.test('no way around the certainty (12.5), and none on without a cause', async (t) => {
  const look = fc.record({
    wait: fc.double({ min: 0.1, max: 400, noNaN: true }),
    score: fc.integer({ min: 0, max: 100 }),
    bad: fc.boolean(),
    full: fc.boolean(),
  });
  const property = fc.property(
    fc.array(look, { maxLength: 60 }),
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: 60 }),
    (looks, confidence, sustain) => {
      const section = { ...VOICE, confidence, sustain };
      let [at, state]: [number, Steered | undefined] = [0, undefined];
      for (const { wait, score, bad, full } of looks) {
        at += wait;
        const before: Steered | undefined = state;
        state = decide(section, before, found(score, { full, ...(bad ? { obstacle: 'no' } : {}) }), at, true);
        if (bad) assert.equal(state.on, false, 'never by a way that is none');
        if (state.on && !before?.on) {
          assert.ok(score >= confidence && !full);
          assert.ok(before?.differs !== undefined && at - before.differs >= sustain, 'it lasted');
        }
        if (before?.on && !state.on && !bad) {
          assert.equal(score, 0);
          assert.ok(at - (before.since ?? at) >= section.holdDown, 'it was held');
        }
        assert.ok(state.toggles.length <= 5);
        assert.deepEqual(parseSteered(steerAllOnce(state)), [rounded(state)], 'it can be remembered');
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property));
});

/** As the state file has it. */
const rounded = (state: Steered) => parseSteered([formatSteered(state)])[0];
const steerAllOnce = (state: Steered) => [formatSteered(state)];

tap.test('a round decides by what the one before has left', async (t) => {
  const config = makeConfig([makeWan(), makeWan({ name: 'wan2', device: 'eth2', metric: 20 })], { steering: [VOICE] });
  const wan = (name: string, status = 'up', more = {}): WanState =>
    ({ ...grouped({ name, status } as never), ...more }) as WanState;
  const wans = [wan('wan1'), wan('wan2')];
  const red = (at: number): Congestion[] => [
    { wan: 'wan1', bootId: 'boot', at, quiet: false, colour: 'RED', delay: 90 },
  ];
  const now = (uptime: number, bootId = 'boot') => ({ wall: 0, uptime, bootId });
  const after = (uptime: number, steering: string[], bootId = 'boot'): State => ({
    ...EMPTY_STATE,
    bootId,
    uptime,
    checkInterval: 10,
    steering,
  });
  const first = steerAll(config, red(100), wans, undefined, now(100));
  t.strictSame(steersOf(config, first), [], 'the first look leads nothing away (12.11)');
  const second = steerAll(config, red(110), wans, after(100, first), now(110));
  t.strictSame(steersOf(config, second), [{ name: 'voice', match: VOICE.match, from: ['wan1'], by: 'wan2' }]);
  t.match(parseSteered(second), [{ on: true, since: 110, reason: 'wan1: RED, 90 ms added' }]);
  t.strictSame(steersOf({ ...config, mode: 'multiuplink' }, second)[0]?.from, ['wan1', 'wan2']);
  const dry = { ...config, steering: [{ ...VOICE, dryRun: true }] };
  t.strictSame(steersOf(dry, second), [], 'a dry run leads nothing away');
  t.strictSame(
    steersOf({ ...config, steering: [{ ...VOICE, alternate: 'wan3' }] }, second),
    [],
    'it was for other lines',
  );
  const { steering: _, ...unasked } = config;
  t.strictSame([steerAll(unasked, red(110), wans, undefined, now(110)), steersOf(unasked, second)], [[], []]);

  t.match(
    parseSteered(steerAll(config, red(110), wans, after(110, second, 'other'), now(110))),
    [{ on: false }],
    'another boot',
  );
  t.match(
    parseSteered(steerAll(config, red(9000), wans, after(100, first), now(9000))),
    [{ on: false, differs: 9000 }],
    'nobody looked for long',
  );
  t.match(parseSteered(steerAll(config, undefined, wans, after(110, second), now(150))), [{ on: true, differs: 150 }]);
  for (const [lines, reason] of [
    [[wan('wan1', 'down'), wans[1]], 'wan1 is down'],
    [[wans[0], wan('wan2', 'no_gateway')], 'wan2 is no_gateway'],
    [[wans[0]], 'wan2 is no WAN'],
    [
      [wans[0], wan('wan2', 'up', { quality: { window: [], reliability: 1, degraded: true, times: 1 } })],
      'wan2 is degraded',
    ],
  ] as [WanState[], string][])
    t.match(parseSteered(steerAll(config, red(120), lines, after(110, second), now(120))), [{ on: false, reason }]);
  const both = [...red(110), { ...(red(110)[0] as Congestion), wan: 'wan2' }];
  t.match(parseSteered(steerAll(config, both, wans, after(100, first), now(110))), [
    { on: false, reason: /; wan2 is, too|wan2 is, too/ },
  ]);
});
