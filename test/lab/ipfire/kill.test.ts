// At random moments, and behind each of its steps. SEED=n for other moments.
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { createRandom } from '../../random.js';
import { until } from '../lab.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import { begin, lines, ROLE, reach, rest, SECRETS } from './rounds.js';
import type { LineType } from './settings.js';

// They mostly wait.
tap.jobs = 4;

const SEED = Number(process.env.SEED ?? 1);
/** There and back, with a kill in each, or once in all of them a power cut; TORTURE=n for more of them, SEED=n for others. */
const ROUNDS = Number(process.env.TORTURE ?? 1);
/** s within which a round is killed: it has begun to steer by then, or not yet. */
const LATEST = 2.5;

/** What must be left alone, as bytes in any order. */
const SETTINGS = [ETHERNET, PPP, `${PPP}-1`, SECRETS];
const state = async (m: IpfireLab) => Promise.all(SETTINGS.map(async (path) => lines(m, path)));

/** By promote, by swap, and by a swap that dials. */
const PAIRS: [LineType, LineType][] = [
  ['STATIC', 'DHCP'],
  ['DHCP', 'PPPOE'],
  ['PPPOE', 'STATIC'],
];

for (const [position, [primary, backup]] of PAIRS.entries()) {
  tap.test(`killed at any moment, or without power: ${primary} to ${backup} and back`, async (t) => {
    const random = createRandom(SEED + position);
    const m = await IpfireLab.create({ primary, backups: [backup] });
    t.teardown(m.remove);
    await begin(m, ['backup1']);
    await rest(m, 0);
    const before = await state(m);
    // At least one is on the way there.
    const powerless = position === 0 ? 0 : random.below(2 * ROUNDS);

    /** A round that does not get to its end: one on the way there has an even number. */
    const broken = async (number: number) => {
      const seconds = 0.1 + random.fraction() * LATEST;
      if (number !== powerless) {
        await m.run(m.lab.program[0] as string, [...m.lab.program.slice(1), 'check'], { seconds });
        return `killed after ${seconds.toFixed(2)} s`;
      }
      const round = m.mwan('check');
      const isUnderWay = async () => (await m.read(ROLE))?.includes('"start"') ?? false;
      await Promise.race([round, until(isUnderWay, 30_000)]);
      await sleep(500 * (seconds - 0.1));
      await m.reboot();
      await round;
      return `no power ${(seconds / 2).toFixed(2)} s behind the first step`;
    };

    for (let i = 0; i < ROUNDS; i++) {
      await begin(m, ['backup1']);
      await rest(m, 0);
      await m.silence(0);
      const first = await broken(2 * i);
      await reach(m, 1);
      await m.heal(0);
      const second = await broken(2 * i + 1);
      // What was dialled in vain meanwhile would have to wait for long.
      await begin(m, ['backup1']);
      await rest(m, 0);
      t.strictSame(await state(m), before, `there ${first}, back ${second}: the operator’s settings`);
      t.equal(await m.read(ROLE), undefined);
    }
  });
}

/** In place of sync, which whoever writes runs before it counts: the one at which /run/left comes to nothing ends who has asked. */
const SYNC = `#!/bin/sh
read -r left 2>/dev/null </run/left || left=0
echo $((left - 1)) >/run/left
[ "$left" != 1 ] || kill -9 $PPID
exec /bin/sync "$@"
`;

tap.test('killed behind each of its steps: PPPOE to PPPOE and back', async (t) => {
  const m = await IpfireLab.create({ primary: 'PPPOE', backups: ['PPPOE'] });
  t.teardown(m.remove);
  await m.write('/usr/local/bin/sync', SYNC, 0o755);

  /** The first round gets to its first file, the next one to its second, and so on. Returns how many were killed. */
  const brokenRounds = async () => {
    for (let left = 1; ; left++) {
      await m.write('/run/left', `${left}\n`);
      const { exitCode } = await m.mwan('check');
      if (exitCode !== 137) return left - 1;
    }
  };

  // Its session goes on, or IPFire's own dialler would be at work, too.
  const die = async (i: number) => {
    await m.silence(i);
    await m.ppp(i, 'off');
  };
  const live = async (i: number) => {
    await m.heal(i);
    await m.ppp(i, 'ok');
  };
  await m.speed({ LCP_FAILURES: 1_000_000 });
  await m.red('restart');

  for (const linked of [true, false]) {
    await t.test(linked ? 'ppp/settings is a link' : 'ppp/settings is no link to a dial profile', async (t) => {
      if (!linked) await m.sh(`cp -p ${PPP} ${PPP}.own; mv ${PPP}.own ${PPP}`);
      const isLinked = async () => (await m.sh(`[ ${PPP} -ef ${PPP}-1 ]`)).exitCode === 0;
      await live(1);
      await begin(m, ['backup1']);
      await rest(m, 0);
      const before = await state(m);
      await die(0);
      // What is remembered at first and at last, the block, the secrets, the settings; and before these, what is kept of both.
      const there = await brokenRounds();
      t.ok(there >= 6, `each file that is written, on the way there: ${there}`);
      await reach(m, 1);
      await live(0);
      await die(1);
      const back = await brokenRounds();
      t.ok(back >= (linked ? 5 : 3), `and on the way back: ${back}`);
      await rest(m, 0);
      t.strictSame(await state(m), before, 'the operator’s settings');
      t.equal(await isLinked(), linked);
      t.equal((await m.sh("find /var/ipfire -name '*.tmp'")).stdout, '', 'nothing half written');
      t.equal(await m.read(ROLE), undefined);
    });
  }
});
