import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { createRandom } from '../random.js';
import { QUICK } from './fault.js';
import { type Lab, until } from './lab.js';
import { Edge, PASSWORD } from './routeros.js';
import { scenario } from './scenario.js';

tap.jobs = 2;

async function configure(lab: Lab, section: string, settings = {}) {
  await lab.configureAll(QUICK, settings);
  await writeFile(lab.config, `${await readFile(lab.config, 'utf8')}${section}`);
}

/** What is remembered of it. */
async function remembered(lab: Lab) {
  const text = await readFile(`${lab.state}.routeros`, 'utf8').catch(() => '{"machines":[]}');
  return JSON.parse(text).machines[0];
}

scenario(
  'behind a round, the lines of a RouterOS machine follow it; dead, it delays nothing',
  [{}, {}],
  async (t, lab) => {
    const edge = await Edge.create(lab);
    await configure(lab, edge.section(), { history: 1 });
    await lab.mwan('check');
    await until(async () => (await remembered(lab))?.at > 0);
    t.strictSame((await edge.seen()).effects, [], 'nothing differs, nothing is written');
    await lab.silence(1);
    const plan = await lab.mwan('check --dry-run');
    t.notMatch(plan.stdout, /edge/, 'by what the last round found');
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth2');
    await until(async () => !(await edge.isOn('WAN1 default')));
    t.ok(await edge.isOn('WAN2 default'));
    await until(async () => (await remembered(lab))?.last !== undefined);
    const { stdout } = await lab.mwan('status');
    t.match(stdout, /^edge +127\.0\.0\.1 +rest +\d+ s ago +route 'WAN1 default' disabled, \d+ s ago$/m);
    t.match(JSON.parse((await lab.mwan('status --json')).stdout).routeros, [
      { name: 'edge', transport: 'rest', problems: [] },
    ]);
    const told = JSON.parse((await lab.mwan('history --transitions --json')).stdout);
    t.ok(told.some(({ words }: { words: string }) => words === "~ edge: route 'WAN1 default' disabled"));
    await lab.mwan(`history --html ${join(lab.folder, 'page.html')}`);
    t.match(await readFile(join(lab.folder, 'page.html'), 'utf8'), /<li>[^<]*~ edge: route &#39;WAN1 default/);
    const recorded = join(lab.folder, 'recorded');
    const said = await lab.mwan(`routeros --dry-run --record ${recorded}`);
    t.match(said.stderr, /edge: there is route 'WAN1 default' disabled; .*\n.*wan1 down; wan2 up, in use/);
    const again = await lab.mwan(`replay ${recorded}`, { hide: ['curl', 'ssh', 'ip'] });
    t.strictSame([again.stderr, again.stdout, again.exitCode], [said.stderr, said.stdout, said.exitCode]);
    for (const name of await readdir(recorded))
      t.notMatch(await readFile(join(recorded, name), 'utf8'), /pass [\\"]+word|PRIVATE KEY/, `${name} has no secret`);
    // The secret is in its file, and nowhere else.
    for (const name of await readdir(lab.folder)) {
      const text = await readFile(join(lab.folder, name), 'utf8').catch(() => '');
      t.notOk(text.includes(PASSWORD), `${name} has no secret`);
    }

    await edge.befall([], 'hang');
    await lab.heal(1);
    await lab.silence(2);
    const { exitCode } = await lab.mwan('check');
    // Whoever has waited for it would know that it does not answer.
    t.strictSame((await remembered(lab))?.problems, []);
    t.equal(await lab.exit(), 'eth1', 'the lines of this machine do not wait for it');
    t.equal(exitCode, 0);
    await until(async () => (await remembered(lab))?.problems.length > 0, 20_000);
    t.match((await lab.mwan('status')).stdout, /^edge: ssh: /m);
    const { left } = await edge.befall([]);
    t.equal(left, 0);
    await until(async () => edge.isOn('WAN1 default'), 30_000);
    const back = await lab.mwan('restore');
    t.equal(back.exitCode, 0, back.stderr);
    t.ok((await edge.isOn('WAN1 default')) && (await edge.isOn('WAN2 default')));
    t.equal(await remembered(lab), undefined, 'nothing is left to be put back');
    const { effects } = await edge.seen();
    t.ok(effects.every(({ on, changed }) => changed && (on['WAN1 default'] || on['WAN2 default'])));
  },
);

scenario('faults between curl, ssh and the machine', [{}, {}], async (t, lab) => {
  const edge = await Edge.create(lab);
  await configure(lab, edge.section({ pin: edge.pin }));
  // The rounds are over: only their memory is changed from here on.
  await lab.mwan('check');
  const isAtWork = async () => (await readFile(`${lab.state}.routeros`, 'utf8')).includes('"worker"');
  await until(async () => (await remembered(lab))?.at > 0 && !(await isAtWork()));
  // However busy this machine is: both have answered.
  const state = (await readFile(lab.state, 'utf8')).replace(/^status=.*$/gm, 'status=up');
  await writeFile(lab.state, state);
  const [, first = '', second = ''] = state.split(/^(?=\[)/m);
  const down = (section: string) => section.replace(/^status=up$/m, 'status=down');
  const random = createRandom(7);
  const FAULTS = ['401', '404', '408', '500', 'reset', 'half', 'reset', 'ids', 'deaf', 'lost', 'hang'];
  let met = 0;
  for (let i = 0; i < 6; i++) {
    const [a, b] = random.pick([
      [first, down(second)],
      [down(first), second],
      [first, second],
    ]) as [string, string];
    await writeFile(lab.state, state.replace(first, a).replace(second, b));
    const next = Array.from({ length: 5 }, () => (random.below(2) === 0 ? '' : random.pick(FAULTS)));
    await edge.befall(next);
    await lab.mwan('routeros');
    met += next.slice(0, 5 - (await edge.seen()).left).filter(Boolean).length;
  }
  t.ok(met >= 8, `${met} faults`);
  await writeFile(lab.state, state.replace(first, down(first)));
  await edge.befall([]);
  await until(async () => (await lab.mwan('routeros')).exitCode === 0);
  t.ok(!(await edge.isOn('WAN1 default')) && (await edge.isOn('WAN2 default')));
  const { effects } = await edge.seen();
  t.ok(effects.length > 2, `${effects.length} writes`);
  for (const { on, changed, name } of effects)
    t.ok(changed && (on['WAN1 default'] || on['WAN2 default']), `${name}: a change, and never both off`);

  const validate = async () => (await lab.mwan('validate')).stdout;
  t.notMatch(await validate(), /routeros/);
  await edge.befall([], 'certificate');
  t.match(await validate(), /routeros 'edge': rest does not work: its certificate is not trusted/);
  const bySsh = await lab.mwan('routeros');
  t.match([bySsh.exitCode, (await remembered(lab)).way], [0, 'ssh'], 'whoever has another key gets no password');
  await edge.befall([]);
  await writeFile(join(edge.folder, 'known_hosts'), '');
  t.match(await validate(), /routeros 'edge': ssh does not work: its host key is not known/);
  await chmod(join(edge.folder, 'secret'), 0o644);
  t.match(await validate(), /rest is not used: .*secret: others than root may read it: chmod 600/);
  await chmod(join(edge.folder, 'secret'), 0o600);
  await writeFile(join(edge.folder, 'secret'), 'wrong\n');
  t.match(await validate(), /rest does not work: it does not let us in \(status 401: Unauthorized\)/);
  const hidden = await lab.mwan('validate', { hide: ['curl', 'ssh'] });
  t.match(hidden.stdout, /the program 'curl' is not there: no rest\n.*\n?.*the program 'ssh' is not there: no ssh/);
});
