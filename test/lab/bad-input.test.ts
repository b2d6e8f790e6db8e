import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import tap, { type Test } from 'tap';
import { takePrecedence } from '../precedence.js';
import type { Lab } from './lab.js';
import { scenario as labScenario } from './scenario.js';

takePrecedence();

tap.jobs = 4;

/** A lab in which a first round has run well, so that there are routes to lose. */
function scenario(name: string, body: (t: Test, lab: Lab) => Promise<unknown>) {
  labScenario(name, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    t.equal((await lab.mwan('check')).exitCode, 0);
    await body(t, lab);
  });
}

/** A command that goes wrong: its exit code, one message with our name in front, no stack trace, no route lost. */
async function expectTrouble(
  t: Test,
  lab: Lab,
  exitCode: number,
  message: RegExp,
  options: Parameters<Lab['mwan']>[1] = {},
) {
  const before = await lab.routes();
  const result = await lab.mwan('check', options);
  t.match(result.stderr, message);
  t.match(result.stderr, /^mini-mwan: /);
  t.equal(result.stderr.split('mini-mwan: ').length - 1, 1, 'it is said once');
  t.notMatch(result.stderr, / at .*:\d+:\d+/, 'no stack trace');
  t.equal(result.exitCode, exitCode);
  t.strictSame(await lab.routes(), before);
  t.ok(await lab.reaches());
  return result;
}

scenario('configurations that cannot be read', async (t, lab) => {
  const cases: [string | Buffer, RegExp][] = [
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), /line 1: a binary file, not text/],
    ["config interface 'wan1\n\toption device 'eth1'\n", /line 2: the quote ' is never closed/],
    ["option device 'eth1'\n", /line 1: option stands before the first config/],
    ['hello world\n', /line 1: expected config, option or list, found "hello"/],
  ];
  for (const [text, message] of cases) {
    await writeFile(lab.config, text);
    await expectTrouble(t, lab, 2, message);
  }
  await rm(lab.config);
  await expectTrouble(t, lab, 2, /there is no configuration /);
  await mkdir(lab.config);
  await expectTrouble(t, lab, 2, /cannot be read: it is a directory/);
});

scenario('a WAN that cannot be used is left out, and the others go on', async (t, lab) => {
  const good = { device: 'eth2', metric: 20, ping_target: '1.1.1.1' };
  // Where the name of the device is unreadable, the one of the rounds before is known, and its default is still a WAN's. A
  // default through a device that is no WAN is never outranked: with nobody on eth1, it stays in charge.
  const cases: [Record<string, string>, RegExp, string[]?][] = [
    [{ device: '../eth1' }, /option device '\.\.\/eth1': not the name of a network device/, ['eth2']],
    [{ device: 'eth 1' }, /option device 'eth 1': not the name/, ['eth2']],
    [{ device: 'abcdefghijklmnop' }, /option device 'abcdefghijklmnop': not the name/, ['eth2']],
    [{ device: '-eth1' }, /option device '-eth1': not the name/, ['eth2']],
    [{ device: 'eth1\x1b[2J' }, /option device 'eth1\?\[2J': not the name/, ['eth2']],
    [{ device: 'eth2', ping_target: '8.8.8.8' }, /interface 'wan1': it has the same device as interface 'wan0'/],
    [
      { device: 'eth1', ping_target: 'one.one.one.one' },
      /option ping_target 'one.one.one.one': not the IPv4/,
      ['eth2'],
    ],
    [{ device: 'eth1', ping_target: '1.1.1.1 ; halt' }, /option ping_target 'halt': not the IPv4/, ['eth1', 'eth2']],
  ];
  for (const [options, message, devices = []] of cases) {
    await lab.configure({ wan0: good, wan1: { metric: 10, ping_target: '127.0.0.1', ...options } });
    const { stderr, exitCode } = await lab.mwan('check');
    t.match(stderr, message);
    t.notMatch(stderr, '\x1b');
    t.equal(exitCode, 0);
    const ours = (await lab.ours()).map((line) => / dev (\S+)/.exec(line)?.[1]);
    t.strictSame(ours, devices);
    t.ok(await lab.reaches());
  }
});

scenario('the same complaint is made once', async (t, lab) => {
  await lab.configureAll({ metric: 'ten' });
  t.match((await lab.mwan('check')).stderr, /line 7: option metric 'ten': not a number from 1 to 899; using 10\n/);
  t.equal((await lab.mwan('check')).stderr, '');
  t.match((await lab.mwan('check --verbose')).stderr, /option metric 'ten'/, 'unless asked');
  t.match((await lab.mwan('status')).stdout, /option metric 'ten'/);
});

scenario('a state file that cannot be used', async (t, lab) => {
  const cases: [string, string | Buffer][] = [
    ['empty', ''],
    ['binary', Buffer.from([0, 255, 1, 254])],
    ['truncated', (await readFile(lab.state, 'utf8')).slice(0, -200)],
    ['the Lua program', 'mode=failover\ntimestamp=1\ncheck_interval=30\n\n[eth1]\ndevice=eth1\nstatus=up\n'],
  ];
  for (const [what, text] of cases) {
    await writeFile(lab.state, text);
    await expectTrouble(t, lab, 0, /is no state file, or not whole; it is now .*\.corrupt/);
    t.strictSame(await readFile(`${lab.state}.corrupt`), Buffer.from(text), `${what}: set aside as it was`);
    t.equal((await lab.mwan('check')).stderr, '', 'and that was it');
  }
});

scenario('a state path that cannot be written', async (t, lab) => {
  await rm(lab.state);
  await mkdir(lab.state);
  const { stderr, exitCode } = await lab.mwan('check');
  t.match(stderr, /cannot be read: it is a directory; nothing is remembered\n.*cannot be written: it is a directory/);
  t.equal(exitCode, 0);
  t.strictSame(
    (await readdir(lab.folder)).filter((name) => name.endsWith('.tmp')),
    [],
    'no leftovers',
  );
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'it fails over all the same');
});

scenario('a state path that is a device', async (t, lab) => {
  await lab.router.run('mknod', [`${lab.folder}/null`, 'c', '1', '3']);
  const [engine = '', ...words] = lab.program;
  const args = [...words, '--config', lab.config, '--state', `${lab.folder}/null`];
  const { stderr } = await lab.router.run(engine, args);
  t.match(stderr, /cannot be written: it is no regular file/);
  t.ok((await stat(`${lab.folder}/null`)).isCharacterDevice(), 'it is still there');
});

scenario('nobody reads the answer', async (t, lab) => {
  await lab.silence(1);
  const line = `${lab.program.join(' ')} -v --config ${lab.config} --state ${lab.state} 2>&1 | true`;
  await lab.router.run('sh', ['-c', line]);
  t.equal(await lab.exit(), 'eth2', 'the round goes on');
  const status = line.replace(' -v ', ' status ').replace('| true', '| head -n 1');
  t.equal((await lab.router.run('bash', ['-c', `set -o pipefail; ${status}`])).stdout.split('\n').length, 1);
});

scenario('ip that cannot be used', async (t, lab) => {
  await expectTrouble(t, lab, 3, /the program 'ip' is not there.*\n.*opkg install ip-full/, { hide: ['ip'] });
  const cases: [string, RegExp][] = [
    ['exec busybox ip "$@"', /knows no -json \(BusyBox has a small one\).*\n.*opkg install ip-full/],
    ['exit 3', /'ip -j' could not be used: exit 3/],
    ['echo "Error: something" >&2; exit 1', /exit 1; nothing was changed\n {2}Error: something/],
    ['echo nonsense', /printed what is not JSON/],
    ['yes "[]" | tr -d "\\n"', /printed far too much/],
    ['echo "[]"; echo "{}"', /printed what is not JSON/],
    ['kill -9 $$', /ended by SIGKILL/],
  ];
  for (const [script, message] of cases) {
    await lab.replace('ip', script);
    await expectTrouble(t, lab, 3, message);
  }
});

scenario('ip that hangs', async (t, lab) => {
  await lab.replace('ip', 'sleep 60');
  const { ms } = await expectTrouble(t, lab, 3, /'ip -j' could not be used: no end after 10 s/);
  t.ok(ms < 15_000);
});

scenario('ip that reads but refuses to write', async (t, lab) => {
  await lab.replace(
    'ip',
    'case "$*" in "-batch -") echo "RTNETLINK answers: Operation not permitted" >&2; echo "Command failed -:1" >&2; exit 1;; esac; exec /sbin/ip "$@"',
  );
  await lab.silence(1);
  const { exitCode, stderr } = await lab.mwan('check');
  t.equal(exitCode, 4);
  t.match(
    stderr,
    /does not take or keep this: ip route del default via 100.64.1.1 dev eth1 metric 10 proto 77\n.*Operation not permitted/,
  );
});

scenario('ping that cannot be used', async (t, lab) => {
  await expectTrouble(t, lab, 3, /ping could not be used: not/, { hide: ['ping'] });
  // None of them says what the one before said: that would be said once.
  const cases: [string, RegExp][] = [
    ['sleep 60', /ping could not be used: no end after 3 s/],
    ['exit 2', /ping could not be used: printed nothing/],
    ['echo nonsense', /ping could not be used: nonsense/],
    ['echo "ping: something" >&2; exit 2', /ping could not be used: ping: something/],
    ['cat /dev/urandom', /ping could not be used: printed far too much/],
  ];
  for (const [script, message] of cases) {
    await lab.replace('ping', script);
    const { ms } = await expectTrouble(t, lab, 3, message);
    t.ok(ms < 10_000, 'what hangs is stopped');
    t.match((await lab.mwan('status')).stdout, /wan1 +up .*\nwan2 +up /, 'the verdicts stay');
  }
});

scenario('ping that hangs on one WAN', async (t, lab) => {
  await lab.replace('ping', 'case "$*" in *eth1*) sleep 60;; esac; exec /bin/ping "$@"');
  const { ms } = await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(ms < 9000, `${ms} ms`);
});

scenario('ubus that cannot be used', async (t, lab) => {
  for (const script of ['exit 4', 'echo nonsense', 'echo "{}"', 'echo \'{"interface":{}}\'']) {
    await lab.replace('ubus', script);
    await expectTrouble(t, lab, 0, /netifd cannot be asked/);
    await rm(lab.state);
  }
});

scenario('a netifd with a thousand interfaces, and nonsense among them', async (t, lab) => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ interface: `vlan${i}`, up: true, l3_device: `eth0.${i}` }));
  const odd = [
    {},
    null,
    7,
    { interface: 3 },
    { interface: 'x', l3_device: [], route: 'none' },
    { interface: 'y', route: [null] },
  ];
  const wan = {
    interface: 'wan',
    l3_device: 'eth1',
    metric: 0,
    route: [{ target: '0.0.0.0', mask: 0, nexthop: '100.64.1.1' }],
  };
  await lab.configure({ wan1: { interface: 'wan', ping_target: '1.1.1.1' } });
  await lab.replace('ubus', `cat <<'END'\n${JSON.stringify({ interface: [...odd, ...many, wan] })}\nEND`);
  t.match(await lab.mwan('check'), { stderr: '', exitCode: 0 });
  t.equal(await lab.exit(), 'eth1');
});

scenario('a WAN by netifd interface survives a netifd that is silent', async (t, lab) => {
  const wan = (name: string, metric: number) => ({ interface: name, metric, ping_target: ['1.1.1.1', '8.8.8.8'] });
  await lab.configure({ wan1: wan('a', 10), wan2: wan('b', 20) });
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.1' });
  await lab.mwan('check');
  const before = await lab.ours();
  await lab.replace('ubus', 'exit 4');
  const { exitCode } = await lab.mwan('check');
  t.equal(exitCode, 0);
  t.strictSame(await lab.ours(), before);
});

scenario('a state file or a lock that others have put there', async (t, lab) => {
  const victim = `${lab.folder}/victim`;
  await writeFile(victim, 'precious');
  await lab.router.run('ln', ['-sf', victim, lab.state]);
  const linked = await lab.mwan('check');
  t.match(linked.stderr, /status cannot be read: it is a symbolic link; nothing is remembered$/);
  t.equal(await readFile(victim, 'utf8'), 'precious');
  t.match(await readFile(lab.state, 'utf8'), /^status=up$/m, 'it was replaced');

  for (const file of [lab.state, `${lab.state}.lock`]) await lab.router.run('chown', ['1234', file]);
  const strange = await lab.mwan('check');
  t.match(strange.stderr, /status cannot be read: it belongs to user 1234; nothing is remembered$/m);
  t.match(strange.stderr, /no lock against other rounds: .*\.lock: it belongs to user 1234$/m);
  t.equal(strange.exitCode, 0);
  t.equal(await lab.exit(), 'eth1');
  t.notMatch((await lab.mwan('check --verbose')).stderr, /cannot be read/, 'the state is ours again');
});

scenario('a folder that cannot be written', async (t, lab) => {
  await lab.silence(1);
  const { stderr } = await lab.system('mount -o remount,ro,bind /run && mini-mwan check --verbose');
  t.match(stderr, /no lock against other rounds: \/var\/run\/mini-mwan.status.lock: the file system is read-only/);
  t.match(stderr, /mini-mwan.status cannot be written: the file system is read-only; the next round remembers nothing/);
  t.equal(await lab.exit(), 'eth2', 'the round does its work');
});
