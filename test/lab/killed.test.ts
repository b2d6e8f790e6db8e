// A sample of all kills. By hand: TORTURE=200 npx tap --timeout 3000 test/lab/killed.test.ts for every one of them, and so many
// at random moments. SEED=n for another sample.
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import tap, { type Test } from 'tap';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { createRandom } from '../random.js';
import { type Kill, killAtFiles, killAtMoments, killChildren, killMain } from './kills.js';
import { Lab } from './lab.js';

const TORTURE = process.env.TORTURE === undefined ? undefined : Number(process.env.TORTURE);
const SEED = Number(process.env.SEED ?? 1);
/** Labs of one situation that work at the same time: rounds mostly wait. */
const LABS = 2;
const QUICK = { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 };
/** An address in either half of the Internet. */
const HALVES = ['1.1.1.1', '200.1.1.1'];

/** What a round finds that is about to be killed. */
interface Situation {
  name: string;
  /** Brings the lab there; quiet rounds follow. */
  prepare(lab: Lab): Promise<void>;
  /** Breaks or heals, unnoticed: the round that is killed would act. */
  spoil(lab: Lab): Promise<void>;
  /** Devices by which the client may leave when the round has been killed: as if it had not begun, or as if it had ended. */
  may: string[];
  /** The one that is right. */
  right: string;
  /** All lines that may be used work: the client must not go offline for a moment. */
  online: boolean;
}

/** Refused at once: a line that is silent would let every round wait for a second. */
const breakLine = (lab: Lab, i: number) => lab.isp(i).nft('flush chain ip lab cut\nadd rule ip lab cut reject');

const FAILOVER: Situation = {
  name: 'failover',
  prepare: async () => {},
  spoil: (lab) => breakLine(lab, 1),
  may: ['eth1', 'eth2'],
  right: 'eth2',
  online: false,
};
const FAILBACK: Situation = {
  name: 'failback',
  prepare: (lab) => breakLine(lab, 1),
  spoil: (lab) => lab.heal(1),
  may: ['eth1', 'eth2'],
  right: 'eth1',
  online: true,
};
const QUIET: Situation = {
  name: 'nothing new',
  prepare: async () => {},
  spoil: async () => {},
  may: ['eth1'],
  right: 'eth1',
  online: true,
};

/** A lab in a situation, to which it can be set back. */
class Ordeal {
  private readonly saved: string;
  private before: string[] = [];
  private after: string[] = [];

  private constructor(
    readonly lab: Lab,
    readonly situation: Situation,
  ) {
    this.saved = join(lab.folder, 'saved');
  }

  /** The system's metrics are those of the WANs, so that each has two routes to be changed. */
  static async create(t: Test, situation: Situation): Promise<Ordeal> {
    const lab = await Lab.create([{ systemMetric: 10 }, { systemMetric: 20 }]);
    t.teardown(lab.remove);
    await lab.configureAll(QUICK);
    const ordeal = new Ordeal(lab, situation);
    await lab.mwan('check');
    await situation.prepare(lab);
    for (let i = 0; i < 2; i++) await lab.mwan('check');
    ordeal.before = await lab.ours();
    for (const file of await ordeal.files()) await cp(join(lab.folder, file), join(ordeal.saved, file));
    await situation.spoil(lab);
    await lab.mwan('check');
    ordeal.after = await lab.ours();
    return ordeal;
  }

  /** What rounds leave: the state and all that is beside it. */
  private async files(): Promise<string[]> {
    return (await readdir(this.lab.folder)).filter((name) => name.startsWith(basename(this.lab.state)));
  }

  async reset(): Promise<void> {
    const { lab } = this;
    for (const file of await this.files()) await rm(join(lab.folder, file));
    await cp(this.saved, lab.folder, { recursive: true });
    await lab.router.ip('route flush proto 77');
    await lab.router.ipAll(this.before.map((line) => `route add ${line} proto 77`));
  }

  /** What is wrong after a kill, in words. */
  async examine(): Promise<string[]> {
    const { lab, situation } = this;
    const wrong: string[] = [];
    const expect = (fine: boolean, words: string) => {
      if (!fine) wrong.push(words);
    };
    const exits = async () => Promise.all(HALVES.map((half) => lab.exit(half)));
    const meanwhile = await exits();
    expect(
      meanwhile.every((device) => situation.may.includes(device)),
      `it leaves by ${meanwhile}`,
    );
    expect(!situation.online || (await lab.reaches()), 'the client is offline');
    const text = await readFile(lab.state, 'utf8').catch(() => undefined);
    const state = text === undefined ? undefined : parseState(text);
    expect(text === undefined || (state !== undefined && formatState(state) === text), `state: ${text}`);
    // What it was starting may have the lock for a moment.
    const lock = await lab.router.run('flock', ['-w', '2', `${lab.state}.lock`, 'true'], { reject: false });
    expect(lock.exitCode === 0, 'the lock stays');

    const { exitCode, stderr } = await lab.mwan('check');
    expect(exitCode === 0 && stderr === '', `the next round: exit ${exitCode}, ${stderr}`);
    const then = await exits();
    expect(
      then.every((device) => device === situation.right),
      `after the next round it leaves by ${then}`,
    );
    expect(await lab.reaches(), 'after the next round the client is offline');
    const ours = await lab.ours();
    expect(ours.join() === this.after.join(), `after the next round: ${ours}`);
    const left = (await this.files()).filter((name) => !/status(\.json|\.lock|\.config)?$/.test(name));
    expect(left.length === 0, `left over: ${left}`);
    return wrong;
  }
}

/** A way to kill, and how many of its kills make a sample. */
type Way = [find: (lab: Lab) => Promise<Kill[]>, sample: number];

/** Kills rounds, looks each time at what comes of it, and lets the next round put it right. */
function suffer(situation: Situation, ...ways: Way[]) {
  tap.test(`killed: ${situation.name}`, async (t) => {
    const ordeals = await Promise.all(Array.from({ length: LABS }, () => Ordeal.create(t, situation)));
    const [first] = ordeals as [Ordeal];
    const random = createRandom(SEED);
    const chosen: Kill[] = [];
    for (const [find, sample] of ways) {
      await first.reset();
      const kills = await find(first.lab);
      t.comment(`${kills.length} ways, seed ${SEED}`);
      chosen.push(...(TORTURE === undefined ? random.shuffle(kills).slice(0, sample) : kills));
    }
    const work = ordeals.map(async (ordeal) => {
      for (let kill = chosen.shift(); kill; kill = chosen.shift()) {
        await ordeal.reset();
        await kill.commit(ordeal.lab);
        t.strictSame(await ordeal.examine(), [], kill.name);
      }
    });
    await Promise.all(work);
  });
}

tap.jobs = 3;
const moments = (lab: Lab) => killAtMoments(lab, createRandom(SEED), TORTURE ?? 3);
suffer(FAILOVER, [killMain, 4], [killAtFiles, 6], [killChildren, 4], [moments, 3]);
suffer(FAILBACK, [killMain, 4], [killAtFiles, 3], [killChildren, 2], [moments, 2]);
suffer(QUIET, [killAtFiles, 2]);
