import { existsSync } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { execa } from 'execa';
import tap from 'tap';
import { Lab } from './lab.js';

tap.test('several labs at once, and nothing is left of them', async (t) => {
  const labs = await Promise.all([Lab.create(), Lab.create([{}, { tunnel: true }, {}])]);
  const [first, second] = labs as [Lab, Lab];
  const names = labs
    .flatMap((lab) => [lab.router, lab.client, lab.internet, ...lab.isps])
    .map((host) => host.namespace);
  const traffic = second.traffic();
  await first.silence(1);
  t.notOk(await first.reaches());
  t.ok(await second.reaches(), 'what is broken in one is whole in the other');
  await first.heal(1);
  t.ok(await first.reaches());
  t.match(await traffic.stop(), { lost: 0 });

  const here = async () => (await execa('ip', ['netns', 'list'])).stdout;
  const spaces = await Promise.all(names.map(async (name) => `net:[${(await stat(`/run/netns/${name}`)).ino}]`));
  /** Processes in the namespaces of these labs: others may run at the same time. */
  const busy = async () => {
    const all = (await readdir('/proc')).map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => ''));
    return (await Promise.all(all)).filter((space) => spaces.includes(space)).length;
  };
  for (const name of names) t.match(await here(), name);
  first.traffic();
  t.ok((await busy()) > 1, 'pings, and the ends of a tunnel');
  for (const lab of labs) lab.remove();
  for (const name of names) t.notMatch(await here(), name);
  for (const { folder } of labs) t.notOk(existsSync(folder));
  t.equal(await busy(), 0);
});

tap.test('what a test leaves when it dies goes with its process', async (t) => {
  const script = `import('./test/lab/lab.ts').then(async ({ Lab }) => {
    const lab = await Lab.create();
    console.log(lab.router.namespace, lab.folder);
    throw new Error('a test that fails');
  })`;
  const { stdout, exitCode } = await execa(process.execPath, [...process.execArgv, '-e', script], { reject: false });
  const [namespace = '', folder = ''] = stdout.split(' ');
  t.match(namespace, /^mwan-/);
  t.equal(exitCode, 1);
  t.notMatch((await execa('ip', ['netns', 'list'])).stdout, namespace);
  t.notOk(existsSync(folder));
});

tap.test('faults', async (t) => {
  const lab = await Lab.create();
  t.teardown(lab.remove);
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(1, 0.5);
  const traffic = lab.traffic();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { sent, lost } = await traffic.stop();
  t.ok(lost > sent * 0.3 && lost < sent * 0.7, `${lost} of ${sent} lost`);
  await lab.silence(1);
  t.equal(
    (await lab.router.run('ping', ['-c1', '-W1', '100.64.1.1'], { reject: false })).exitCode,
    0,
    'the gateway answers',
  );
  t.notOk(await lab.reaches());
  await lab.heal(1);
  await lab.unplug(1);
  t.match(await lab.router.ip('link show dev eth1'), 'NO-CARRIER');
  t.match(await lab.routes(), [/default via 100.64.1.1 dev eth1 .*linkdown/], 'the routes stay');
  await lab.plug(1);
  await lab.changeGateway(1);
  t.ok(await lab.reaches());
  t.match(await lab.routes(), [/via 100.64.1.254/]);
});
