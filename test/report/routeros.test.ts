import tap from 'tap';
import { showRouteros } from '../../lib/report/routeros.js';
import type { MachineMemory } from '../../lib/state/routeros.js';
import { MACHINE } from '../routeros/driver.js';

const MEMORY: MachineMemory = { machine: MACHINE, former: [], due: 0, failures: 0, written: {}, problems: [] };

tap.test('what status shows', async (t) => {
  const seen: MachineMemory = { ...MEMORY, at: 990, way: 'rest', last: { at: 940, text: "route 'a' disabled" } };
  const state = { bootId: 'b', machines: [seen] };
  const { rows, problems, values } = showRouteros(['edge', 'new'], state, { uptime: 1000 });
  t.strictSame(rows.slice(1), [
    ['edge', '10.0.0.1', 'rest', '10 s ago', "route 'a' disabled, 1 min ago"],
    ['new', '-', '-', 'not yet', ''],
  ]);
  t.strictSame(problems, []);
  t.match(values, [{ name: 'edge', configured: true, transport: 'rest', age_s: 10, last_change_age_s: 60 }]);
  const left = { ...MEMORY, problems: ['ssh: gone'], failures: 2 };
  const gone = showRouteros([], { bootId: 'b', machines: [left] }, { uptime: 1000 });
  t.strictSame(gone.rows[1], ['edge', '10.0.0.1', '-', 'not yet', 'to be put back as it was']);
  t.strictSame(gone.problems, ['edge: ssh: gone']);
  t.match(gone.values, [{ configured: false, transport: null, age_s: null, last_change: null, failures: 2 }]);
});
