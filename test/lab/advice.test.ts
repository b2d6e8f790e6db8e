import { copyFile } from 'node:fs/promises';
import tap, { type Test } from 'tap';
import { type Lab, TARGETS } from './lab.js';
import { linesToPaste, paste, standIn } from './netifd.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 3;

const wan = (i: number, metric: number) => ({
  device: `eth${i}`,
  l3_device: `eth${i}`,
  proto: 'static',
  gateway: `100.64.${i}.1`,
  metric,
});
const byName = (lab: Lab) =>
  lab.configure({
    wan1: { interface: 'wan', metric: 10, ping_target: TARGETS },
    wan2: { interface: 'wanb', metric: 20, ping_target: TARGETS },
  });

/** What a command advises, its lines to paste, and that nobody is told to remove what netifd puts back. */
async function advised(t: Test, lab: Lab, command: string) {
  const { stdout, stderr } = await lab.mwan(command);
  t.notMatch(stdout + stderr, /ip route del/, command);
  return { text: stdout + stderr, lines: linesToPaste(stdout + stderr) };
}

for (const [what, metrics] of [
  ['', [5, 6]],
  [', which has taken the place of those of the WANs', [0, 0]],
] as const) {
  scenario(`a gateway on the LAN${what}`, [{ systemMetric: 'none' }, { systemMetric: 'none' }], async (t, lab) => {
    const lan = { device: 'eth0', l3_device: 'eth0', proto: 'static', gateway: '192.168.1.254' };
    await standIn(lab, { wan: wan(1, metrics[0]), wanb: wan(2, metrics[1]), lan });
    await byName(lab);
    const { text, lines } = await advised(t, lab, 'check');
    t.match(text, /mini-mwan: .* eth0.*\n.*it is the default of netifd's interface 'lan'/);
    t.equal(await lab.exit(), 'eth0');
    t.strictSame(
      (await advised(t, lab, 'validate')).lines.filter((line) => lines.includes(line)),
      lines,
    );

    const [remove = '', behind = ''] = lines;
    await paste(lab, remove);
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth1', 'the gateway removed');
    t.ok(await lab.reaches());
    await expectQuiet(t, lab);

    await paste(lab, 'uci set network.lan.gateway=192.168.1.254; uci commit network; ubus call network reload');
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth0');
    await paste(lab, behind);
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth1', 'the gateway behind the WANs');
    t.match(await lab.routes('default dev eth0'), [/via 192.168.1.254/]);
    await expectQuiet(t, lab);
  });
}

scenario('WANs that are not called as they are called here', [{}, {}], async (t, lab) => {
  // pppoe-wan is above eth1: here a bridge, as there is no PPP.
  await lab.router.ipAll([
    'addr del 100.64.1.2/24 dev eth1',
    'link add pppoe-wan type bridge',
    'link set eth1 master pppoe-wan',
    'link set pppoe-wan up',
    'addr add 100.64.1.2/24 dev pppoe-wan',
  ]);
  await lab.configure({
    wan1: { device: 'eth1', metric: 10, ping_target: TARGETS },
    wan2: { device: 'eth2@eth0', metric: 20, ping_target: TARGETS },
  });
  const masterOnly = await lab.mwan('validate');
  t.match(masterOnly.stdout, /eth1 is a port of pppoe-wan; use option device 'pppoe-wan'/);

  await standIn(lab, { wan: { ...wan(1, 5), l3_device: 'pppoe-wan', proto: 'pppoe' }, wanb: wan(2, 6) });
  const { text, lines } = await advised(t, lab, 'check');
  t.match(text, /'wan1': eth1 is the port below pppoe-wan, the device of netifd's interface wan/);
  t.match(text, /'wan2': there is no device eth2@eth0; 'ip link' shows so what is called eth2/);
  t.match((await advised(t, lab, 'validate')).lines, lines);
  for (const line of lines) await paste(lab, line);
  t.match((await lab.mwan('check')).stdout, /wan1 \(pppoe-wan\) up.*\nwan2 \(eth2\) up/);
  t.equal(await lab.exit(), 'pppoe-wan');
  t.ok(await lab.reaches());
});

scenario('a modem whose address is that of the router on the LAN', [{ systemMetric: 'none' }, {}], async (t, lab) => {
  await lab.isp(1).ip('addr add 192.168.1.1/24 dev wan');
  await lab.internet.ip('route add 192.168.1.0/24 via 10.255.1.1');
  await lab.router.ipAll(['addr del 100.64.1.2/24 dev eth1', 'addr add 192.168.1.100/24 dev eth1']);
  const lan = { device: 'eth0', l3_device: 'eth0', proto: 'static', ipaddr: '192.168.1.1/24' };
  // The kernel takes no such default, from netifd neither.
  const modem = { device: 'eth1', l3_device: 'eth1', proto: 'dhcp', metric: 5, gateway: '192.168.1.1' };
  await standIn(lab, { lan, wanb: wan(2, 6), wan: modem });
  await byName(lab);
  const { text, lines } = await advised(t, lab, 'check');
  t.match(text, /wan1 \(eth1\) no gateway: the gateway of eth1, 192.168.1.1, is an address of the router itself/);
  t.equal(await lab.exit(), 'eth2');
  t.equal(lines.length, 1);
  await paste(lab, lines[0] ?? '');
  t.match((await lab.mwan('check')).stdout, /wan1 \(eth1\) up/);
  t.match(await lab.router.ip('route get 1.1.1.1'), / dev eth1 /);
});

scenario('metrics of netifd that are equal', [{ systemMetric: 'none' }, { systemMetric: 'none' }], async (t, lab) => {
  await standIn(lab, { wan: wan(1, 7), wanb: wan(2, 7) });
  await byName(lab);
  t.equal((await lab.routes('default')).length, 1, 'netifd keeps one of them');
  const { text, lines } = await advised(t, lab, 'validate');
  t.match(text, /netifd has metric 7 for the defaults of 'wan1', 'wan2', and keeps only one of them/);
  t.equal(lines.length, 1);
  await paste(lab, lines[0] ?? '');
  t.match(await lab.mwan('validate'), { stdout: /: no problem; WANs: wan1, wan2$/ });
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await lab.mwan('restore');
  t.match(
    await lab.routes('default'),
    [/dev eth1 .*metric 1010/, /dev eth2 .*metric 1020/],
    'both are there without us',
  );
});

scenario('a WAN whose default netifd puts into another table', [{ systemMetric: 'none' }, {}], async (t, lab) => {
  await standIn(lab, { wan: { ...wan(1, 5), ip4table: 100 }, wanb: wan(2, 6) });
  await lab.router.ip('rule add pref 10000 from 100.64.1.2 lookup 100');
  await byName(lab);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1', 'it is used all the same');
  t.ok(await lab.reaches());
  const { text, lines } = await advised(t, lab, 'validate');
  t.match(text, /'wan1': netifd has the default of eth1 in table 100, and none in table main/);
  t.notMatch(text, /ip rule del/, 'the rule is that of netifd');
  t.notMatch(text, /eth1 has no metric/);
  for (const line of lines) await paste(lab, line);
  t.notMatch((await lab.mwan('validate')).stdout, /table 100/);
  t.match(await lab.routes('default dev eth1'), [/metric 5/]);
});

scenario('a modem, whose address another interface has', [{}, {}], async (t, lab) => {
  const modem = { l3_device: 'eth1', proto: 'mbim' };
  const { device: _, ...child } = wan(1, 0);
  await lab.router.ip('route del default dev eth1');
  await standIn(lab, { wwan: modem, wanb: wan(2, 6), wwan_4: { ...child, proto: 'dhcp', dynamic: true } });
  await lab.configure({
    lte: { interface: 'wwan', metric: 10, ping_target: TARGETS },
    wan2: { interface: 'wanb', metric: 20, ping_target: TARGETS },
  });
  t.match((await lab.mwan('check')).stdout, /lte \(eth1\) up/);
  t.equal(await lab.exit(), 'eth1');
  t.match((await advised(t, lab, 'validate')).lines, [
    'uci set network.wwan.metric=1010; uci commit network; ubus call network reload',
  ]);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
});

scenario('targets that cannot fail', [{}, {}], async (t, lab) => {
  const targets = ['100.64.1.1', '192.168.1.1', '1.1.1.1', '100.64.1.2'];
  await lab.configure({
    wan1: { device: 'eth1', metric: 10, ping_target: targets, reliability: 3, failure_threshold: 1 },
    wan2: { device: 'eth2', metric: 20, ping_target: '100.64.2.1', failure_threshold: 1 },
  });
  const { stderr } = await lab.mwan('check');
  t.match(stderr, /'wan1': ping_target '192.168.1.1': an address of the router itself \(eth0\), which always answers/);
  t.match(stderr, /'wan1': ping_target '100.64.1.2': an address of the router itself \(eth1\)/);
  t.match(stderr, /'wan1': ping_target '100.64.1.1': the other end of the line, .*; left out/);
  t.match(stderr, /'wan2': ping_target '100.64.2.1': the other end of the line, .*; add one beyond it/);
  t.match((await lab.mwan('validate')).stdout, /warning: interface 'wan2': ping_target '100.64.2.1'/);
  t.equal(await lab.exit(), 'eth1');
  await expectQuiet(t, lab);
  await lab.silence(1);
  t.match((await lab.mwan('check')).stdout, /wan1 \(eth1\) down: no reply from 1.1.1.1/);
  t.equal(await lab.exit(), 'eth2', 'the only target of the other one is better than none');
  t.ok(await lab.reaches('8.8.8.8'));
});

scenario('status tells what was left from what is wanted now', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await copyFile(lab.config, `${lab.state}.config`);
  const unchanged = await lab.mwan('status');
  t.notMatch(unchanged.stdout, /the configuration has changed/);
  const wans = { wan1: { device: 'eth1', metric: 30, ping_target: TARGETS } };
  await lab.configure({ ...wans, wan2: { device: 'eth2', metric: 20, ping_target: TARGETS } });
  const { stdout } = await lab.mwan('status');
  t.notMatch(stdout, /^!/m, 'all is as it was left');
  const change = '+ default via 100.64.1.1 dev eth1 metric 30, - default via 100.64.1.1 dev eth1 metric 10';
  t.match(stdout, `the configuration has changed since the last round; the next one would change ${change}`);
  t.match(JSON.parse((await lab.mwan('status --json')).stdout), {
    configuration_changed: true,
    next_changes: change.split(', '),
    missing_routes: [],
  });
  await lab.router.ip('route del default dev eth2 metric 20 proto 77');
  t.match((await lab.mwan('status')).stdout, /^! default via 100.64.2.1 dev eth2 metric 20 {2}missing$/m);
  await lab.mwan('check');
  await copyFile(lab.config, `${lab.state}.config`);
  t.equal(await lab.exit(), 'eth2');
  t.notMatch((await lab.mwan('status')).stdout, /^!|has changed/m);
});
