import tap from 'tap';
import { countFalls, holdDown } from '../../lib/health/hold-down.js';
import type { Status } from '../../lib/model.js';
import { grouped } from '../make.js';

tap.test('how long a line must answer', async (t) => {
  t.strictSame(
    [0, 1, 2, 3, 4, 5, 6, 7, 2000].map((falls) => holdDown(falls, false)),
    [0, 0, 0, 60, 120, 240, 480, 600, 600],
  );
  t.strictSame(
    [0, 1, 2, 3, 4, 5, 6, 7, 2000].map((falls) => holdDown(falls, true)),
    [0, 0, 900, 1800, 3600, 7200, 14400, 21600, 21600],
  );
});

tap.test('what counts as a fall', async (t) => {
  const CASES: [before: Status, status: Status, upFor: number, falls: number, unplugged?: string][] = [
    ['up', 'down', 3599, 5],
    ['up', 'down', 3600, 1],
    ['down', 'up', 10, 4],
    ['interface_down', 'down', 10, 4],
    ['up', 'disabled', 10, 4],
    ['up', 'interface_down', 10, 5, 'eth1'],
    ['up', 'interface_down', 3600, 1, 'eth1'],
    // Somebody took it down, or it is dialled anew; the hour before that was steady all the same.
    ['up', 'interface_down', 10, 4],
    ['up', 'interface_down', 10, 4, 'eth2'],
    ['up', 'no_gateway', 10, 4],
    // On IPFire: its lease was lost.
    ['up', 'no_gateway', 10, 5, 'eth1'],
    ['up', 'interface_down', 3600, 0],
    ['up', 'no_gateway', 3600, 0],
  ];
  for (const [before, status, upFor, falls, unplugged = ''] of CASES) {
    const was = { device: 'eth1', status: before, statusSinceUptime: 1000, falls: 4 };
    const now = { wall: 0, uptime: 1000 + upFor, bootId: '' };
    const found = countFalls(grouped({ ...was, status }), grouped(was).verdict, unplugged === 'eth1', now);
    t.equal(found, falls, `${before} to ${status} after ${upFor} s, no carrier: ${unplugged}`);
  }
});
