// A path of IPv6 falls silent, again and again, while cron's helper is at work: whose hosts are online by the other one, and how soon.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { takePrecedence } from '../precedence.js';
import { createRandom } from '../random.js';
import { scenario6 } from './ipv6/scenario.js';
import { FORGET, type Lab, until } from './lab.js';

/** s, of check_interval: rounds that find silence take about as long, and each trial some of it. */
const INTERVAL = 5;
/** s beyond check_interval until hosts must be online again. */
const SILENCE = 6;
const LABS = 4;
/** Of each lab. */
const TRIALS = 5;
/** ms that it may take until all is as before. */
const PATIENCE = 60_000;

tap.jobs = LABS;

takePrecedence();

const stateOf = (lab: Lab) => readFile(join(lab.folder, 'run/mini-mwan.status'), 'utf8').catch(() => '');

/** All four paths are well, and the last round, which is over, had nothing to do. */
async function isSettled(lab: Lab): Promise<boolean> {
  const text = await stateOf(lab);
  return (
    text.match(/^status=up$/gm)?.length === 4 &&
    /^changes=0$/m.test(text) &&
    !/^unfinished=1|^failures=[^0]/m.test(text)
  );
}

/** s that the last round took, which found nothing: more than nothing where other work keeps the machine busy. No excuse for more. */
async function slowness(lab: Lab): Promise<number> {
  return Math.min(1, Number(/^duration=(.*)$/m.exec(await stateOf(lab))?.[1]) / 1000);
}

const SEED = Number(process.env.SEED ?? Date.now());

for (let n = 1; n <= LABS; n++) {
  scenario6(`${TRIALS} trials, lab ${n}, SEED=${SEED}`, [{}, {}], {}, async (t, lab, six) => {
    const random = createRandom(SEED + n);
    await six.configure({}, { mode: 'multiuplink', check_interval: INTERVAL });
    const { minute } = await lab.scripts();
    lab.system(`while :; do sh ${minute} & sleep 60; done`).catch(() => {});
    await until(() => isSettled(lab), PATIENCE).catch(async () => t.fail(await stateOf(lab)));
    const before = await six.everything();
    for (let trial = 1; trial <= TRIALS; trial++) {
      await sleep(random.fraction() * INTERVAL * 1000);
      const [dead, other] = random.shuffle([1, 2]) as [number, number];
      const [busy, neighbours] = [await slowness(lab), six.traffic(other)];
      const begun = performance.now();
      await six.silence(dead);
      while (!(await six.reaches(dead, undefined, 0.3)) && performance.now() - begun < PATIENCE) await sleep(50);
      const taken = (performance.now() - begun) / 1000;
      t.ok(
        taken <= INTERVAL + SILENCE + busy,
        `lab ${n}, ${trial}: online by line ${other} after ${taken.toFixed(1)} s`,
      );
      t.strictSame(await six.foreign(other), {}, 'and by nothing that its ISP drops');
      await six.heal(dead);
      await lab.system(`flock /run/mini-mwan.status.lock sed -i '${FORGET}' /run/mini-mwan.status`);
      await until(() => isSettled(lab), PATIENCE).catch(async () => t.fail(await stateOf(lab)));
      t.strictSame(await six.everything(), before, 'back without a trace');
      const { sent, lost } = await neighbours.stop();
      t.ok(sent > 100 && lost === 0, `those of the other prefix lost ${lost} of ${sent}`);
    }
  });
}
