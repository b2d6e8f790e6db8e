import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Level, Plugin, Quality, State, Status, Told, Transition, WanState } from '../../lib/model.js';
import { dueAlerts } from '../../lib/report/alerts.js';
import { grouped } from '../make.js';

const PLUGIN: Plugin = {
  ...{
    name: 'p',
    type: 'alert',
    program: '/p',
    format: 'json',
    level: 'info',
    cooldown: 0,
    interval: 0,
    variables: {},
  },
};
const wan = (name: string, status: Status, degraded = false): WanState => ({
  ...grouped({ name, status, device: `eth-${name}`, reason: `${name} is ${status}` }),
  ...(degraded ? { quality: { degraded, window: WINDOW, reliability: 1 } as unknown as Quality } : {}),
});
/** Two rounds, of which one packet of four was lost. */
const WINDOW = [1, 2].map((i) => ({ at: i, samples: [{ sent: 2, rtts: i === 1 ? [10, 20] : [30] }] }));
const restarted = (status: Status, restarts: number): WanState => ({
  ...wan('a', status),
  healing: { restarts, restarted: 940 },
});
const stateOf = (wans: WanState[], uptime = 1000): State => ({ wans, uptime }) as unknown as State;
const open = (key: string, at?: number): Told => ({
  plugin: 'p',
  key,
  open: true,
  ...(at === undefined ? {} : { at }),
});
const over = (key: string, at?: number): Told => ({ ...open(key, at), open: false });

interface Case {
  wans: WanState[];
  told?: Told[];
  failed?: boolean;
  plugin?: Partial<Plugin>;
  transitions?: Transition[];
}

/** What one plugin is told, in short, and what it has heard then. */
function run({ wans, told = [], failed = false, plugin = {}, transitions = [] }: Case) {
  const due = dueAlerts([{ ...PLUGIN, ...plugin }], stateOf(wans), transitions, failed ? 'no route' : undefined, told);
  return { ...due, said: due.notices.map(({ state, key, level }) => `${state} ${key} ${level}`) };
}

tap.test('what is told', async (t) => {
  const [up, down, unknown] = [wan('a', 'up'), wan('a', 'down'), wan('a', 'unknown')];
  const b = wan('b', 'up');
  const DOWN = open('wan-down:a', 10);
  const CASES: [string, Case, said: string[], told: Told[]][] = [
    ['all is well', { wans: [up, b] }, [], []],
    ['one is down', { wans: [down, b] }, ['begin wan-down:a error'], [open('wan-down:a', 1000)]],
    ['it was told', { wans: [down, b], told: [DOWN] }, [], [DOWN]],
    ['it is down for another reason', { wans: [wan('a', 'no_gateway'), b], told: [DOWN] }, [], [DOWN]],
    ['it is up again', { wans: [up, b], told: [DOWN] }, ['end wan-down:a error'], []],
    ['before the router started again', { wans: [up, b], told: [open('wan-down:a')] }, ['end wan-down:a error'], []],
    ['it is left out', { wans: [wan('a', 'disabled'), b], told: [DOWN] }, ['end wan-down:a error'], []],
    ['it is not there any more', { wans: [b], told: [DOWN] }, ['end wan-down:a error'], []],
    ['nothing is known of it', { wans: [unknown, b], told: [DOWN] }, [], [DOWN]],
    ['nothing was ever known of it', { wans: [unknown, b] }, [], []],
    [
      'none is up',
      { wans: [down] },
      ['begin no-wan-up critical', 'begin wan-down:a error'],
      [open('no-wan-up', 1000), open('wan-down:a', 1000)],
    ],
    ['nobody knows whether one is up', { wans: [unknown], told: [open('no-wan-up', 1)] }, [], [open('no-wan-up', 1)]],
    ['none is watched', { wans: [wan('a', 'disabled')], told: [open('no-wan-up', 1)] }, ['end no-wan-up critical'], []],
    [
      'it is bad',
      { wans: [wan('a', 'up', true), b] },
      ['begin wan-degraded:a warning'],
      [open('wan-degraded:a', 1000)],
    ],
    [
      'a bad one goes down',
      { wans: [wan('a', 'down', true), b], told: [open('wan-degraded:a', 1)] },
      ['end wan-degraded:a warning', 'begin wan-down:a error'],
      [open('wan-down:a', 1000)],
    ],
    ['a round failed', { wans: [up], failed: true }, ['begin trouble error'], [open('trouble', 1000)]],
    ['rounds go on', { wans: [up], told: [open('trouble', 1)] }, ['end trouble error'], []],
    [
      'it was started again',
      { wans: [restarted('up', 1), b] },
      ['begin wan-restarted:a info'],
      [open('wan-restarted:a', 1000)],
    ],
    ['it is going to be', { wans: [restarted('up', 0), b] }, [], []],
    [
      'it has been up for long',
      { wans: [up, b], told: [open('wan-restarted:a', 1)] },
      ['end wan-restarted:a info'],
      [],
    ],
    ['too slight for it', { wans: [down, b], plugin: { level: 'critical' } }, [], []],
    [
      'just grave enough',
      { wans: [down, b], plugin: { level: 'error' } },
      ['begin wan-down:a error'],
      [open('wan-down:a', 1000)],
    ],
    [
      'it wants to hear less since',
      { wans: [up, b], told: [DOWN], plugin: { level: 'critical' } },
      ['end wan-down:a error'],
      [],
    ],
    ['of another plugin', { wans: [up, b], told: [{ ...DOWN, plugin: 'q' }] }, [], []],
    ['no alerts for metrics', { wans: [down], plugin: { type: 'metrics' } }, [], []],
  ];
  for (const [what, one, said, told] of CASES) {
    const found = run(one);
    t.strictSame([found.said, found.told], [said, told], what);
  }
});

tap.test('the same is not told again for a while', async (t) => {
  const [up, down] = [wan('a', 'up'), wan('a', 'down')];
  const b = wan('b', 'up');
  const CASES: [string, Case, said: string[], told: Told[]][] = [
    [
      'its end',
      { wans: [up, b], told: [open('wan-down:a', 900)] },
      ['end wan-down:a error'],
      [over('wan-down:a', 900)],
    ],
    ['once more', { wans: [down, b], told: [over('wan-down:a', 900)] }, [], [over('wan-down:a', 900)]],
    ['and its end, too', { wans: [up, b], told: [over('wan-down:a', 900)] }, [], [over('wan-down:a', 900)]],
    [
      'later, if it is still so',
      { wans: [down, b], told: [over('wan-down:a', 700)] },
      ['begin wan-down:a error'],
      [open('wan-down:a', 1000)],
    ],
    [
      'of another boot',
      { wans: [down, b], told: [over('wan-down:a')] },
      ['begin wan-down:a error'],
      [open('wan-down:a', 1000)],
    ],
    ['forgotten', { wans: [up, b], told: [over('wan-down:a', 700)] }, [], []],
  ];
  for (const [what, one, said, told] of CASES) {
    const found = run({ ...one, plugin: { cooldown: 300 } });
    t.strictSame([found.said, found.told], [said, told], what);
  }
});

tap.test('what an alert says', async (t) => {
  const transitions: Transition[] = [{ name: 'a', from: 'up', to: 'down', reason: '' }];
  const begun = run({ wans: [wan('a', 'down'), wan('b', 'down')], transitions });
  t.strictSame(begun.notices, [
    { plugin: 'p', key: 'no-wan-up', level: 'critical', state: 'begin', reason: 'a: a is down; b: b is down' },
    {
      ...{ plugin: 'p', key: 'wan-down:a', level: 'error', wan: 'a', device: 'eth-a', from: 'up', to: 'down' },
      ...{ state: 'begin', reason: 'a is down' },
    },
    {
      ...{ plugin: 'p', key: 'wan-down:b', level: 'error', wan: 'b', device: 'eth-b', to: 'down' },
      ...{ state: 'begin', reason: 'b is down' },
    },
  ]);
  const told = [open('no-wan-up', 400), open('wan-down:gone', 400), open('trouble')];
  t.match(run({ wans: [wan('a', 'up')], told }).notices, [
    { key: 'no-wan-up', state: 'end', reason: 'a is up', lasted: 600 },
    { key: 'wan-down:gone', state: 'end', wan: 'gone', reason: 'it is not configured any more', lasted: 600 },
    { key: 'trouble', state: 'end', reason: 'rounds do their work again', lasted: undefined },
  ]);
  t.match(run({ wans: [], failed: true }).notices, [{ reason: 'no route' }]);
  const bad: Transition[] = [{ name: 'a', from: 'up', to: 'degraded', reason: '' }];
  t.match(run({ wans: [wan('a', 'up', true)], transitions: bad }).notices, [{ from: 'up', to: 'degraded' }]);
  const good = {
    ...wan('a', 'up', true),
    quality: { degraded: false, window: WINDOW, reliability: 1 } as unknown as Quality,
  };
  t.match(run({ wans: [good], told: [open('wan-degraded:a')] }).notices, [
    { state: 'end', to: 'up', reason: 'a is up; 25 % of 4 lost, 20.0 ms (p95 30.0 ms), jitter 10.0 ms' },
  ]);
  t.match(run({ wans: [restarted('up', 2)] }).notices, [{ reason: 'restarted 1 min ago, 2 times in a row' }]);
});

tap.test('an end for each beginning, whatever happens, and no round in vain', async (t) => {
  const status = fc.constantFrom<Status>('up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown');
  const step = fc.record({
    a: status,
    b: status,
    degraded: fc.boolean(),
    failed: fc.boolean(),
    killed: fc.boolean(),
    seconds: fc.integer({ min: 1, max: 400 }),
  });
  const levels = fc.constantFrom<Level>('info', 'warning', 'error', 'critical');
  const property = fc.property(
    fc.array(step, { maxLength: 40 }),
    levels,
    fc.constantFrom(0, 300),
    (steps, level, cooldown) => {
      const plugins = [{ ...PLUGIN, level, cooldown }];
      const isOpen = new Map<string, boolean>();
      const begun = new Map<string, number>();
      let [told, uptime]: [Told[], number] = [[], 0];
      const round = (state: State, failed: boolean) => dueAlerts(plugins, state, [], failed ? 'x' : undefined, told);
      for (const { a, b, degraded, failed, killed, seconds } of steps) {
        uptime += seconds;
        const state = stateOf([wan('a', a, degraded), wan('b', b)], uptime);
        const due = round(state, failed);
        // Who is killed has told nobody, and remembers nothing.
        if (killed) continue;
        told = due.told;
        for (const { key, state: edge } of due.notices) {
          assert.equal(isOpen.get(key) ?? false, edge === 'end', `${edge} ${key}`);
          if (edge === 'begin') assert.ok(uptime - (begun.get(key) ?? -1000) >= cooldown, key);
          if (edge === 'begin') begun.set(key, uptime);
          isOpen.set(key, edge === 'begin');
        }
        assert.deepEqual(round(state, failed).notices, [], 'a second time, nothing is new');
      }
      uptime += 1;
      const { notices } = round(stateOf([wan('a', 'up'), wan('b', 'up')], uptime), false);
      const left = [...isOpen].flatMap(([key, open]) => (open ? [key] : []));
      assert.deepEqual(
        notices.map(({ key, state }) => `${state} ${key}`).sort(),
        left.map((key) => `end ${key}`).sort(),
      );
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
