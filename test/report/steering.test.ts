import tap from 'tap';
import { steeringJson, steeringLines } from '../../lib/report/steering.js';
import { formatSteered, type Steered } from '../../lib/state/steering.js';

const OFF: Steered = {
  ...{ name: 'voice', primary: 'dsl', alternate: 'lte', on: false, dryRun: false, score: 0, toggles: [], reason: '' },
};
const CASES: [more: Partial<Steered>, words: string][] = [
  [{}, 'steering voice: nothing is led away'],
  [
    { score: 60, reason: 'dsl: RED', differs: 197 },
    'steering voice: nothing is led away (dsl: RED; 60 of 100; congested for 3 s)',
  ],
  [
    { on: true, since: 180, score: 90, reason: 'dsl: RED', dryRun: true },
    'steering voice: new flows would go by lte instead of dsl for 20 s (dry run; dsl: RED; 90 of 100)',
  ],
  [
    { on: true, since: 140, differs: 190 },
    'steering voice: new flows go by lte instead of dsl for 1 min (well for 10 s)',
  ],
  [
    { since: 180, reason: 'lte is down', wary: 240 },
    'steering voice: nothing is led away (lte is down; it has changed often: more certainty for 40 s)',
  ],
];

tap.test('what is steered, in words', async (t) => {
  for (const [more, words] of CASES) t.strictSame(steeringLines([formatSteered({ ...OFF, ...more })], 200), [words]);
  const lines = CASES.map(([more], i) => formatSteered({ ...OFF, ...more, name: `s${i}` }));
  t.equal(steeringLines(lines, 200).length, 5);
  t.equal(steeringLines(lines, 200, 150).length, 2, 'what has changed since');
  t.strictSame(steeringLines(undefined, 200), []);
});

tap.test('the same as values', async (t) => {
  t.strictSame(steeringJson([formatSteered({ ...OFF, on: true, since: 180, score: 60, reason: 'dsl: RED' })], 200), [
    {
      ...{ name: 'voice', primary: 'dsl', alternate: 'lte', steered: true, dry_run: false },
      ...{ score: 60, reason: 'dsl: RED', recent_changes: 0, since_s: 20, differs_for_s: null },
    },
  ]);
});
