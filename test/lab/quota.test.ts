import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { type Lab, until } from './lab.js';
import { scenario } from './scenario.js';

tap.jobs = 2;

const LINE = { ping_timeout: 1, ping_count: 1, recovery_threshold: 1 };

/** The router carries so many times 2.9 kB by wan1, there and back. */
async function carry(lab: Lab, packets: number): Promise<void> {
  await lab.router.run('ping', ['-q', '-f', '-c', `${packets}`, '-s', '1400', '-I', 'eth1', '1.1.1.1']);
}

/** All that is in RAM is gone. */
async function restart(lab: Lab): Promise<void> {
  for (const name of await readdir(lab.folder))
    if (name.startsWith('mini-mwan.status')) await rm(join(lab.folder, name));
}

/** What it says that wan1 has used. */
async function used(lab: Lab): Promise<number> {
  const { quotas } = JSON.parse((await lab.mwan('status --json')).stdout);
  return quotas[0].used_bytes;
}

/** What the device has counted. */
async function counted(lab: Lab): Promise<number> {
  const counter = async (way: string) =>
    Number((await lab.router.run('cat', [`/sys/class/net/eth1/statistics/${way}_bytes`])).stdout);
  return (await counter('rx')) + (await counter('tx'));
}

scenario('what a line has used, across a restart of the router', [{}, {}], async (t, lab) => {
  const [flash, heard] = [join(lab.folder, 'flash'), join(lab.folder, 'heard')];
  await lab.router.run('mkdir', ['-m', '755', flash]);
  const path = join(flash, 'quota');
  const plugin = join(lab.folder, 'plugin');
  await writeFile(plugin, `#!/bin/sh\necho "$STATE $KEY $LEVEL $TITLE: $REASON" >>${heard}\n`, { mode: 0o755 });
  const alerts = async () => (await readFile(heard, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const wans = (quota?: string, more = {}) => ({
    wan1: { device: 'eth1', metric: 10, ping_target: '1.1.1.1', ...LINE, ...(quota ? { quota } : {}), ...more },
    wan2: { device: 'eth2', metric: 20, ping_target: '1.1.1.1', ...LINE },
  });
  const configure = async (quota?: string) => {
    await lab.configure(wans(quota), quota ? { quota_path: path } : {});
    const text = await readFile(lab.config, 'utf8');
    await writeFile(lab.config, `${text}\nconfig plugin 'tell'\n\toption type 'alert'\n\toption program '${plugin}'\n`);
  };
  await configure();
  await lab.mwan('check');
  t.notOk((await readdir(lab.folder)).includes('mini-mwan.status.quota'), 'nothing, unless it is asked for');
  t.equal(JSON.parse((await lab.mwan('status --json')).stdout).quotas, undefined);

  await configure('2M');
  await lab.mwan('check');
  t.equal(await used(lab), 0, 'what was before counts not');
  const begun = await counted(lab);
  await carry(lab, 200);
  await lab.mwan('check');
  const first = await used(lab);
  const real = (await counted(lab)) - begun;
  t.ok(first > 200 * 2800 && Math.abs(first - real) < 50_000, `${first} of ${real} bytes`);
  t.strictSame(await alerts(), []);
  t.match(await readFile(path, 'utf8'), `[${Math.floor(Date.now() / 86_400_000)},`, 'flash has it');

  await restart(lab);
  // Its counters begin at nothing, as they do then.
  await lab.mwan('check');
  t.equal(await used(lab), first, 'it is not forgotten');
  const before = await readFile(path, 'utf8');
  await carry(lab, 350);
  await lab.mwan('check');
  await until(async () => (await alerts()).length > 0, 30_000);
  t.match(await alerts(), [
    /^begin wan-quota-75:wan1 warning .*: wan1 75 % of its data used \(warning\): 1\.\d MB of 2\.0 MB used since \d{4}-\d\d-01 \(\d\d %\)$/,
  ]);
  await carry(lab, 200);
  await lab.mwan('check');
  await until(async () => (await alerts()).length > 1, 30_000);
  await lab.mwan('check');
  t.match(await alerts(), [/75/, /^begin wan-quota-95:wan1 error /], 'each once');
  t.not(await readFile(path, 'utf8'), before, 'more than one part in a hundred');
  const then = await readFile(path, 'utf8');
  await carry(lab, 100);
  await lab.mwan('check');
  t.equal(await readFile(path, 'utf8'), then, 'but not again within minutes');

  const all = await used(lab);
  t.match(
    (await lab.mwan('status')).stdout,
    /^wan1: 2\.\d MB of 2\.0 MB used since .* \(1\d\d %\), nothing left until /m,
  );
  const metrics = (await lab.mwan('metrics')).stdout;
  t.match(metrics, `mini_mwan_wan_quota_used_bytes{wan="wan1"} ${all}\n`);
  t.match(metrics, /^mini_mwan_wan_quota_left_bytes\{wan="wan1"\} 0$/m);

  await configure('50G');
  await lab.mwan('check');
  await until(async () => (await alerts()).length > 3, 30_000);
  t.match((await alerts()).slice(2), [/^end wan-quota-75:wan1 .*less of its data is used/, /^end wan-quota-95:wan1/]);

  await restart(lab);
  await writeFile(path, before.slice(0, 50));
  t.match(
    (await lab.mwan('check')).stderr,
    /quota: .*quota was damaged; it is now .*quota\.corrupt, and counting begins/,
  );
  t.equal((await lab.mwan('check')).stderr, '', 'once');
  await configure('1M');
  await restart(lab);
  const large = 'x'.repeat(2_000_000);
  await writeFile(path, large);
  t.match((await lab.mwan('check')).stderr, /quota: .*quota cannot be read: .*; what was used before is not counted/);
  for (let round = 0; round < 2; round++) {
    await carry(lab, 100);
    await lab.mwan('check');
  }
  t.equal(await readFile(path, 'utf8'), large, 'what cannot be read is not written over');
  await rm(flash, { recursive: true });
  t.match(
    (await lab.mwan('validate')).stdout,
    /option quota_path: the folder .*flash is not there: a restart .* forgets/,
  );
  await configure('1M');
  await carry(lab, 100);
  await lab.mwan('check');
  await restart(lab);
  await lab.mwan('check');
  await carry(lab, 100);
  t.match(
    (await lab.mwan('check')).stderr,
    /quota: .* cannot be written: .*; a restart of the router forgets what was used/,
  );
  t.equal((await lab.mwan('check')).exitCode, 0, 'no round minds');
});
