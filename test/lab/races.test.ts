// By hand: TORTURE=300 npx tap --timeout 3000 test/lab/races.test.ts for so many schedules of each kind, SEED=n for others.
import tap, { type Test } from 'tap';
import { createRandom, type Random } from '../random.js';
import { Lab } from './lab.js';
import { scenario } from './scenario.js';
import { Steps } from './steps.js';
import { Upheaval } from './upheaval.js';

const SCHEDULES = Number(process.env.TORTURE ?? 2);
const SEED = Number(process.env.SEED ?? 1);
const QUICK = { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 };
/**
 * Packets, one each 10 ms, that a busy machine may lose or still have under way when they are counted. Between two calls of ip a
 * table without a way is seen at each step as well, however short; within one call, gaps of less than 250 ms in all are not seen.
 */
const SLACK = 25;
const TARGETS = Array.from({ length: 24 }, (_, i) => `${i * 10 + 5}.1.1.1`);

/** The ways by which packets of the LAN client leave, each once. */
async function ways(lab: Lab): Promise<string[]> {
  const lines = TARGETS.map((target) => `route get ${target} from 192.168.1.2 iif eth0\n`).join('');
  const { stdout } = await lab.router.run('ip', ['-batch', '-'], { input: lines, reject: false });
  return [...new Set(stdout.match(/(?<= via ).* dev \S+/g) ?? ['nowhere'])].sort();
}

/** What happens during the rounds of one schedule, and when. */
function schedule(random: Random, happen: () => string[]) {
  let step = 0;
  return Array.from({ length: 1 + random.below(4) }, happen)
    .flat()
    .map((line) => {
      // Often at the same step or the next one: what belongs together mostly comes together.
      step += Math.max(0, random.below(8) - 2);
      return { line, step: step + 1 };
    });
}

/** Things happen during rounds, which may overlap; then a quiet round must have put everything right. */
async function survive(t: Test, settings: Record<string, string | number>, kind: 'gentle' | 'rough', seed: number) {
  const lab = await Lab.create([{}, {}, { systemMetric: 'none' }]);
  t.teardown(lab.remove);
  const wan = (name: string, metric: number) => ({
    interface: name,
    metric,
    ping_target: ['1.1.1.1', '8.8.8.8'],
    ...QUICK,
  });
  await lab.configure({ wan1: wan('wan', 10), wan2: wan('wanb', 20) }, settings);
  const steps = await Steps.create(lab);
  const random = createRandom(seed);
  const world = new Upheaval(lab, steps, random);
  await world.begin();
  await lab.mwan('check');
  const traffic = kind === 'gentle' ? lab.traffic() : undefined;
  for (let i = 0; i < SCHEDULES; i++) {
    await steps.plan(schedule(random, () => world[kind]()));
    await Promise.all(Array.from({ length: 1 + random.below(2) }, () => lab.mwan('check')));
    const { trouble, history } = await steps.end();
    const quiet = await lab.mwan('check');
    const right = settings.mode === 'multiuplink' ? world.working().sort() : world.working().slice(0, 1);
    const name = `seed ${seed}, schedule ${i}`;
    t.equal(trouble, '', `${name}: what others have stays as it is`);
    if (right.length > 0) {
      t.strictSame(await ways(lab), right, `${name}: the traffic goes where it should`);
      t.ok(await lab.reaches(), `${name}: the client is online`);
      t.equal(quiet.exitCode, 0, name);
    }
    const { stdout, stderr } = await lab.mwan('check');
    t.equal(stdout + stderr, '', `${name}: another round has nothing to do`);
    if (!t.passing()) {
      t.comment(history, `quiet round: ${quiet.stdout} ${quiet.stderr}`, (await lab.routes()).join('\n'));
      break;
    }
  }
  if (!traffic) return;
  const { sent, lost } = await traffic.stop();
  const exits = await steps.exits();
  t.notOk(exits.includes('nowhere'), 'there always is a way');
  const moves = exits.length - 1;
  t.comment(`${SCHEDULES} schedules: ${lost} of ${sent} packets lost, ${moves} moves`);
  // The packet with which a masqueraded flow changes its WAN is lost by the kernel.
  t.ok(lost <= moves + SLACK, `${lost} of ${sent} packets lost in ${moves} moves`);
}

tap.jobs = 4;

scenario('netifd takes the place of our route when we are about to change it', [{}, {}], async (t, lab) => {
  await lab.configureAll(QUICK);
  await lab.mwan('check');
  const steps = await Steps.create(lab, ['ip']);
  await lab.isp(1).ip('addr add 100.64.1.254/24 dev wan');
  await lab.addSystemDefault(1, '100.64.1.254');
  // The round looks (1, 2), and begins to change what it found (3).
  const moved = 'default via 100.64.1.254 dev eth1 metric 10 proto static';
  await steps.plan([{ line: `ip route replace ${moved}`, step: 3 }]);
  await lab.mwan('check');
  t.equal((await steps.end()).trouble, '');
  t.match(await lab.routes('proto static'), [/default via 100.64.1.254 dev eth1 metric 10 *$/], 'netifd has its route');
  await lab.mwan('check');
  t.equal((await lab.routes('exact default proto static metric 10')).length, 1);
  t.equal(await lab.exit(), 'eth1');
});

for (const [i, settings] of [
  { mode: 'failover' },
  { mode: 'multiuplink' },
  { mode: 'multiuplink', sticky: 1 },
].entries()) {
  tap.test(`upheaval during rounds: ${JSON.stringify(settings)}`, (t) =>
    survive(t, settings, 'rough', SEED + i * 1000),
  );
}
tap.test('upheaval that leaves every line working', (t) => survive(t, { mode: 'failover' }, 'gentle', SEED + 3000));
