// By hand, for more: SEEDS=2000 npx tap --disable-coverage test/actuators/six/schedules.test.ts
import tap from 'tap';
import { createRandom } from '../../random.js';
import { Schedule } from './schedule.js';

const SEEDS = Number(process.env.SEEDS ?? 200);
const ROUNDS = 25;

tap.test('both families fail separately and together, prefixes change, rounds are killed', async (t) => {
  let rounds = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const schedule = new Schedule(createRandom(seed));
    try {
      for (let round = 0; round < ROUNDS; round++) {
        await schedule.next();
        rounds += 1;
      }
    } catch (error) {
      t.fail(`seed ${seed}, ${(error as Error).message}`);
      for (const line of schedule.told.slice(-12)) t.comment(line);
      break;
    }
  }
  t.equal(rounds, SEEDS * ROUNDS);
});
