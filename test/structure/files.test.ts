import { existsSync, readFileSync } from 'node:fs';
import tap from 'tap';
import { filesIn, SOURCES } from './sources.js';

/** Files that have no test of their own, the one that holds them, and why. */
const ELSEWHERE: [start: string, test: string, why: string][] = [
  ['bin/', 'test/lab/engine.test.ts', 'they start the program, which every lab does'],
  ['lib/actuators/actuator.ts', 'test/diff.test.ts', 'types only'],
  ['lib/actuators/red/', 'test/actuators/red/steps.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/mptcp/', 'test/actuators/mptcp/want.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/deprecation/', 'test/actuators/deprecation/want.test.ts', 'parts of one decision'],
  ['lib/actuators/inbound/', 'test/actuators/inbound/plan.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/qdisc/', 'test/actuators/qdisc/qdisc.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/six/', 'test/actuators/six/plan.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/translation/', 'test/actuators/six/plan.test.ts', 'parts of one decision, held by its properties'],
  ['lib/actuators/routes/apply.ts', 'test/lab/failover.test.ts', 'what ip does shows only on a kernel'],
  [
    'lib/actuators/routes/kind.ts',
    'test/actuators/routes/plan.test.ts',
    'a part of one decision, held by its properties',
  ],
  ['lib/actuators/routes/make.ts', 'test/actuators/routes/want.test.ts', 'all that is wanted is made by it'],
  [
    'lib/actuators/routes/probes.ts',
    'test/actuators/routes/plan.test.ts',
    'a part of one decision, held by its properties',
  ],
  ['lib/actuators/routes/routes.ts', 'test/actuators/routes/plan.test.ts', 'it joins what other files do'],
  ['lib/actuators/routes/thing.ts', 'test/actuators/routes/group.test.ts', 'it tells types apart'],
  ['lib/actuators/tables/find.ts', 'test/actuators/tables/plan.test.ts', 'what is found is what was made'],
  [
    'lib/actuators/tables/kind.ts',
    'test/actuators/tables/plan.test.ts',
    'a part of one decision, held by its properties',
  ],
  ['lib/actuators/tables/in-order.ts', 'test/actuators/tables/apply.test.ts', 'what applies changes does so by it'],
  ['lib/actuators/tables/lease-script.ts', 'test/lab/standby.test.ts', 'where it is'],
  ['lib/actuators/tables/standby.ts', 'test/actuators/tables/want.test.ts', 'a part of one decision'],
  ['lib/actuators/tables/tables.ts', 'test/actuators/tables/plan.test.ts', 'it joins what other files do'],
  ['lib/actuators/tables/testable.ts', 'test/actuators/tables/want.test.ts', 'whether what is wanted does its work'],
  ['lib/actuators/tables/thing.ts', 'test/actuators/tables/plan.test.ts', 'types and marks'],
  [
    'lib/actuators/tables/words.ts',
    'test/lab/standby.test.ts',
    'what ip and dhcpcd make of them shows only on a kernel',
  ],
  ['lib/cli/history.ts', 'test/cli/main.test.ts', 'what yargs makes of arguments'],
  ['lib/cli/import.ts', 'test/cli/main.test.ts', 'what yargs makes of arguments'],
  ['lib/cli/profile.ts', 'test/lab/ipfire/commands.test.ts', 'what yargs makes of arguments'],
  ['lib/cli/usage.ts', 'test/cli/main.test.ts', 'what yargs makes of arguments'],
  [
    'lib/commands/',
    'test/lab/report.test.ts',
    'they join what other files do; what comes of it shows on a real system',
  ],
  ['lib/config/ipfire/dial.ts', 'test/config/ipfire/profile.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/fixed.ts', 'test/config/ipfire/profile.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/keys.ts', 'test/config/ipfire/settings.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/lans.ts', 'test/config/ipfire/profile.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/lines.ts', 'test/config/ipfire/settings.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/ppp.ts', 'test/config/ipfire/secrets.test.ts', 'both are what a dialler reads'],
  ['lib/config/ipfire/primary.ts', 'test/config/ipfire/settings.test.ts', 'a part of one reader'],
  ['lib/config/ipfire/readable.ts', 'test/config/ipfire/values.test.ts', 'it says what is written is read back'],
  ['lib/config/ipfire/subnet.ts', 'test/config/ipfire/block.test.ts', 'the netmasks of a block'],
  ['lib/config/more.ts', 'test/config/targets.test.ts', 'it says what is loaded together'],
  ['lib/config/options.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/config/plain.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/config/rare.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/config/rates.ts', 'test/config/shaper.test.ts', 'two numbers'],
  ['lib/config/routeros-', 'test/config/routeros.test.ts', 'parts of one reader'],
  ['lib/config/flow-match.ts', 'test/config/steering.test.ts', 'a part of one reader'],
  ['lib/config/led.ts', 'test/config/inbound.test.ts', 'it joins two readers'],
  ['lib/config/tracking.ts', 'test/config/targets.test.ts', 'a part of one reader'],
  ['lib/config/unknown.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/config/values.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/config/wans.ts', 'test/config/settings.test.ts', 'a part of one reader'],
  ['lib/doctor/idle.ts', 'test/lab/bad-input.test.ts', 'what a round that does nothing says'],
  ['lib/doctor/oddities.ts', 'test/lab/advice.test.ts', 'it joins what other files find'],
  ['lib/doctor/surroundings.ts', 'test/lab/policies.test.ts', 'it asks programs of the system'],
  ['lib/engine/engine.ts', 'test/engine/files.test.ts', 'types only'],
  ['lib/engine/', 'test/engine/programs.test.ts', 'both engines are held by the same tests'],
  ['lib/health/', 'test/health/judge.test.ts', 'parts of one verdict'],
  ['lib/history/', 'test/history/history.test.ts', 'parts of one database, held by the real program'],
  ['lib/import/draft.ts', 'test/import/write.test.ts', 'types, and what is written'],
  ['lib/import/multiwanbond/', 'test/import/multiwanbond/multiwanbond.test.ts', 'parts of one reader'],
  ['lib/import/mwan3/', 'test/import/mwan3/mwan3.test.ts', 'parts of one reader'],
  ['lib/install/ipfire.ts', 'test/lab/ipfire/install.test.ts', 'a list, which install lays down'],
  ['lib/install/file.ts', 'test/lab/install.test.ts', 'types only'],
  ['lib/install/files.ts', 'test/lab/install.test.ts', 'a list, which install lays down'],
  ['lib/method.ts', 'test/config/targets.test.ts', 'what the configuration says is read by it'],
  ['lib/model.ts', 'test/round.test.ts', 'types only'],
  ['lib/package/', 'test/package/packages.test.ts', 'packages are read back by another reader'],
  ['lib/plan.ts', 'test/actuators/routes/plan.test.ts', 'the properties of what is planned'],
  ['lib/observe/red.ts', 'test/lab/ipfire/swap.test.ts', 'what it makes of IPFire’s files shows there'],
  ['lib/platform/inbound.ts', 'test/platform/linux.test.ts', 'it is Linux, and asks for more'],
  ['lib/platform/steering.ts', 'test/lab/steering.test.ts', 'it reads a file, for a reader'],
  ['lib/platform/shaping.ts', 'test/actuators/qdisc/qdisc.test.ts', 'how one looks at queues'],
  ['lib/platform/unusable.ts', 'test/platform/linux.test.ts', 'what is said where ip fails'],
  ['lib/platform/choose.ts', 'test/run/context.test.ts', 'one question, which every command asks'],
  ['lib/platform/ipfire', 'test/lab/ipfire/swap.test.ts', 'it joins what other files do'],
  ['lib/platform/on-ipfire.ts', 'test/structure/bundles.test.ts', 'it says what is loaded together'],
  ['lib/platform/openwrt.ts', 'test/platform/linux.test.ts', 'it is Linux, and asks one more'],
  ['lib/platform/platform.ts', 'test/run/perform.test.ts', 'types, and the remedy of what is said'],
  ['lib/policy/aside.ts', 'test/policy/dead.test.ts', 'it joins what other files find'],
  ['lib/policy/lasting.ts', 'test/policy/choice.test.ts', 'how long a choice waits'],
  ['lib/probe/measurement.ts', 'test/probe/series.test.ts', 'of series'],
  ['lib/probe/methods/', 'test/probe/methods.test.ts', 'each a question and how its answer is read'],
  ['lib/probe/question.ts', 'test/probe/methods.test.ts', 'types only'],
  ['lib/probe/volley.ts', 'test/probe/probe.test.ts', 'its packets are those of a probe'],
  ['lib/replay/ground.ts', 'test/lab/ipfire/operator.test.ts', 'a recorded round of an IPFire is played'],
  ['lib/replay/recorder.ts', 'test/replay/player.test.ts', 'what it writes is what is played'],
  ['lib/report/colour.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/json.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/history-', 'test/report/history.test.ts', 'the past, for people'],
  ['lib/report/wan-json.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/metric-formats.ts', 'test/plugins/plugins.test.ts', 'what the services of plugins read'],
  ['lib/report/plugin-memory.ts', 'test/report/plugin-work.test.ts', 'what is remembered between two of them'],
  ['lib/report/survey.ts', 'test/report/status.test.ts', 'what a screen shows'],
  ['lib/report/table.ts', 'test/report/words.test.ts', 'words, in columns'],
  ['lib/run/due.ts', 'test/run/spared.test.ts', 'one answer, in two files'],
  ['lib/run/behind.ts', 'test/run/notify.test.ts', 'what is handed over behind a round'],
  ['lib/run/hand-back.ts', 'test/lab/ipfire/commands.test.ts', 'what it does shows only there'],
  ['lib/run/ipfire.ts', 'test/cli/main.test.ts', 'one question, which commands ask'],
  ['lib/run/history-', 'test/lab/history.test.ts', 'what is on the disk when it is killed shows only there'],
  ['lib/quota/', 'test/quota/quota.test.ts', 'parts of one count'],
  ['lib/run/quota', 'test/lab/quota.test.ts', 'what outlives a restart shows only on a disk'],
  ['lib/run/profiles.ts', 'test/lab/ipfire/commands.test.ts', 'it joins what other files do'],
  ['lib/run/plugins.ts', 'test/lab/plugins.test.ts', 'what a plugin may do shows only there'],
  ['lib/run/place.ts', 'test/lab/install.test.ts', 'it is about the files of a real system'],
  ['lib/run/rare.ts', 'test/structure/bundles.test.ts', 'it says what is loaded together'],
  ['lib/run/shape-', 'test/run/shape.test.ts', 'parts of one process'],
  ['lib/run/routeros-send.ts', 'test/run/routeros-pass.test.ts', 'the writes of a pass'],
  ['lib/run/routeros-', 'test/run/routeros.test.ts', 'parts of one process'],
  ['lib/actuators/routeros/', 'test/run/routeros-pass.test.ts', 'what is wanted shows by what is done'],
  ['lib/observe/routeros-', 'test/observe/routeros.test.ts', 'the two ways, and what is read from them'],
  ['lib/system/routeros/', 'test/run/routeros-pass.test.ts', 'each pass goes by them'],
  ['lib/routeros.ts', 'test/run/routeros-pass.test.ts', 'types only'],
  ['lib/run/syslog.ts', 'test/run/notify.test.ts', 'what syslog hears'],
  ['lib/run/restart.ts', 'test/lab/healing.test.ts', 'what becomes of an interface shows only there'],
  ['lib/run/real-world.ts', 'test/run/perform.test.ts', 'the world of those rounds, but for its probes'],
  ['lib/shape/', 'test/shape/control.test.ts', 'parts of one decision, held by its figures and properties'],
  ['lib/state/', 'test/state/state.test.ts', 'what is written is read again'],
  ['lib/optional.ts', 'test/round.test.ts', 'it loads what other files do'],
  ['lib/probe/problems.ts', 'test/round.test.ts', 'what a round says of its probes'],
  ['lib/system/beside.ts', 'test/system/queues.test.ts', 'what is kept there is read by it'],
  ['lib/system/mptcp-limit.ts', 'test/lab/mptcp.test.ts', 'what the kernel had before'],
  ['lib/system/settle.ts', 'test/run/history-copy.test.ts', 'how a copy takes its place'],
  ['lib/system/counter.ts', 'test/run/shape.test.ts', 'how much is carried is read by it'],
  ['lib/system/clock.ts', 'test/lab/clock.test.ts', 'whose clock it is shows only there'],
  ['lib/system/folder.ts', 'test/replay/folder.test.ts', 'recordings are written into it'],
  ['lib/system/hash-policy.ts', 'test/run/perform.test.ts', 'rounds set it and set it back'],
  ['lib/system/hooks.ts', 'test/lab/telling.test.ts', 'what a hook may do shows only there'],
  ['lib/system/ipfire/', 'test/lab/ipfire/swap.test.ts', 'owners, links and hooks are those of a machine'],
  ['lib/system/local-time.ts', 'test/history/span.test.ts', 'times as people write them'],
  ['lib/system/log.ts', 'test/run/notify.test.ts', 'all that is told to syslog passes through it'],
  ['lib/system/repeat.ts', 'test/lab/report.test.ts', 'Ctrl-C is pressed there'],
  ['lib/system/service.ts', 'test/lab/service.test.ts', 'the service of a real system'],
  ['lib/system/sqlite.ts', 'test/history/history.test.ts', 'how the program is asked'],
  ['lib/system/sleep.ts', 'test/engine/programs.test.ts', 'one timer of the engine'],
  ['lib/system/string-width.ts', 'test/cli/main.test.ts', 'it stands in for a package of yargs'],
  ['lib/system/tree.ts', 'test/lab/install.test.ts', 'install and uninstall lay down and take away by it'],
  ['lib/uplink.ts', 'test/config/ipfire/block.test.ts', 'types only'],
  ['lib/view.ts', 'test/round.test.ts', 'how a round looks'],
  ['lib/target.ts', 'test/config/targets.test.ts', 'what the configuration says is read by it'],
  ['lib/world.ts', 'test/round.test.ts', 'types only'],
];

const linesOf = (text: string) => text.split('\n').length - 1;

const testOf = (file: string) => file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts');

tap.test('every file has its test', async (t) => {
  const without = SOURCES.map(({ file }) => file).filter((file) => !existsSync(testOf(file)));
  for (const file of without) {
    const [, test = ''] = ELSEWHERE.find(([start]) => file.startsWith(start)) ?? [];
    t.ok(existsSync(test), `${file}: ${testOf(file)}`);
  }
  for (const [start] of ELSEWHERE)
    t.ok(
      without.some((file) => file.startsWith(start)),
      `${start} needs no exception`,
    );
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
