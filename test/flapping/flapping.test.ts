import assert from 'node:assert/strict';
import tap from 'tap';
import { createProbe } from '../../lib/probe/probe.js';
import type { Exec, Finished } from '../../lib/system/exec.js';
import { FakeClock } from '../clock.js';
import { makeWan } from '../make.js';
import { createRandom } from '../random.js';
import { GOOD, lossy, swinging } from './lines.js';
import { RTT, simulateProbe } from './probe.js';
import { MEASURED, ROWS } from './rows.js';
import { simulate, TARGETS } from './simulate.js';

const bind = (device: string) => ['-I', device];

/** h. A month of it, as of all the others, is what `npm run flapping` takes. */
const DAYS = 3 * 24;

tap.test('a line that loses 10 % is not taken out once in three days', async (t) => {
  const { transitions, switches, rounds, loss } = await simulate([lossy(10), GOOD], { hours: DAYS });
  t.strictSame({ transitions, switches }, { transitions: 0, switches: 0 });
  // Else nothing was simulated.
  t.ok(rounds === 360 && loss > 9.9, `${rounds} rounds an hour, ${loss} % lost`);
});

tap.test('six hours of lines that come and go', async (t) => {
  for (const { better, other, lines, targets, switches, loss } of ROWS) {
    const found = await simulate(lines, { hours: 6, seed: 7, targets });
    t.ok(found.switches <= switches, `${better}; ${other}: ${found.switches} changes of the exit per hour`);
    t.ok(found.loss <= loss, `${better}; ${other}: ${found.loss} % lost to the LAN`);
  }
});

tap.test('six hours of lines that are measured', async (t) => {
  for (const { better, other, lines, targets, switches, loss } of MEASURED) {
    const found = await simulate(lines, { hours: 6, seed: 7, targets, isMeasured: true });
    t.ok(found.switches <= switches, `${better}; ${other}: ${found.switches} changes of the exit per hour`);
    t.ok(found.loss <= loss, `${better}; ${other}: ${found.loss} % lost to the LAN`);
  }
});

tap.test('a line that begins to lose 60 % is left within a minute', async (t) => {
  // It is well for half an hour first.
  const { switches, loss } = await simulate([swinging(60, 1800), GOOD], { hours: 1, isMeasured: true, interval: 5 });
  t.equal(switches, 1);
  t.ok(loss > 0 && loss * 36 < 60 * 0.6, `${(loss * 36) / 0.6} s of 60 % loss`);
});

/** Pings that end as `fate` says, by target and number. */
function pings(clock: FakeClock, timeout: number, fate: (target: string, number: number) => boolean): Exec {
  const sent = new Map<string, number>();
  const end = async (target: string): Promise<Finished> => {
    const number = sent.get(target) ?? 0;
    sent.set(target, number + 1);
    const heard = fate(target, number);
    await clock.sleep(heard ? RTT * 1000 : timeout * 1000);
    const stdout = `64 bytes: time=20 ms\n1 packets transmitted, ${heard ? 1 : 0} received`;
    return { stdout, stderr: '', exitCode: heard ? 0 : 1 };
  };
  return {
    start: (_, args) => ({ finished: end(args.at(-1) as string), kill: () => {} }),
    detach: async () => true,
    find: async () => undefined,
  };
}

tap.test('the simulated probe finds what the real one does', async (t) => {
  const random = createRandom(3);
  const seen = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    const targets = [...TARGETS, '9.9.9.9'].slice(0, 1 + (i % 3));
    const wan = makeWan({ targets, count: 1 + random.below(3), timeout: 2 });
    const attempts = 1 + random.below(2);
    const turn = random.pick([targets, [random.pick(targets)]]);
    const share = random.pick([0.5, 0.8, 0.95]);
    const lost = new Map(targets.map((target) => [target, Array.from({ length: 6 }, () => random.fraction() < share)]));
    const arrives = (target: string, number: number) => lost.get(target)?.[number] === false;
    const attempt = (at: number) => Math.floor(at / wan.timeout);
    // In the simulation a packet is known by its time, here by its number: an attempt that fails has sent all of its own.
    const number = (at: number, target: string) => {
      const late = attempt(at) === 0 && !turn.includes(target) ? 1 : 0;
      return attempt(at) * wan.count + Math.round((at - attempt(at) * wan.timeout) / 0.3) - late;
    };
    const expected = simulateProbe(wan, attempts, turn, (at, target) => arrives(target, number(at, target)));
    const clock = new FakeClock();
    const tools = { engine: clock.engine, exec: pings(clock, wan.timeout, arrives) };
    const probe = await clock.run(createProbe({ ...tools, bind })(wan, 'eth1', attempts, turn));
    const what = JSON.stringify({ i, wan, attempts, turn, lost: [...lost] });
    assert.deepEqual(probe, expected.probe, what);
    const took = clock.now / 1000;
    assert(Math.abs(took - expected.duration) < 1e-6, `${took} s, not ${expected.duration}: ${what}`);
    for (const { outcome } of probe.targets) seen.add(outcome);
    seen.add(`${probe.answered} ${probe.failures}`);
  }
  t.strictSame(
    [...seen].sort(),
    ['false 1', 'false 2', 'true 0', 'true 1', 'answered', 'open', 'lost', 'unasked'].sort(),
  );
});
