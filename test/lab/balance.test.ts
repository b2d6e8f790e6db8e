import { readFile, writeFile } from 'node:fs/promises';
import tap, { type Test } from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 3;

/** Enough packets in a round to judge by. */
const MEASURED = { ping_count: 6, ping_timeout: 1 };

async function configure(lab: Lab, balance: string, more: Record<string, string | number>[] = [{}, {}]) {
  const wan = (i: number) => ({ device: `eth${i}`, ping_target: TARGETS, ...MEASURED, ...more[i - 1] });
  await lab.configure(
    { wan1: wan(1), wan2: wan(2) },
    { mode: 'multiuplink', sticky: Number(balance === 'latency'), balance },
  );
}

/** As if other shares had been right for a minute, and the last move were an hour ago. */
async function aMinuteLater(lab: Lab) {
  const text = await readFile(lab.state, 'utf8');
  await writeFile(lab.state, text.replace(/^balance_differs=\d.*$/m, 'balance_differs=0.00'));
}

/** 400 flows of the LAN client, within 10 points of these percentages. */
async function expectShares(t: Test, lab: Lab, wanted: [number, number]) {
  const shares = (await lab.flows(400)).map((count) => count / 4);
  const isNear = shares.every((share, i) => Math.abs(share - (wanted[i] as number)) <= 10);
  t.ok(isNear, `${shares.join(', ')} % for ${wanted.join(', ')} %`);
}

const shares = async (lab: Lab) => {
  const { stdout } = await lab.mwan('status --json');
  return JSON.parse(stdout).balance.shares.map(({ percent }: { percent: number }) => percent);
};

/** This kernel cannot delay packets: ping's answers are given the ms that a file beside it has for the device. */
async function delays(lab: Lab, ms: [number, number]) {
  const [first, second] = ms.map((value) => `s/time=[0-9.]*/time=${value}.5/`);
  await lab.replace(
    'ping',
    `case "$*" in *eth1*) edit='${first}' ;; *) edit='${second}' ;; esac\n/usr/bin/ping "$@" | sed "$edit"`,
  );
}

scenario(
  'latency: all on the fastest, and no flow that is in use moves when that changes',
  [{}, {}],
  async (t, lab) => {
    await delays(lab, [10, 40]);
    await configure(lab, 'latency');
    t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
    await lab.mwan('check');
    await expectShares(t, lab, [100, 0]);
    await expectQuiet(t, lab);

    await delays(lab, [400, 40]);
    await lab.mwan('check');
    const { stdout } = await lab.mwan('check --verbose');
    t.match(
      stdout,
      /^shared by latency: wan1 100 %, wan2 0 %; other shares have been right for \d+ s, and count after 60 s$/m,
    );
    const before = await lab.paths(400);
    await expectShares(t, lab, [100, 0]);
    await aMinuteLater(lab);
    t.match(
      (await lab.mwan('check')).stdout,
      /^shared by latency: wan1 0 %, wan2 100 %\n~ nexthop/,
      'it says what it changes',
    );
    t.strictSame(await lab.paths(400), before, 'flows in use');
    t.strictSame(await shares(lab), [0, 100]);
    t.match(await lab.router.ip('nexthop show id 77000000'), /group 77000001\/77000002,256 /);
    await expectQuiet(t, lab);
  },
);

scenario('quality: less for who loses packets', [{}, {}], async (t, lab) => {
  await configure(lab, 'quality');
  await lab.mwan('check');
  await expectShares(t, lab, [50, 50]);
  await lab.loseSome(2);
  for (let i = 0; i < 8; i++) await lab.mwan('check');
  await aMinuteLater(lab);
  await lab.mwan('check');
  await lab.heal(2);
  const [first, second] = await shares(lab);
  t.ok(first >= 55 && first <= 80, `${first} : ${second}`);
  await expectShares(t, lab, [first, second]);
});

/** What has gone by the first line so far: bytes, and when. */
async function sent(lab: Lab): Promise<{ bytes: number; at: number }> {
  const [, bytes] = /\bTX:.*\n *(\d+)/.exec(await lab.router.ip('-s link show eth1')) ?? [];
  return { bytes: Number(bytes), at: performance.now() };
}

/** Resolves when three times what it is configured for has gone by it since then, for a second at least. */
async function isFull(lab: Lab, since: { bytes: number; at: number }): Promise<void> {
  await until(async () => {
    const { bytes, at } = await sent(lab);
    return at - since.at > 1000 && (bytes - since.bytes) * 8 > 900 * (at - since.at);
  });
}

scenario('load: by what is free', [{}, {}], async (t, lab) => {
  await configure(lab, 'load', [{ bandwidth_down: 300 }, { bandwidth_down: 100 }]);
  const begun = await sent(lab);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  await expectShares(t, lab, [75, 25]);
  // Somebody fills the first one: what counts is the rate since the round before, however long ago that was.
  const flood = lab.router.start('ping', ['-q', '-I', 'eth1', '-s', '20000', '-i', '0.01', '1.1.1.1']);
  flood.catch(() => {});
  await isFull(lab, begun);
  await lab.mwan('check');
  t.match((await lab.mwan('status')).stdout, /^shared by load: wan1 75 %, wan2 25 %; other shares/m);
  await isFull(lab, await sent(lab));
  await aMinuteLater(lab);
  await lab.mwan('check');
  flood.kill();
  const [first, second] = await shares(lab);
  t.ok(first <= 45, `${first} : ${second}, as the first is full of somebody else’s`);
  await expectShares(t, lab, [first, second]);
  await configure(lab, 'static');
  await lab.mwan('check');
  t.notMatch(await readFile(lab.state, 'utf8'), /balance/, 'nothing is left of it');
  await expectShares(t, lab, [50, 50]);
});
