import tap from 'tap';
import type { State } from '../../lib/model.js';
import { forget, isRecent } from '../../lib/state/recent.js';
import { grouped } from '../make.js';

/** A state of 1000 s after the start of the router. */
const makeState = (checkInterval: number) => ({ bootId: 'boot', uptime: 1000, checkInterval }) as State;

tap.test('what still says how things are', async (t) => {
  const cases: [string, number, { uptime: number; bootId?: string }, boolean][] = [
    ['just now', 10, { uptime: 1000 }, true],
    ['the next round is due', 10, { uptime: 1010 }, true],
    ['cron comes once a minute', 10, { uptime: 1115 }, true],
    ['as late as can be', 10, { uptime: 1130 }, true],
    ['nobody has come', 10, { uptime: 1130.01 }, false],
    ['a long interval', 300, { uptime: 1420 }, true],
    ['nobody has come for a long interval', 300, { uptime: 1420.01 }, false],
    ['of before a restart', 10, { uptime: 1010, bootId: 'another' }, false],
    ["another system's: containers share the boot id of their host", 10, { uptime: 999 }, false],
  ];
  for (const [name, interval, { uptime, bootId = 'boot' }, expected] of cases) {
    t.equal(isRecent(makeState(interval), { wall: 0, uptime, bootId }), expected, name);
  }
});

tap.test('what is known where nobody watches: that there was a round, and nothing of the lines', async (t) => {
  const wan = { name: 'wan1', device: 'eth1', statusSince: 5, statusSinceUptime: 7, failures: 1, successes: 3 };
  const wans = [
    grouped({ ...wan, status: 'up', latency: 1, jitter: 2, loss: 3, reason: 'reply from 1.1.1.1' }),
    grouped({ ...wan, name: 'wan2', status: 'disabled', reason: 'not enabled in the configuration' }),
  ];
  const state = { ...makeState(10), timestamp: 50, complaints: ['one'], wans };
  const since = { statusSince: 50, statusSinceUptime: 1000 };
  const unknown = { status: 'unknown' as const, ...since, reason: 'nobody watches it' };
  t.strictSame(forget(state), {
    ...state,
    complaints: [],
    wans: [grouped({ name: 'wan1', device: 'eth1', failures: 0, successes: 0, ...unknown }), wans[1]],
  });
});
