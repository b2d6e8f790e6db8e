// Options of IPv6: for whom it is, and what is IPv6's own.
import tap from 'tap';
import { TARGETS6 } from './ipv6/ipv6.js';
import { netifd6 } from './ipv6/netifd.js';
import { QUICK, scenario6, stateOf } from './ipv6/scenario.js';
import { TARGETS } from './lab.js';

tap.jobs = 3;

scenario6('for one WAN alone', [{}, {}], {}, async (t, lab, six) => {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS, ...QUICK });
  await lab.configure({ wan1: { ...wan(1), ipv6: '1', ping_target6: TARGETS6 }, wan2: wan(2) });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.equal((await stateOf(lab, 'wan1/ipv6')).status, 'up');
  t.strictSame(await stateOf(lab, 'wan2/ipv6'), {}, 'the other has no such path');
  t.ok(await six.reaches(1));
});

scenario6('thresholds of its own', [{}, {}], {}, async (t, lab, six) => {
  await six.configure({ ...QUICK, recovery_threshold: 3, recovery_threshold6: 1 });
  await lab.mwan('check');
  await six.silenceAll(1);
  t.match((await lab.mwan('check')).stdout, /^wan1 .* down.*\n?[\s\S]*^wan1\/ipv6 .* down/m, 'both are told');
  await six.heal(1);
  await lab.later();
  const { stdout } = await lab.mwan('check');
  t.match(stdout, /^wan1\/ipv6 \(eth1\) up/m);
  t.notMatch(stdout, /^wan1 \(eth1\) up/m);
});

scenario6('by the names of netifd', [{}, {}], {}, async (t, lab, six) => {
  await netifd6(lab, six);
  const wan = (i: number, more: object) => ({
    interface: `wan${i}`,
    metric: 10 * i,
    ping_target: TARGETS,
    ping_target6: TARGETS6,
    ...QUICK,
    ...more,
  });
  await lab.configure({ wan1: wan(1, { interface6: 'wan1_6' }), wan2: wan(2, {}) }, { ipv6: 1, mode: 'multiuplink' });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  for (const i of [1, 2])
    t.match(await stateOf(lab, `wan${i}/ipv6`), { status: 'up', device: `eth${i}`, gateway: `fe80::${i}` });
  await six.silence(1);
  await lab.mwan('check');
  t.strictSame([await six.reaches(1), await six.reaches(2)], [true, true]);
});
