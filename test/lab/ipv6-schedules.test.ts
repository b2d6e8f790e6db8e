// The whole program on a real kernel, while lines fail at random, in one family or in both; what must be true all the time.
// By hand, from another seed and for longer: SEED=100 SEEDS=20 STEPS=60 npx tap --timeout 3000 test/lab/ipv6-schedules.test.ts
import { readFile, writeFile } from 'node:fs/promises';
import tap, { type Test } from 'tap';
import { createRandom, type Random } from '../random.js';
import type { Ipv6 } from './ipv6/ipv6.js';
import { expectQuiet6, QUICK, rounds, scenario6, stateOf } from './ipv6/scenario.js';
import type { Lab } from './lab.js';

const SEED = Number(process.env.SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? 4);
const STEPS = Number(process.env.STEPS ?? 8);
const LINES = [1, 2];
type Family = 'four' | 'six';
const FAMILIES: Family[] = ['four', 'six'];

tap.jobs = 4;

/** A line as it is, whatever the router knows of it. */
interface Truth extends Record<Family, boolean> {
  plugged: boolean;
}

const STRANGERS = [
  'route add 2001:db8:f00::/48 via fe80::2 dev eth0 metric 5',
  'route add default via fe80::2 dev eth0 metric 9000 proto static',
  'rule add from 2001:db8:f03::/48 table 77 pref 500',
];

class Schedule {
  private readonly truths: Truth[] = LINES.map(() => ({ four: true, six: true, plugged: true }));
  readonly mode;

  constructor(
    private readonly t: Test,
    private readonly lab: Lab,
    private readonly six: Ipv6,
    private readonly random: Random,
    /** All that is there without us. */
    private readonly untouched: string[],
  ) {
    this.mode = random.pick(['failover', 'multiuplink'] as const);
  }

  private works(i: number, family: Family): boolean {
    const truth = this.truths[i - 1];
    return truth?.plugged === true && truth[family];
  }

  /** The line that carries what has an address of line i; undefined where none works. */
  private carrier(i: number): number | undefined {
    const working = LINES.filter((line) => this.works(line, 'six'));
    return this.mode === 'multiuplink' && working.includes(i) ? i : working[0];
  }

  /** Something happens; returns it in words. */
  private async strike(): Promise<string> {
    const { lab, six, random } = this;
    const i = random.pick(LINES);
    const truth = this.truths[i - 1] as Truth;
    const what = random.pick(['four', 'six', 'six', 'both', 'cable'] as const);
    if (what === 'cable') {
      await (truth.plugged ? lab.unplug(i) : six.plug(i));
      truth.plugged = !truth.plugged;
    } else {
      const families = what === 'both' ? FAMILIES : [what];
      for (const family of families) truth[family] = !truth[family];
      await six.heal(i);
      if (!truth.four) await lab.silence(i);
      if (!truth.six) await six.silence(i);
    }
    return `line ${i}: ${JSON.stringify(truth)}`;
  }

  async step(): Promise<void> {
    const { t, lab, six, random } = this;
    const before = LINES.map((i) => this.carrier(i));
    const table = await this.steering();
    const watched = before.flatMap((line, at) => (line === undefined ? [] : [{ at, traffic: six.traffic(at + 1) }]));
    const words = `${this.mode}, ${await this.strike()}`;
    if (random.below(4) === 0) await lab.mwan('check', { by: ['timeout', '-s', 'KILL', random.fraction().toFixed(2)] });
    await this.forgive();
    const { exitCode, stdout, stderr } = await rounds(lab, 2);
    const after = LINES.map((i) => this.carrier(i));
    for (const { at, traffic } of watched) {
      const { sent, lost } = await traffic.stop();
      // Whose line worked before and works now has nothing to do with it.
      if (before[at] === after[at]) t.equal(lost, 0, `${words}; of prefix ${at + 1}, ${lost} of ${sent} lost`);
    }
    await this.judge(words);
    if (!after.some(Boolean) && !before.some(Boolean))
      t.strictSame(await this.steering(), table, `${words}: nothing moves`);
    const isAny = LINES.some((i) => FAMILIES.some((family) => this.works(i, family)));
    t.equal(exitCode, isAny ? 0 : 1, `${words}: ${stdout} ${stderr}`);
    await expectQuiet6(t, lab);
    if (random.below(6) === 0) await this.restore();
  }

  private async judge(words: string): Promise<void> {
    const { t, lab, six } = this;
    // Routes come before the translation: what was sent in between is lost.
    await six.forget();
    for (const i of LINES) {
      for (const family of FAMILIES) {
        const name = `wan${i}${family === 'six' ? '/ipv6' : ''}`;
        t.equal((await stateOf(lab, name)).status === 'up', this.works(i, family), `${words}: ${name}`);
      }
      const isOnline = this.carrier(i) !== undefined;
      t.equal(await six.reaches(i), isOnline, `${words}: hosts of prefix ${i}`);
    }
    for (const i of LINES) t.strictSame(await six.foreign(i), {}, `${words}: what ISP ${i} drops`);
    const isFour = LINES.some((i) => this.works(i, 'four'));
    t.equal(await lab.reaches(), isFour, `${words}: IPv4`);
    const now = new Set(await this.all());
    t.strictSame(
      this.untouched.filter((line) => !now.has(line)),
      [],
      `${words}: what is not ours`,
    );
  }

  /** Nothing of ours is left. */
  async restore(): Promise<void> {
    await this.lab.mwan('restore');
    this.t.strictSame([...(await this.all())].sort(), [...this.untouched].sort(), 'restored');
    await this.lab.mwan('check');
  }

  private async all(): Promise<string[]> {
    return withoutFlags(await this.six.everything());
  }

  /** What leads traffic: a line without a link is not probed. */
  private async steering(): Promise<string[]> {
    const routes = (await this.six.ours()).filter((route) => !/metric 40{8}\d/.test(route));
    return withoutFlags([...routes, await this.six.table()]);
  }

  /** As if no line had fallen before: one that does so again and again is not trusted so soon. */
  private async forgive(): Promise<void> {
    const text = await readFile(this.lab.state, 'utf8');
    await writeFile(
      this.lab.state,
      text.replaceAll(/^falls=.*$/gm, 'falls=0').replaceAll(/^last_good=\d.*$/gm, 'last_good=0.00'),
    );
  }
}

/** What the kernel says of a route while a cable is out. */
const withoutFlags = (lines: string[]) => lines.map((line) => line.replaceAll(/ (linkdown|dead)\b/g, '').trimEnd());

for (let seed = SEED; seed < SEED + SEEDS; seed++) {
  scenario6(`schedule ${seed}`, [{}, {}], {}, async (t, lab, six) => {
    for (const line of STRANGERS) await lab.router.ip(`-6 ${line}`);
    const schedule = new Schedule(t, lab, six, createRandom(7919 * seed), withoutFlags(await six.everything()));
    await six.configure(QUICK, { mode: schedule.mode });
    await lab.mwan('check');
    for (let step = 0; step < STEPS && t.passing(); step++) await schedule.step();
    await schedule.restore();
  });
}
