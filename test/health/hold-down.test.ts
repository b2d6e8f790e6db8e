import tap from 'tap';
import { countFalls, holdDown } from '../../lib/health/hold-down.js';
import type { Status, WanState } from '../../lib/model.js';

tap.test('how long a line must answer', async (t) => {
  t.strictSame([0, 1, 2, 3, 4, 5, 6, 7, 2000].map(holdDown), [0, 0, 0, 60, 120, 240, 480, 600, 600]);
});

tap.test('what counts as a fall', async (t) => {
  const CASES: [before: Status, status: Status, upFor: number, falls: number][] = [
    ['up', 'down', 3599, 5],
    ['up', 'interface_down', 10, 5],
    ['up', 'down', 3600, 1],
    ['down', 'up', 10, 4],
    ['interface_down', 'down', 10, 4],
    ['up', 'disabled', 10, 4],
  ];
  for (const [before, status, upFor, falls] of CASES) {
    const was = { status: before, statusSinceUptime: 1000, falls: 4 } as WanState;
    const now = { wall: 0, uptime: 1000 + upFor, bootId: '' };
    t.equal(countFalls({ ...was, status }, was, now), falls, `${before} to ${status} after ${upFor} s`);
  }
});
