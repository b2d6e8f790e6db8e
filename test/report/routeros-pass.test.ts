import tap from 'tap';
import { sightLines } from '../../lib/report/routeros-pass.js';
import { MACHINE } from '../routeros/driver.js';

const ENTRY = { id: '*1', disabled: false, inactive: false, distance: 1, rate: 0 };
const SIGHT = {
  routes: [
    { ...ENTRY, name: 'A' },
    { ...ENTRY, name: 'B', disabled: true },
    { ...ENTRY, name: 'C', inactive: true },
  ],
  rules: [{ ...ENTRY, name: 'r' }],
  queues: [{ ...ENTRY, name: 'q', rate: 5e6 }],
  scripts: [],
};

tap.test('what was seen, and what is wished', async (t) => {
  const lines = [
    { wan: 'wan1', up: false },
    { wan: 'wan2', up: true, rank: 20 },
    { wan: 'wan3', up: true, rank: 30 },
  ];
  const view = { machine: MACHINE, sight: SIGHT, former: [] };
  const wish = { lines, rates: { up: 1e6, down: 2e6 }, steered: false };
  const there =
    "edge: there is route 'A' enabled; route 'B' disabled; route 'C' enabled, not in use; mangle rule 'r' enabled; q 5.0 Mbit/s";
  t.strictSame(sightLines({ ...view, wish }), [
    there,
    'edge: here is wan1 down; wan2 up, in use; wan3 up; 2.0 Mbit/s down, 1.0 Mbit/s up; no flow is steered',
  ]);
  t.strictSame(sightLines({ ...view, wish: { lines: [], steered: true }, leaving: true }), [
    there,
    'edge: all is to be as it was',
  ]);
  const none = { routes: [], rules: [], queues: [], scripts: [] };
  t.strictSame(sightLines({ ...view, sight: none, wish: { lines: [] } }), [
    'edge: there is nothing that is steered',
    'edge: here is nothing that is steered',
  ]);
});
