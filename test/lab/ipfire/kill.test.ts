import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { createRandom } from '../../random.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import { begin, lines, ROLE, reach, rest, SECRETS } from './rounds.js';
import type { LineType } from './settings.js';

// They mostly wait.
tap.jobs = 3;

const SEED = 1;
/** There and back, with a kill in each. */
const ROUNDS = 2;
/** s within which a round is killed: it has begun to steer by then, or not yet. */
const LATEST = 2.5;

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
    const state = async () => Promise.all([ETHERNET, PPP, `${PPP}-1`, SECRETS].map(async (path) => lines(m, path)));
    const before = await state();

    /** A round that does not get to its end. */
    const broken = async (i: number) => {
      const seconds = 0.1 + random.fraction() * LATEST;
      // Every third time, the power goes.
      if (i % 3 < 2) {
        await m.run(m.lab.program[0] as string, [...m.lab.program.slice(1), 'check'], { seconds });
        return `killed after ${seconds.toFixed(2)} s`;
      }
      const round = m.mwan('check');
      await sleep(1000 * seconds);
      await m.reboot();
      await round;
      return `no power after ${seconds.toFixed(2)} s`;
    };

    for (let i = 0; i < ROUNDS; i++) {
      await begin(m, ['backup1']);
      await rest(m, 0);
      await m.silence(0);
      const first = await broken(i);
      await reach(m, 1);
      await m.heal(0);
      const second = await broken(i + 1);
      await rest(m, 0);
      t.strictSame(await state(), before, `there ${first}, back ${second}: the operator’s settings`);
      t.equal(await m.read(ROLE), undefined);
    }
  });
}
