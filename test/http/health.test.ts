import tap from 'tap';
import { healthOf } from '../../lib/http/health.js';
import type { State, WanState } from '../../lib/model.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { grouped } from '../make.js';

const NOW = { wall: 0, uptime: 1000, bootId: 'boot' };
const wan = (name: string, status: string): WanState => grouped({ name, status } as never);
const state = (more: Partial<State> = {}): State => ({
  ...EMPTY_STATE,
  ...{ bootId: 'boot', uptime: 990, checkInterval: 10, wans: [wan('wan', 'up'), wan('wanb', 'down')] },
  ...more,
});

tap.test('well or not, and why', async (t) => {
  const CASES: [what: string, known: State | undefined, stopped: boolean, reasons: (string | RegExp)[]][] = [
    ['one line is up', state(), false, []],
    ['no line is', state({ wans: [wan('wan', 'down')], exitCode: 1 }), false, ['no WAN is up']],
    ['there is none', state({ wans: [], exitCode: 2 }), false, ['no WAN is up', /\(exit code 2\)$/]],
    ['none is in use', state({ wans: [wan('wan', 'disabled')], exitCode: 2 }), false, ['no WAN is up', /exit code 2/]],
    ['disabled, and a route stays', state({ wans: [], exitCode: 4 }), false, ['no WAN is up', /exit code 4/]],
    [
      'nobody looks any more',
      state({ uptime: 800 }),
      false,
      ['the last round was 200 s ago: nobody watches the lines'],
    ],
    ['rounds are rare', state({ uptime: 800, checkInterval: 300 }), false, []],
    ['the router has started again', state({ bootId: 'other' }), false, [/since the router started/]],
    ['the clock of the boot has gone back', state({ uptime: 2000 }), false, [/since the router started/]],
    ['nothing is remembered', undefined, false, ['no round has run yet']],
    ['it is stopped', state(), true, ['the service is stopped']],
    [
      'a route was refused',
      state({ exitCode: 4, complaints: ['ip route add: refused'] }),
      false,
      [/\(exit code 4\)$/, 'ip route add: refused'],
    ],
    ['what is complained of need not matter', state({ complaints: ['option x: unknown'] }), false, []],
  ];
  for (const [what, known, stopped, reasons] of CASES) {
    const found = healthOf(known, stopped, NOW);
    t.equal(found.healthy, reasons.length === 0, what);
    t.equal(found.reasons.length, reasons.length, what);
    t.match(found.reasons, reasons, what);
  }
  for (const wans of [[], [wan('wan', 'disabled')]]) {
    t.match(healthOf(state({ wans }), false, NOW), { healthy: true, reasons: ['disabled'] }, 'as it was asked for');
    t.match(healthOf(state({ wans, uptime: 800 }), false, NOW), { healthy: false, reasons: [/nobody watches/] });
  }
  t.match(healthOf(state(), false, NOW), {
    age_s: 10,
    wans: [
      { name: 'wan', status: 'up' },
      { name: 'wanb', status: 'down' },
    ],
  });
  t.equal(healthOf(undefined, false, NOW).age_s, null);
});
