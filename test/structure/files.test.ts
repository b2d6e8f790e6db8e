import { existsSync, readFileSync } from 'node:fs';
import tap from 'tap';
import { filesIn, SOURCES } from './sources.js';

/** Files whose test is not where theirs would be, and why. A test of their own counts, too. */
const ELSEWHERE: [start: string, test: string, why: string][] = [
  ['bin/', 'test/lab/engine.test.ts', 'they start the program, which every lab does'],
  ['lib/actuators/actuator.ts', 'test/diff.test.ts', 'types only'],
  ['lib/actuators/routes/apply.ts', 'test/lab/failover.test.ts', 'what ip does shows only on a kernel'],
  ['lib/actuators/routes/investigate.ts', 'test/reconcile.test.ts', 'it asks a kernel, for which there is one there'],
  ['lib/actuators/routes/', 'test/actuators/routes/plan.test.ts', 'parts of one decision, held by its properties'],
  ['lib/cli/usage.ts', 'test/cli/main.test.ts', 'what yargs makes of arguments'],
  ['lib/commands/', 'test/lab/report.test.ts', 'what they do shows only on a real system'],
  ['lib/config/', 'test/config/settings.test.ts', 'parts of one reader'],
  ['lib/doctor/oddities.ts', 'test/lab/advice.test.ts', 'it joins what other files find'],
  ['lib/doctor/surroundings.ts', 'test/lab/policies.test.ts', 'it asks programs of the system'],
  ['lib/engine/engine.ts', 'test/engine/files.test.ts', 'types only'],
  ['lib/engine/', 'test/engine/programs.test.ts', 'both engines are held by the same tests'],
  ['lib/health/', 'test/health/judge.test.ts', 'parts of one verdict'],
  ['lib/install/files.ts', 'test/lab/install.test.ts', 'a list, which install lays down'],
  ['lib/json.ts', 'test/observe/links.test.ts', 'all that is read passes through it'],
  ['lib/model.ts', 'test/round.test.ts', 'types only'],
  ['lib/package/', 'test/package/packages.test.ts', 'packages are read back by another reader'],
  ['lib/plan.ts', 'test/actuators/routes/plan.test.ts', 'the properties of what is planned'],
  ['lib/platform/', 'test/lab/hotplug.test.ts', 'what programs of the system answer shows only there'],
  ['lib/probe/volley.ts', 'test/probe/probe.test.ts', 'its packets are those of a probe'],
  ['lib/replay/', 'test/lab/replay.test.ts', 'rounds of a real system are recorded and replayed'],
  ['lib/report/colour.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/json.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/survey.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/table.ts', 'test/report/words.test.ts', 'words, in columns'],
  ['lib/run/', 'test/lab/report.test.ts', 'what they do shows only on a real system'],
  ['lib/state/', 'test/state/state.test.ts', 'what is written is read again'],
  ['lib/system/', 'test/lab/faults.test.ts', 'what a system does, and refuses, shows only there'],
  ['lib/view.ts', 'test/round.test.ts', 'how a round looks'],
  ['lib/world.ts', 'test/round.test.ts', 'types only'],
];

const linesOf = (text: string) => text.split('\n').length - 1;

tap.test('every file has its test', async (t) => {
  for (const { file } of SOURCES) {
    const own = file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts');
    const [, other = own] = ELSEWHERE.find(([start]) => file.startsWith(start)) ?? [];
    t.ok(existsSync(own) || existsSync(other), `${file}: ${own}`);
  }
  for (const [start] of ELSEWHERE) {
    t.ok(
      SOURCES.some(({ file }) => file.startsWith(start)),
      `${start} is something of the program`,
    );
  }
});

tap.test('files are small', async (t) => {
  const sizes = SOURCES.map(({ file, text }) => ({ file, lines: linesOf(text) })).sort((a, b) => a.lines - b.lines);
  const median = sizes[Math.floor(sizes.length / 2)]?.lines ?? 0;
  t.ok(median >= 35 && median <= 65, `half of them have ${median} lines or less`);
  const large = sizes.filter(({ file, lines }) => lines > 250 && file !== 'lib/model.ts');
  t.strictSame(large, [], 'none has more than 250');
  const total = sizes.reduce((sum, { lines }) => sum + lines, 0);
  const tests = filesIn(['test']).reduce((sum, file) => sum + linesOf(readFileSync(file, 'utf8')), 0);
  t.ok(tests >= 1.5 * total && tests <= 3 * total, `${tests} lines test ${total}`);
});
