import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { replay } from '../../lib/commands/replay.js';
import { routeros as command } from '../../lib/commands/routeros.js';
import type { Call } from '../../lib/replay/folder.js';
import { keeperOf } from '../../lib/replay/recorder.js';
import { createContext } from '../../lib/run/context.js';
import { createRecorder } from '../../lib/run/record.js';
import { heardPass, replayPasses } from '../../lib/run/routeros-take.js';
import { loadState } from '../../lib/run/store.js';
import { Machine } from '../machine.js';
import { createRandom } from '../random.js';
import { Driver, MACHINE } from '../routeros/driver.js';
import { configText, STATE_FILE } from './router.js';
import { SECTION, Site } from './routeros-site.js';

const FOLDER = '/tmp/take';
const NAMES = ['calls.json', 'config', 'state', 'decisions.txt'];

/** A site whose first line is gone, and whose scripts hold what is nobody's business. */
async function prepare(text?: string): Promise<Site> {
  const site = new Site(text);
  const { menus } = site.standin;
  menus['system script']?.push({
    '.id': '*2',
    name: 'vpn',
    source: '/ppp secret set x password=topsecret',
  });
  menus['tool netwatch']?.push({
    '.id': '*1',
    host: '9.9.9.9',
    'up-script': ':log info token=abcdef; enable "WAN2 default"',
  });
  for (const entries of Object.values(menus)) for (const entry of entries) entry.note = 'passw0rd';
  site.fake.answers.wan1 = 'no';
  await site.check();
  site.shaped(12_345);
  return site;
}

/** All files of the recording. */
function filesOf({ machine }: Site): [string, string][] {
  return NAMES.flatMap((name): [string, string][] => {
    const text = machine.text(`${FOLDER}/${name}`);
    return text === undefined ? [] : [[name, text]];
  });
}

/** Another machine, with nothing but the folder. */
async function elsewhere(site: Site, edit = (text: string) => text) {
  const other = new Machine();
  other.put(FOLDER, '', { kind: 'folder', mode: 0o700 });
  for (const [name, text] of filesOf(site)) other.put(`${FOLDER}/${name}`, edit(text));
  const exitCode = await replay(createContext(site.options, other.engine, other.exec), { folder: FOLDER });
  return { exitCode, ...other.printed() };
}

for (const dryRun of [false, true]) {
  tap.test(
    `what ${dryRun ? 'a plan' : 'a pass'} printed, its replay prints, with nothing but the folder`,
    async (t) => {
      const site = await prepare();
      site.machine.printed();
      const exitCode = await command(site.context(), { dryRun, record: FOLDER });
      const printed = site.machine.printed();
      t.match(printed.out, "~ edge: route 'WAN1 default' disabled");
      t.match(printed.err, /edge: there is route 'WAN1 default' enabled; .*cake-up 40.0 Mbit\/s/, 'what was seen');
      t.match(printed.err, /edge: here is wan1 down; wan2 up, in use; 12.3 Mbit\/s down/, 'what was wished');
      t.match(printed.err, /\[#\] .*\/ip route disable \[find where comment="WAN1 default"\]/, 'what is sent');
      t.match(printed.err, /'WAN2 default' is switched by netwatch 9.9.9.9/);
      t.equal(site.standin.effects.length > 0, !dryRun);
      t.strictSame(await elsewhere(site), { exitCode, ...printed });
      // A password, what is beside it, a key; and what scripts hold.
      for (const [name, text] of filesOf(site))
        for (const secret of [/cr\\+et/, /a key/, /topsecret/, /password/, /token/, /abcdef/, /passw0rd/, /log info/])
          t.notMatch(text, secret, `${secret} in ${name}`);
      t.match(filesOf(site).length, 2);
      // Somebody edits what was wished: a plan becomes another one, and of what a pass would do else nobody knows what comes.
      const EDITS: [from: string, to: string, planned: RegExp][] = [
        ['"up": false', '"rank": 1, "up": true', /^~ edge: cake-down 12.3 .*\n$/],
        ['"down": 12345000', '"down": 5000000', /cake-down 5.0 Mbit/],
      ];
      for (const [from, to, planned] of EDITS) {
        const edited = elsewhere(site, (text) => text.replaceAll(from, to));
        if (dryRun) t.match((await edited).out, planned);
        else await t.rejects(edited, /did not do this, so its recording ends here: routeros edge: set/);
      }
      for (const odd of ['{}', '7', '"x"', '[]', 'null']) {
        const broken = await elsewhere(site, (text) =>
          text.replace(/("call": "routeros edge: (?:look|wish|pass)",\s+"answer": )\{[\s\S]*?\n {4}\}/, `$1${odd}`),
        ).catch((error: Error) => error.message);
        t.match(broken, /cannot be replayed/, odd);
      }
    },
  );
}

tap.test('a plan of a round has it, too', async (t) => {
  const site = await prepare(configText() + SECTION);
  site.machine.programs.ip = () => ({ stdout: '[]\n[]\n' });
  const { engine, exec } = site.machine;
  const context = { ...createContext(site.options, engine, exec), platform: site.context().platform };
  const run = await createRecorder(context, FOLDER);
  site.machine.printed();
  const { exitCode } = await run({ dryRun: true, remembered: loadState(engine, STATE_FILE, true) });
  const printed = site.machine.printed();
  t.match(printed.out, "~ edge: route 'WAN1 default' disabled");
  t.strictSame(await elsewhere(site), { exitCode, ...printed });
  for (const [name, text] of filesOf(site)) t.notMatch(text, /cr\\+et|topsecret|abcdef|passw0rd/, name);
});

tap.test('whatever befalls a pass, its replay decides the same', async (t) => {
  let befallen = 0;
  const property = fc.asyncProperty(fc.integer({ min: 0, max: 1e9 }), async (seed) => {
    const random = createRandom(seed);
    const driver = new Driver({ ...MACHINE, ways: random.pick([['rest', 'ssh'], ['ssh', 'rest'], ['rest']]) });
    driver.between.troubled(random, 0.2);
    driver.newest = () => {
      if (random.below(10) === 0) driver.words.wan1 = random.pick(['up', 'down', 'degraded']);
      return driver.words.wan1 === 'up' ? 1 : 2;
    };
    for (let i = 0; i < 6; i++) {
      driver.words = { wan1: random.pick(['up', 'down', 'degraded']), wan2: random.pick(['up', 'up', 'down']) };
      driver.rates = { down: 1000 * random.below(50_000), up: 1_000_000 };
      driver.machine.pass(random.below(40));
      const calls: Call[] = [];
      driver.witness = (pass) => heardPass(pass, keeperOf(calls));
      const { changes, memory } = await driver.pass();
      const text = JSON.stringify(calls);
      assert(!/cr\\+et/.test(text), 'no secret');
      const again = await replayPasses(JSON.parse(text), { looked: () => {}, changed: () => {} });
      assert.deepEqual(again.changes, changes);
      assert.deepEqual(
        again.problems,
        memory.problems.map((problem) => `routeros edge: ${problem}`),
      );
    }
    befallen += driver.between.befallen;
  });
  await fc.assert(property, { numRuns: 40 });
  t.ok(befallen > 100, `${befallen} faults`);
});

tap.test('what a machine says of the password is not said again', async (t) => {
  const site = await prepare();
  const { standin } = site;
  standin.rest = (_, __, ___, login) => ({ status: 401, body: JSON.stringify({ message: `no such user: ${login}` }) });
  site.machine.drop('/etc/mini-mwan.key');
  site.between.fault = () => 'well';
  await command(site.context(), { record: FOLDER });
  const said = [site.machine.printed().err, site.logged.join('\n'), ...filesOf(site).map(([, text]) => text)];
  t.match(said[0], /it does not let us in \(status 401: no such user: mini-mwan:…/);
  for (const text of said) t.notMatch(text, /cr\\+et/);
});
