import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { takePrecedence } from '../precedence.js';
import type { Lab } from './lab.js';
import { expectQuiet, onEachEngine, scenario } from './scenario.js';

takePrecedence();

tap.jobs = 5;

/** WAN 1 is dead and WAN 2 carries the traffic. */
async function onBackup(t: Test, lab: Lab) {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
}

scenario('a full /run: rounds go on, without a lock and without a memory', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.silence(1);
  const { stderr } = await lab.system(
    'mount -t tmpfs -o size=16k none /run && mini-mwan check; head -c 100k /dev/zero >/run/full 2>&-; mini-mwan check --verbose; ls /run',
  );
  t.match(stderr, /cannot be written: no space left; the next round remembers nothing/);
  t.notMatch(stderr, 'bug');
  t.equal(await lab.exit(), 'eth2');
});

scenario("a state of the future is another system's", [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.router.run('sed', ['-i', 's/^uptime=.*/uptime=99999999.00/', lab.state]);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  await expectQuiet(t, lab);
});

scenario('a configuration that breaks while the backup carries takes nothing away', [{}, {}], async (t, lab) => {
  await onBackup(t, lab);
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: '1.1.1.1' });
  for (const broken of [{ ping_target: 'one' }, { device: 'eth 2' }, { ping_target: '0.0.0.0' }]) {
    await lab.configure({ wan1: wan(1), wan2: { ...wan(2), ...broken } });
    t.equal((await lab.mwan('check')).exitCode, 1);
    t.equal(await lab.exit(), 'eth2', JSON.stringify(broken));
  }
  await lab.configure({ wan1: { ...wan(1), device: '-' }, wan2: { ...wan(2), device: '-' } });
  t.equal((await lab.mwan('check')).exitCode, 2);
  t.equal(await lab.exit(), 'eth2', 'nor when all of it is broken');
  await lab.configure({ wan1: wan(1), wan2: { ...wan(2), ping_target: 'one' } }, { enabled: 0 });
  await lab.mwan('check');
  t.strictSame(await lab.ours(), [], 'disabled is disabled');
  await lab.configure({ wan1: wan(1), wan2: wan(2) });
  await lab.mwan('check');
  await lab.configure({ wan1: { ...wan(1), device: 'e/1' }, wan2: wan(2) });
  t.equal((await lab.mwan('check')).exitCode, 0);
  t.equal(await lab.exit(), 'eth2', 'nor is the dead line a stranger for its typo');
});

scenario(
  'a default of last resort is not in charge when a line is gone',
  [{}, { systemMetric: 'none' }],
  async (t, lab) => {
    await lab.configureAll();
    await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
    await lab.router.ip('route add default via 192.168.1.2 dev eth0 metric 5000');
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth1');
    await lab.unplug(1);
    await lab.router.ip('route del default dev eth1 metric 1001');
    await lab.netifd({ wan: undefined, wanb: undefined });
    await lab.replace(
      'ubus',
      `echo '${JSON.stringify({ interface: [{ interface: 'wanb', metric: 0, l3_device: 'eth2', route: [{ target: '0.0.0.0', mask: 0, nexthop: '100.64.2.1' }] }] })}'`,
    );
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth2');
    t.ok(await lab.reaches());
  },
);

scenario('a netifd that is silent for once turns no verdict', [{}, { systemMetric: 'none' }], async (t, lab) => {
  const wan = (name: string, metric: number) => ({ interface: name, metric, ping_target: ['1.1.1.1', '8.8.8.8'] });
  await lab.configure({ wan1: wan('a', 20), wan2: wan('b', 10) });
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.1' });
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  await lab.replace('ubus', 'exit 7');
  const { stdout, stderr } = await lab.mwan('check');
  t.equal(stdout, '');
  t.match(stderr, /ubus call network.interface dump: exit 7/);
  t.equal(await lab.exit(), 'eth2');
});

scenario('a state that cannot be saved leaves no old one behind', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const fill = 'head -c 1M /dev/zero >/run/full 2>&-';
  await lab.silence(1);
  const { stdout } = await lab.system(
    `mount -t tmpfs -o size=32k none /run; cd /run; cp ${lab.state} . 2>&-; mini-mwan check; rm -f *.config; ${fill}; mini-mwan check; ls`,
  );
  t.match(stdout, /wan1 \(eth1\) down/);
  t.notMatch(stdout, /^mini-mwan\.status$/m);
  t.equal(await lab.exit(), 'eth2');
});

scenario('a name for our protocol in rt_protos', [{}, {}], async (t, lab) => {
  const before = await lab.routes();
  await lab.configureAll();
  await mkdir(join(lab.folder, 'etc/iproute2'), { recursive: true });
  await writeFile(join(lab.folder, 'etc/iproute2/rt_protos'), '77 mwan\n');
  await lab.system('mini-mwan check');
  t.equal((await lab.system('mini-mwan check')).stdout, '');
  t.equal((await lab.ours()).length, 2);
  await lab.system('mini-mwan restore');
  t.strictSame(await lab.routes(), before);
});

scenario(
  'an unreachable default behind the WANs keeps none from being probed',
  [{}, { systemMetric: 'none' }],
  async (t, lab) => {
    await lab.configureAll();
    await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
    await lab.router.ip('route add unreachable default metric 5000');
    t.match((await lab.mwan('check')).stdout, /wan1 \(eth1\) up.*\nwan2 \(eth2\) up/);
    await lab.silence(2);
    await lab.mwan('check');
    await lab.heal(2);
    for (let i = 0; i < 3; i++) {
      await lab.later();
      await lab.mwan('check');
    }
    t.match((await lab.mwan('status')).stdout, /^wan2 +up/m, 'it has recovered through its probe route');
  },
);

scenario('a kill switch in charge is said, and no line is blamed for it', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ip('route add unreachable default metric 5');
  const { stdout, stderr } = await lab.mwan('check');
  t.notMatch(stdout, 'down');
  t.match(stderr, /interface 'wan1': it cannot be probed: the unreachable default with metric 5 stands before it/);
  t.equal(await lab.exit(), 'nowhere');
});

scenario('a trial route where the highest metric is taken', [{}, {}, {}], async (t, lab) => {
  const wan = (i: number) => ({ device: `eth${i}`, ping_target: ['1.1.1.1', '8.8.8.8'] });
  await lab.configure({ wan1: wan(1), wan2: wan(2), wan3: wan(3) }, { mode: 'multiuplink' });
  await lab.router.ip('route add unreachable default metric 4294967295');
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.255', c: '100.64.3.1' });
  const { stderr } = await lab.mwan('check');
  t.match(stderr, /refused/);
  const flows = await lab.flows(100);
  t.equal(flows[1], 0);
  t.ok((flows[0] as number) > 20 && (flows[2] as number) > 20, flows.join());
});

scenario('two sections for one line, by device and by netifd interface', [{}, {}], async (t, lab) => {
  await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
  await lab.configure({
    a: { device: 'eth1', ping_target: '1.1.1.1' },
    b: { interface: 'wan', ping_target: '1.1.1.1' },
  });
  for (const command of ['check', 'validate']) {
    const { stdout, stderr } = await lab.mwan(command);
    t.match(stdout + stderr, /interface 'b': it has the same device as interface 'a'; left out/, command);
  }
  t.equal((await lab.ours()).length, 1);
});

onEachEngine('whoever starts it may ignore signals, and how children end', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const by = ['env', '--ignore-signal=CHLD,PIPE,INT,HUP'];
  t.match(await lab.mwan('check', { by }), { exitCode: 0, stderr: '' });
  await lab.replace('ip', 'exit 3');
  t.match(await lab.mwan('check', { by }), { exitCode: 3, stderr: /'ip -j' could not be used: exit 3/ });
});

scenario('names that are no names', [{}, {}], async (t, lab) => {
  await lab.configure({ __proto__x: { device: 'eth1', ping_target: '1.1.1.1' } });
  await lab.router.run('sed', ['-i', 's/__proto__x/__proto__/', lab.config]);
  await lab.mwan('check');
  t.equal((await lab.mwan('check')).stderr, '', 'the state file is whole');
  const hostile = (await readFile(lab.state, 'utf8'))
    .replace(/^device=.*/m, 'device=\x1b[2Jx')
    .replace(/^ping_target=.*/m, 'ping_target=; reboot')
    .replace(/^status=.*/m, 'status=down');
  await writeFile(lab.state, hostile);
  const { stdout } = await lab.mwan('status');
  for (const text of ['\x1b', 'reboot']) t.notMatch(stdout, text);
  await lab.replace('ip', 'printf "\\033[2J\\233" >&2; exit 1');
  const { stderr } = await lab.mwan('check');
  for (const text of ['\x1b', '\u009b']) t.notMatch(stderr, text);
});

scenario('a round killed after it judged is known to the next one', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  // The batch that would act by the new verdicts is where it dies.
  await lab.replace('ip', 'case "$*" in "-batch -") kill -9 $PPID;; esac; exec /sbin/ip "$@"');
  await lab.silence(1);
  await lab.mwan('check');
  t.match(await readFile(lab.state, 'utf8'), /^\[wan1\]\ndevice=eth1\nstatus=down$/m);
  t.ok((await stat(lab.state)).size > 500, 'it is whole');
  await lab.replace('ip', 'exec /sbin/ip "$@"');
  const { ms } = await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(ms < 4500, 'the line is not tried for long again');
});

scenario('a round that fails after it judged is known to the next one', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.replace('ip', 'case "$*" in "-batch -") kill -9 $$;; esac; exec /sbin/ip "$@"');
  await lab.silence(1);
  t.equal((await lab.mwan('check')).exitCode, 3);
  t.match(await readFile(lab.state, 'utf8'), /^\[wan1\]\ndevice=eth1\nstatus=down$/m);
});
