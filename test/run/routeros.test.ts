import assert from 'node:assert/strict';
import tap from 'tap';
import { restore } from '../../lib/commands/restore.js';
import { routeros as command } from '../../lib/commands/routeros.js';
import { uninstall } from '../../lib/commands/uninstall.js';
import { parseSamples } from '../../lib/history/sample.js';
import { steerRouteros } from '../../lib/run/routeros.js';
import { startRouteros } from '../../lib/run/routeros-trigger.js';
import { snapshot, wishFor } from '../../lib/run/routeros-wish.js';
import { formatState } from '../../lib/state/format.js';
import { takeLock } from '../../lib/system/lock.js';
import { configText, STATE_FILE } from './router.js';
import { FILE, SECTION, Site } from './routeros-site.js';

const WAN1_OFF = "~ edge: route 'WAN1 default' disabled";

tap.test('a round starts it where there is something to do, and only then', async (t) => {
  const site = new Site();
  await site.check();
  t.equal(site.started, 1, 'nothing is known of the machine');
  await site.steer();
  t.strictSame([site.memory()?.way, site.memory()?.problems], ['rest', []]);
  site.machine.pass(-50);
  await site.check();
  t.equal(site.started, 1, 'all is well');
  site.machine.pass(-50);
  site.fake.answers.wan1 = 'no';
  await site.check();
  t.equal(site.started, 2, 'a line is gone');
  t.strictSame(
    (await site.steer()).changes.map(({ sentence }) => sentence),
    [WAN1_OFF],
  );
  t.match(site.logged.join('\n'), /routeros edge: route 'WAN1 default' disabled/);
  site.machine.pass(60);
  await site.check();
  t.equal(site.started, 3, 'a minute is over');
  const plain = new Site(configText());
  await plain.check();
  t.equal(plain.started, 0, 'without a section, nobody is started');
});

tap.test('rates follow what the control has left', async (t) => {
  const site = new Site();
  await site.check();
  site.shaped(12_345);
  await site.steer();
  t.equal(site.standin.find('queue tree', 'cake-down')?.['max-limit'], '12345000');
  t.equal(site.standin.find('queue tree', 'cake-up')?.['max-limit'], '12345000');
  // The newest one waits for its turn, and it is there when that comes.
  site.shaped(20_000);
  const begun = site.machine.uptime;
  await site.steer(55);
  t.equal(site.standin.find('queue tree', 'cake-down')?.['max-limit'], '20000000');
  t.ok(site.machine.uptime - begun >= 9 && site.machine.uptime - begun < 20, `${site.machine.uptime - begun} s`);
});

tap.test('the mangle rule follows flows that are steered, and no dry run', async (t) => {
  const site = new Site();
  const { config, result } = await site.round();
  const [machine] = config.routeros ?? [];
  assert(machine);
  const section = (dryRun: boolean) => ({
    ...{ name: 'voice', primary: 'wan1', alternate: 'wan2', confidence: 55, sustain: 2, holdDown: 30, dryRun },
    match: { dscp: [46], ports: [], addresses: [] },
  });
  const CASES: [what: string, dryRuns: boolean[], on: boolean, steered: boolean | undefined][] = [
    ['nobody steers', [], true, undefined],
    ['a dry run', [true], true, undefined],
    ['a live one does', [false], true, true],
    ['it does not', [false], false, false],
    ['one of both', [true, false], true, true],
  ];
  for (const [what, dryRuns, on, expected] of CASES) {
    site.steered(on, dryRuns[0] === true && dryRuns.length === 1, 7);
    const steering = dryRuns.map(section);
    const asked = { ...config, ...(steering.length > 0 ? { steering } : {}) };
    t.equal((await wishFor(site.context(), asked, machine)).steered, expected, what);
  }
  const live = { ...config, steering: [section(false)] };
  site.machine.bootId = 'boot2';
  t.equal((await wishFor(site.context(), live, machine)).steered, undefined, 'what was before a restart says nothing');
  site.machine.bootId = 'boot1';

  site.steered(false, false, 7);
  const before = snapshot(site.context());
  site.steered(false, false, 8);
  t.equal(snapshot(site.context()), before, 'times are no news');
  site.steered(true, false, 9);
  t.not(snapshot(site.context()), before, 'that flows are led away is');

  await site.steer();
  const started = async (since: number) => {
    const count = site.started;
    site.steered(true, false, since);
    const state = site.state();
    assert(state);
    await startRouteros(site.context(), config, { ...result, state, transitions: [] });
    return site.started - count;
  };
  const { begun = 0 } = site.state() ?? {};
  t.equal(await started(begun - 1), 0);
  t.equal(await started(begun + 1), 1, 'a round that has changed it starts it');
});

tap.test('the IPv6 of a WAN says nothing to it', async (t) => {
  const site = new Site();
  const { config } = await site.round();
  const [machine] = config.routeros ?? [];
  const state = site.state();
  const [first, ...others] = state?.wans ?? [];
  assert(machine && state && first);
  const [wan] = config.wans;
  assert(wan);
  const asked = { ...config, wans: [...config.wans, { ...wan, name: 'wan1/ipv6', family: 6 as const }] };
  const lineOf = (status: 'up' | 'down') => ({ ...first, name: 'wan1/ipv6', verdict: { ...first.verdict, status } });
  const look = async (wans: typeof others) => {
    site.machine.put(STATE_FILE, formatState({ ...state, wans }));
    return { news: snapshot(site.context()), wish: await wishFor(site.context(), asked, machine) };
  };
  const without = await look([first, ...others]);
  for (const status of ['up', 'down'] as const)
    t.strictSame(await look([first, ...others, lineOf(status)]), without, `IPv6 is ${status}`);
  t.strictSame(
    without.wish.lines.map((line) => line.wan),
    ['wan1', 'wan2'],
  );
  t.not((await look([{ ...first, verdict: { ...first.verdict, status: 'down' } }, ...others])).news, without.news);
});

tap.test('a trouble is said when it begins, and when it is over', async (t) => {
  const site = new Site();
  await site.check();
  site.between.fault = () => 'refused';
  for (let i = 0; i < 3; i++) {
    site.machine.pass(301);
    const { problems } = await site.steer();
    t.match(problems, [/^routeros edge: ssh: .*Connection refused/]);
  }
  t.equal(site.logged.filter((line) => line.includes('refused')).length, 1);
  site.between.fault = () => 'well';
  site.machine.pass(301);
  t.strictSame(await site.steer(), { changes: [], problems: [] });
  t.equal(site.logged.filter((line) => line.includes('all is well again')).length, 1);
  t.notMatch(site.logged.join('\n'), /cret/);
});

tap.test('put back by restore, and when the section is gone', async (t) => {
  for (const way of ['restore', 'section', 'disabled'] as const) {
    const site = new Site();
    site.fake.answers.wan1 = 'no';
    await site.check();
    site.shaped(1000);
    await site.steer();
    t.notOk(site.standin.isOn('WAN1 default'), way);
    if (way === 'restore') t.equal(await restore(site.context()), 0);
    else {
      const text = way === 'section' ? configText() : configText().replace("enabled '1'", "enabled '0'") + SECTION;
      site.machine.put('/etc/mini-mwan', text);
      site.machine.pass(60);
      const before = site.started;
      await site.check();
      t.equal(site.started, before + 1, `${way}: a round sees that something is left`);
      await site.steer();
    }
    t.ok(site.standin.isOn('WAN1 default'), way);
    t.equal(site.standin.find('queue tree', 'cake-up')?.['max-limit'], '40000000', way);
    t.equal(site.machine.text(FILE), undefined, `${way}: nothing is remembered any more`);
  }
  const dead = new Site();
  dead.fake.answers.wan1 = 'no';
  await dead.check();
  await dead.steer();
  dead.between.fault = () => 'hangs';
  dead.machine.printed();
  const begun = dead.machine.uptime;
  t.equal(await restore(dead.context()), 4);
  t.match(dead.machine.printed().err, /routeros edge: .*\n.*try again: mini-mwan restore/);
  t.ok(dead.machine.uptime - begun < 60, `${dead.machine.uptime - begun} s`);
  t.ok(dead.machine.text(FILE), 'what it was is still known');
  t.equal(await uninstall(dead.context(), {}), 4);
  t.match(
    dead.machine.printed().err,
    /nothing is removed\n.*mini-mwan uninstall\n.*rm \/var\/run\/mini-mwan.status.routeros/,
  );
  t.ok(dead.machine.text(FILE) && dead.machine.text('/usr/sbin/mini-mwan') !== undefined);
  dead.between.fault = () => 'well';
  t.equal(await restore(dead.context()), 0);
  t.ok(dead.standin.isOn('WAN1 default'));
});

tap.test('one at a time', async (t) => {
  const site = new Site();
  await site.check();
  t.equal(await command(site.context(), {}), 0);
  const lock = await takeLock(site.context(), `${FILE}.lock`, 1);
  const before = site.between.requests;
  t.equal(await command(site.context(), {}), 0);
  t.equal(site.between.requests, before);
  t.match(site.machine.printed().err, /another mini-mwan routeros is at work/);
  lock.release();
});

tap.test('whatever stands where it is remembered', async (t) => {
  const site = new Site();
  site.fake.answers.wan1 = 'no';
  await site.check();
  await site.steer();
  const text = site.machine.text(FILE);
  assert(text);
  for (const odd of [
    '',
    '{',
    '[]',
    '{"version":1}',
    '{"version":1,"machines":[1,{"machine":{}}]}',
    text.replace('10.0.0.1', '$(reboot)'),
  ]) {
    site.machine.put(FILE, odd);
    t.strictSame((await site.steer()).problems, [], odd.slice(0, 40));
  }
  // What was first found outlives a restart, times do not.
  site.machine.put(FILE, text);
  site.machine.bootId = 'boot2';
  t.match(site.memory(), { former: [{ kind: 'route', name: 'WAN1 default', disabled: false }], due: 0, written: {} });
  // A file that others may have written is none of ours.
  site.machine.put(FILE, text, { uid: 1000 });
  t.equal(site.memory(), undefined);
});

tap.test('each change is left for history, as soon as it is made', async (t) => {
  const text = (configText() + SECTION).replace("enabled '1'", "enabled '1'\n\toption history '1'");
  const site = new Site(text);
  const left = () => {
    const found = parseSamples(site.machine.text(`${STATE_FILE}.samples`) ?? '').filter(
      ({ lines }) => lines.length === 0,
    );
    site.machine.drop(`${STATE_FILE}.samples`);
    return found.flatMap(({ bootId, events }) => events.map(({ kind, words }) => [bootId, kind, words]));
  };
  site.fake.answers.wan1 = 'no';
  await site.check();
  site.shaped(12_345);
  await steerRouteros(site.context(), { seconds: 0, dryRun: true });
  t.strictSame(left(), [], 'nothing of a dry run');
  // Whoever is killed behind a change has kept it.
  let atOnce = 0;
  const write = site.standin.rest.bind(site.standin);
  site.standin.rest = (...words) => {
    if (words[0] === 'PATCH' && site.machine.text(`${STATE_FILE}.samples`)?.includes('cake-down')) atOnce += 1;
    return write(...words);
  };
  await site.steer();
  t.strictSame(left(), [
    ['boot1', 'rates', '~ edge: cake-down 12.3 Mbit/s, cake-up 12.3 Mbit/s'],
    ['boot1', 'change', WAN1_OFF],
  ]);
  t.equal(atOnce, 1);
  await site.steer();
  t.strictSame(left(), [], 'nothing differs');
  t.equal(await restore(site.context()), 0);
  const words = left().map(([, , sentence]) => sentence);
  t.strictSame(words, ["~ edge: route 'WAN1 default' enabled", '~ edge: cake-down 500 Mbit/s, cake-up 40.0 Mbit/s']);
  const plain = new Site();
  plain.fake.answers.wan1 = 'no';
  await plain.check();
  await plain.steer();
  t.notOk(plain.machine.text(`${STATE_FILE}.samples`), 'unless it is asked for');
});

tap.test('what cannot be put back is not changed', async (t) => {
  const site = new Site();
  site.fake.answers.wan1 = 'no';
  await site.check();
  site.machine.refuse = (operation, path) => (operation === 'create' && path.startsWith(FILE) ? 'ENOSPC' : undefined);
  const { changes, problems } = await site.steer();
  t.strictSame(changes, []);
  t.match(problems, [/what it was cannot be kept beside the state file: nothing is changed/]);
  t.strictSame(site.standin.effects, []);
});

tap.test('a plan shows what would be', async (t) => {
  const site = new Site();
  site.fake.answers.wan1 = 'no';
  await site.check();
  const { result } = await site.round({ dryRun: true });
  t.ok(result.changes.some(({ sentence }) => sentence === WAN1_OFF));
  t.strictSame(site.standin.effects, []);
});
