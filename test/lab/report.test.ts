import { writeFile } from 'node:fs/promises';
import tap from 'tap';
import { scenario } from './scenario.js';

tap.jobs = 4;

scenario('status', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const early = await lab.mwan('status');
  t.equal(early.exitCode, 3);
  t.equal(early.stderr, 'mini-mwan: no round has run yet\n  run: mini-mwan check --verbose');
  await lab.mwan('check');
  const well = await lab.mwan('status');
  t.equal(well.exitCode, 0);
  const [head, wan1, wan2, , first, second, third, fourth, , last, ...rest] = well.stdout.split('\n');
  t.equal(head, 'WAN   STATUS  SINCE  DEVICE  GATEWAY     RTT      LOSS  FAILURES');
  t.match(wan1, /^wan1 {2}up {6}\d s +eth1 {4}100\.64\.1\.1 {2}\d+\.\d+ ms {2}0 % {3}0\/2 {7}\* in use$/);
  t.match(wan2, /^wan2 {2}up .* 0\/2$/);
  t.equal(first, '* default via 100.64.1.1 dev eth1 metric 10');
  t.equal(second, '  default via 100.64.2.1 dev eth2 metric 20');
  t.equal(third, '  default via 100.64.1.1 dev eth1 metric 1001');
  t.equal(fourth, '  default via 100.64.2.1 dev eth2 metric 1002');
  t.match(last, /^last round \d+ s ago, took [\d.]+ m?s, 2 changes$/);
  t.strictSame(rest, [], 'all is well, nothing to look at');

  await lab.silence(1);
  await lab.mwan('check');
  const ill = await lab.mwan('status');
  t.match(ill.stdout, /^wan1 {2}down .* 100 % {2}2\/2 {7}no reply from 1\.1\.1\.1, 8\.8\.8\.8$/m);
  t.match(ill.stdout, /^wan2 .*\* in use$/m);
  t.match(ill.stdout, /^wan1 has been down for \d+ s: no reply .* Look at: ping -c 3 -I eth1 1\.1\.1\.1$/m);

  await lab.router.ip('route del default dev eth2 metric 20');
  await lab.router.ip('route add default via 100.64.1.1 dev eth1 metric 10 proto 77');
  const events = await lab.monitor(async () => {
    const { stdout } = await lab.mwan('status');
    t.match(stdout, /^! default via 100.64.1.1 dev eth1 metric 10$/m, 'should not be there');
    t.match(stdout, /^! default via 100.64.2.1 dev eth2 metric 20 {2}missing$/m);
    t.match(stdout, /the kernel differs from the last round in 2 routes/);
  });
  t.strictSame(events, [], 'it only looks');

  await lab.silence(2);
  await lab.mwan('check');
  t.equal((await lab.mwan('status')).exitCode, 1, 'no WAN is up');
  const json = JSON.parse((await lab.mwan('status --json')).stdout);
  t.match(json, { mode: 'failover', last_round: { changes: Number }, wans: [{ name: 'wan1', status: 'down' }, {}] });
  t.equal(json.wans[1].in_use, true);
});

scenario('status without a configuration, and after the clock went back', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.router.run('sed', ['-i', 's/^timestamp=.*/timestamp=9999999999/', lab.state]);
  t.match((await lab.mwan('status')).stdout, /^the clock has gone back by \d+ d/m);
  await writeFile(lab.config, 'nonsense');
  const { stdout, stderr, exitCode } = await lab.mwan('status');
  t.equal(exitCode, 0);
  t.match(stdout, /^wan1 {2}up .*\* in use$/m);
  t.match(stderr, /^mini-mwan: .*, line 1: expected config/);
  await lab.router.run('sed', ['-i', 's/^boot_id=.*/boot_id=other/', lab.state]);
  t.match((await lab.mwan('status')).stdout, /^no round since the router started; run: mini-mwan check$/m);
});

scenario('check --json, --verbose and colour', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const { stdout, stderr } = await lab.mwan('check --json');
  t.equal(stderr, '');
  t.match(JSON.parse(stdout), {
    exit_code: 0,
    transitions: [{ name: 'wan1', from: 'unknown', to: 'up' }, { name: 'wan2' }],
    changes: ['+ default via 100.64.1.1 dev eth1 metric 10', '+ default via 100.64.2.1 dev eth2 metric 20'],
  });
  await lab.silence(2);
  const verbose = await lab.mwan('check --verbose');
  t.equal(verbose.stdout, 'wan2 (eth2) down: no reply from 1.1.1.1, 8.8.8.8');
  const [wan1, wan2, command, summary] = verbose.stderr.split('\n');
  t.match(
    wan1,
    /^wan1 {2}eth1 {2}link up, via 100\.64\.1\.1 {2}1\.1\.1\.1 not asked, 8\.8\.8\.8 \d+\.\d+ ms {2}up, 0 of 2 failures$/,
    'one target of a line that answers, in its turn',
  );
  t.match(
    wan2,
    /^wan2 {2}eth2 {2}link up, via 100\.64\.2\.1 {2}1\.1\.1\.1 lost, 8\.8\.8\.8 lost +down, 2 of 2 failures$/,
  );
  t.equal(command, '[#] ip route del default via 100.64.2.1 dev eth2 metric 20 proto 77');
  t.match(summary, /^1 change, \d\.\d s$/);
  // script(1) gives it a terminal.
  const onTerminal = async (more: string, env = {}) => {
    const words = `${lab.program.join(' ')} status --config ${lab.config} --state ${lab.state} ${more}`;
    return (await lab.router.run('script', ['-qec', words, '/dev/null'], { env, reject: false })).stdout;
  };
  t.match(await onTerminal(''), '\x1b[31mdown');
  t.notMatch(await onTerminal('--no-color'), '\x1b');
  t.notMatch(await onTerminal('', { NO_COLOR: '1' }), '\x1b');
  t.notMatch((await lab.mwan('status')).stdout, '\x1b', 'nor into a pipe');
});

scenario('validate', [{ systemMetric: 0 }, {}], async (t, lab) => {
  await lab.configureAll();
  const one = await lab.mwan('validate');
  t.match(one.stdout, /^warning: interface 'wan1': the default route of eth1 has no metric/m);
  t.equal(one.exitCode, 0);

  await lab.configureAll({ metric: 10, colour: 'blue', weight: 1000 });
  await lab.router.sysctl('net.ipv4.conf.eth2.rp_filter=1');
  const many = await lab.mwan('validate');
  t.match(many.stdout, /line 10: option colour 'blue': unknown option; ignored\n {4}known here: enabled, device, /);
  t.match(many.stdout, /line 11: option weight '1000': not a number from 1 to 100; using 100/);
  t.match(
    many.stdout,
    /interface 'wan2': metric 10 is that of 'wan1' already.*\n {4}in the interface section number 2: option metric '20'/,
  );
  t.match(many.stdout, /rp_filter of eth2 is 1: .*\n {4}sysctl -w net.ipv4.conf.eth2.rp_filter=2/);
  t.match(many.stdout, /7 problems; WANs: wan1, wan2$/);
  await lab.router.run('sysctl', ['-q', '-w', 'net.ipv4.conf.eth2.rp_filter=2']);
  t.notMatch((await lab.mwan('validate')).stdout, /rp_filter/, 'the remedy works');

  const wan = { device: 'eth1', ping_target: '1.1.1.1' };
  await lab.configure({ single: wan });
  t.match((await lab.mwan('validate')).stdout, /fewer than two WANs/);
  await lab.configure({});
  const none = await lab.mwan('validate');
  t.equal(none.exitCode, 2);
  t.match(none.stdout, /^error: no WAN is left that can be used/m);
  await lab.configure({ gone: { ...wan, device: 'eth9' }, wan2: { ...wan, device: 'eth2' } }, { enabled: 0 });
  t.match((await lab.mwan('validate')).stdout, /disabled; option enabled/);

  await lab.configureAll();
  await lab.router.ip('route del default dev eth1');
  await lab.router.ipAll(['link add vpn0 type bridge', 'link set vpn0 up', 'route add default dev vpn0 metric 1']);
  const outranked = await lab.mwan('validate');
  t.match(outranked.stdout, /warning: a default route of vpn0 is not ours and outranks every WAN/);
  const [, remedy = ''] = /if it is not meant to: ip (route del .*)/.exec(outranked.stdout) ?? [];
  await lab.router.ip(remedy);
  t.notMatch((await lab.mwan('validate')).stdout, /vpn0/, 'the remedy works');

  for (const program of ['ip', 'ping']) {
    const { stdout, exitCode } = await lab.mwan('validate', { hide: [program] });
    t.match(stdout, new RegExp(`^error: the program '${program}' is not there`, 'm'));
    t.equal(exitCode, 2);
  }
  await lab.replace('ip', 'exec busybox ip "$@"');
  t.match((await lab.mwan('validate')).stdout, /error: this 'ip' knows no -json .*\n {4}on OpenWrt 24.10: opkg update/);
  const json = JSON.parse((await lab.mwan('validate --json')).stdout);
  t.match(json, { works: false, problems: [{ fatal: true }] });
});

scenario(
  'validate names netifd sections, and a default that must not be outranked',
  [{ systemMetric: 5 }, { systemMetric: 'none' }],
  async (t, lab) => {
    const wan = (name: string, metric: number) => ({ interface: name, metric, ping_target: '1.1.1.1' });
    await lab.configure({ dsl: wan('wan', 10), lte: wan('wwan', 20), typo: wan('wna', 30) });
    await lab.netifd({ wan: '100.64.1.1', wwan: '100.64.2.1' });
    const { stdout } = await lab.mwan('validate');
    t.match(stdout, /uci set network\.wwan\.metric=1020; uci commit network; ubus call network reload/);
    t.match(stdout, /interface 'typo': 'wna' is not known to netifd; it has: wan, wwan/);
    await lab.router.ipAll(['link add vpn0 type bridge', 'link set vpn0 up', 'route add default dev vpn0 metric 1']);
    t.match((await lab.mwan('validate')).stdout, /default route of vpn0, which is no WAN, is left in charge/);
  },
);

scenario('changes staged with uci count', [{}, {}], async (t, lab) => {
  // What uci would print with its staged changes, and the file that says that there are some.
  await lab.configureAll();
  const { stdout: text } = await lab.router.run('cat', [lab.config]);
  await lab.replace(
    'uci',
    `test "$*" = "export mini-mwan" && cat <<'END'\npackage mini-mwan\n${text.replaceAll('eth1', 'eth2')}\nEND`,
  );
  await writeFile(`${lab.folder}/staged`, 'mini-mwan.wan1.device=eth2\n');
  // An /etc and a /tmp of its own, that nobody else sees and that leave nothing behind, however this ends.
  const [upper, work] = [`${lab.folder}/tmp`, `${lab.folder}/work`];
  const script = `mount -t tmpfs none /etc && mkdir /etc/config && cp ${lab.config} /etc/config &&
    mkdir ${upper} ${work} && mount -t overlay overlay -o lowerdir=/tmp,upperdir=${upper},workdir=${work} /tmp &&
    mkdir -p /tmp/.uci && cp ${lab.folder}/staged /tmp/.uci/mini-mwan
    PATH=${lab.bin}:$PATH ${lab.program.join(' ')} validate
    chown 1234 /tmp/.uci; echo; PATH=${lab.bin}:$PATH ${lab.program.join(' ')} validate`;
  const { stdout: both } = await lab.router.run('sh', ['-c', script], { reject: false });
  const [stdout = '', exposed] = both.split('\n\n');
  t.notMatch(stdout, 'as root');
  t.match(exposed, '/tmp/.uci: it belongs to user 1234, and could have mini-mwan do anything as root');
  t.match(stdout, /interface 'wan2': it has the same device as interface 'wan1'; left out/);
  t.notMatch(stdout, /line \d/, "the lines of the merged text are nobody's");
});

scenario('validate, of what else decides where packets go', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  t.notMatch((await lab.mwan('validate')).stdout, /rules|offload/);
  await lab.router.ip('rule add pref 2001 fwmark 0x100/0x3f00 lookup 1');
  t.match((await lab.mwan('validate')).stdout, /rules come before all routes \(ip rule, priority 2001\)/);
  await lab.router.ip('rule del pref 2001');
  t.notMatch((await lab.mwan('validate')).stdout, /rules/, 'the remedy works');
  // No kernel here can make such a table: what nft of OpenWrt prints.
  const table =
    'table inet fw4 {\n flowtable ft {\n  hook ingress priority filter\n  devices = { eth1 }\n  flags offload\n }\n}';
  await lab.replace('nft', `cat <<'END'\n${table}\nEND`);
  t.match((await lab.mwan('validate')).stdout, /hardware flow offload is on/);
  await lab.replace('nft', `cat <<'END'\n${table.replace('  flags offload\n', '')}\nEND`);
  t.notMatch((await lab.mwan('validate')).stdout, /offload/);
  t.equal((await lab.mwan('validate', { hide: ['nft'] })).exitCode, 0);
});
