import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { QUICK, verdicts } from './fault.js';
import { type Lab, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 4;

/** s since the epoch: a router without a battery when it starts, and after 56 years. */
const [FIRST, LAST] = [10, 56 * 365 * 86_400];
/** How often a round reads the clock up to its beginning. */
const EARLY = 4;

/** The engine's wall clock; `jump`: it goes there in the middle of a round. The lab may not set the machine's. */
async function setClock(lab: Lab, seconds: number, jump = seconds): Promise<void> {
  const file = join(lab.folder, 'clock.js');
  await writeFile(
    file,
    `const now = Date.now;
    const begun = now();
    let read = 0;
    Date.now = () => 1000 * (read++ < ${EARLY} ? ${seconds} : ${jump}) + now() - begun;`,
  );
  const { stdout: engine } = await lab.router.run('sh', ['-c', 'command -v qjs']);
  await lab.replace('qjs', `exec ${engine} --include ${file} "$@"`);
}

scenario('a wall clock that jumps by 56 years, there and back', [{}, {}], async (t, lab) => {
  await lab.configureAll({ ...QUICK, recovery_threshold: 2, failback_delay: 6 });
  const check = async (seconds: number, jump?: number) => {
    await setClock(lab, seconds, jump);
    const { stdout, stderr, exitCode } = await lab.mwan('check');
    t.match({ stderr, exitCode }, { stderr: '', exitCode: 0 }, 'nothing to complain of');
    return stdout;
  };
  await check(FIRST);
  t.equal(await check(LAST), '', 'no verdict comes of it, and no change');
  await lab.silence(1);
  t.match(await check(LAST, FIRST), /^wan1 \(eth1\) down/);
  t.equal(await lab.exit(), 'eth2');
  await lab.heal(1);
  const begun = performance.now();
  await check(FIRST, LAST);
  await check(LAST, FIRST);
  if (performance.now() - begun < 6000)
    t.strictSame(await verdicts(lab), ['down', 'up'], '56 years are no failback delay');
  for (const seconds of [FIRST, LAST]) {
    await setClock(lab, seconds);
    const { stdout } = await lab.mwan('status');
    t.match(stdout, /^last round \d+ s ago/m);
    t.match(stdout, /^wan1 +down +\d+ s /m, 'ages are by uptime');
    t.equal((await lab.mwan('status --check')).exitCode, 0);
  }
  // Longer than the delay, and than good rounds must be apart.
  while (performance.now() - begun < 9000) await new Promise((resolve) => setTimeout(resolve, 500));
  t.match(await check(FIRST), /^wan1 \(eth1\) up/, 'the clock back in 1970, it fails back when it should');
  t.equal(await lab.exit(), 'eth1');
  await expectQuiet(t, lab);
});

/** A round after a restart of the machine, as far as it can be told: its boot id, and s since. */
async function after(lab: Lab, bootId: string, uptime: number, command = 'mini-mwan check') {
  await writeFile(join(lab.folder, 'boot_id'), `${bootId}\n`);
  await writeFile(join(lab.folder, 'uptime'), `${uptime.toFixed(2)} 0.00\n`);
  return lab.system(
    `mount --bind ${lab.folder}/boot_id /proc/sys/kernel/random/boot_id && mount --bind ${lab.folder}/uptime /proc/uptime && ${command}`,
  );
}

const BOOTS: [what: string, bootId: string, uptime: number][] = [
  ['a new boot, shortly after', '22222222-0000-4000-8000-000000000000', 30],
  ['a new boot, up for longer than the state is old', '22222222-0000-4000-8000-000000000000', 90_000],
  ['the same boot id, and less uptime: a container of another host', '11111111-0000-4000-8000-000000000000', 30],
];
for (const [what, bootId, uptime] of BOOTS) {
  scenario(`an old state file: ${what}`, [{}, {}], async (t, lab) => {
    const [state, old] = [join(lab.folder, 'run/mini-mwan.status'), '11111111-0000-4000-8000-000000000000'];
    await lab.configureAll({ ...QUICK, recovery_threshold: 3, failback_delay: 300 });
    await after(lab, old, 5000);
    await lab.silence(1);
    await after(lab, old, 5060);
    t.strictSame(await verdicts(lab, state), ['down', 'up']);

    // The routes of ours go with the kernel; the file may be on flash.
    await lab.router.ip('route flush proto 77');
    const looked = await after(lab, bootId, uptime, 'mini-mwan status');
    t.notMatch(looked.stdout + looked.stderr, /-\d|NaN|bug/, 'who looks first gets no nonsense');
    await lab.heal(1);
    const { stdout, stderr, exitCode } = await after(lab, bootId, uptime);
    t.match(
      stdout,
      /^wan1 \(eth1\) up: reply from .*\nwan2 \(eth2\) up: reply from /,
      'judged afresh, and used at once',
    );
    t.match({ stderr, exitCode }, { stderr: '', exitCode: 0 });
    t.equal(await lab.exit(), 'eth1');
    t.match(await readFile(state, 'utf8'), new RegExp(`^boot_id=${bootId}\\nuptime=${uptime}`, 'm'));
    await lab.silence(1);
    await after(lab, bootId, uptime + 60);
    t.equal(await lab.exit(), 'eth2', 'and it fails over as ever');
  });
}

// One WAN: of several, one that falls so often is held down.
scenario('fifty rounds leave what ten leave', [{}], async (t, lab) => {
  await lab.configureAll({ ...QUICK, ping_count: 3 });
  const footprint = async () => {
    // The kernel tries an address of IPv6 for a second or two before it gets its routes.
    await until(async () => (await lab.router.ip('-6 addr show tentative')) === '');
    const { stdout } = await lab.router.run('sh', [
      '-c',
      `ls -A ${lab.folder}; ip netns pids ${lab.router.namespace} | wc -l; ip route show table all | wc -l; ip nexthop | wc -l`,
    ]);
    const sizes = await lab.router.run('sh', ['-c', `cat ${lab.state}* | wc -c`]);
    return { stdout, size: Number(sizes.stdout) };
  };
  const cable = async (i: number) => {
    if (i % 10 === 3) await lab.unplug(1);
    if (i % 10 === 6) await lab.plug(1);
    if (i % 20 === 13) await lab.router.ip('route flush proto 77');
    await lab.mwan('check');
  };
  for (let i = 0; i < 10; i++) await cable(i);
  const before = await footprint();
  for (let i = 10; i < 60; i++) await cable(i);
  const now = await footprint();
  t.equal(now.stdout, before.stdout, 'files, processes, routes');
  t.ok(Math.abs(now.size - before.size) < 200, `${before.size} bytes, then ${now.size}`);
});
