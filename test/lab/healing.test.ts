import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

tap.jobs = 2;

/** netifd, as far as a round asks it, and its programs: `ifup` gets a line its address, if there is a lease for it. */
async function standIn(lab: Lab, names = ['wan', 'wanb']) {
  const entry = (name: string, i: number) =>
    `{"interface":"${name}","metric":0,"pending":'$(cat ${lab.folder}/${name}.pending || echo false)',` +
    `"autostart":'$(cat ${lab.folder}/${name}.autostart || echo true)',` +
    `"l3_device":"eth${i + 1}","route":[{"target":"0.0.0.0","mask":0,"nexthop":"100.64.${i + 1}.1"}]}`;
  await lab.replace('ubus', `exec 2>/dev/null; echo '{"interface":[${names.map(entry).join(',')}]}'`);
  await lab.replace('ifdown', `echo "ifdown $*" >>${lab.folder}/done`);
  const lease = names.map((name, i) => `${name}) i=${i + 1} ;;`).join(' ');
  await lab.replace(
    'ifup',
    `[ -e ${lab.folder}/$1.lease ] && { case $1 in ${lease} esac; ip addr add 100.64.$i.2/24 dev eth$i; ` +
      `ip route add default via 100.64.$i.1 dev eth$i metric 100$i; }; echo "ifup $*" >>${lab.folder}/done`,
  );
  return {
    /** What was done since the last time, once it is so much. */
    done: async (lines: number) => {
      const file = join(lab.folder, 'done');
      const read = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
      if (lines > 0) await until(async () => (await read()).length >= lines);
      const found = await read();
      await writeFile(file, '');
      return found;
    },
    /** The line has lost its address, and gets one again when it is started the next time after there is a lease. */
    lose: (i: number) => lab.router.ip(`addr flush dev eth${i}`),
    lease: (name: string) => writeFile(join(lab.folder, `${name}.lease`), ''),
    set: (name: string, what: 'pending' | 'autostart', value: boolean) =>
      writeFile(join(lab.folder, `${name}.${what}`), `${value}`),
  };
}

/** As if so many seconds had gone by for what is remembered of restarts, and of a WAN that is up. */
async function elapse(lab: Lab, seconds: number) {
  const text = await readFile(lab.state, 'utf8');
  const keys = 'silent_since|dialling_since|halted_since|restarted|restart_due|status_since_uptime';
  const back = (_: string, key: string, at: string) => `${key}=${Math.max(0, Number(at) - seconds).toFixed(2)}`;
  await writeFile(lab.state, text.replace(new RegExp(`^(${keys})=([\\d.]+)$`, 'gm'), back));
}

const status = async (lab: Lab) => (await lab.mwan('status')).stdout;
/** One lost packet is enough. */
const HASTY = { ping_target: TARGETS, ping_count: 1, ping_timeout: 1, failure_threshold: 1 };
const wans = (more: object = {}) => ({
  wan: { interface: 'wan', metric: 10, ...HASTY, restart_after: 100, ...more },
  wanb: { interface: 'wanb', metric: 20, ...HASTY, restart_after: 100, recovery_threshold: 1 },
});

/** A round that must restart nothing. */
async function expectNothing(t: Test, lab: Lab, done: (lines: number) => Promise<string[]>, what: string) {
  const { stderr } = await lab.mwan('check --verbose');
  t.notMatch(stderr, 'ifup', what);
  t.strictSame(await done(0), [], what);
}

scenario('a line that stays away is started again, ever more seldom', [{}, {}], async (t, lab) => {
  const { done, set, lose, lease } = await standIn(lab);
  await lab.configure(wans());
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  t.notMatch(await readFile(lab.state, 'utf8'), /restart|silent_since/, 'while all is well, nothing is remembered');
  await lose(1);
  await lab.mwan('check');
  t.match(await status(lab), /^wan: to be restarted in (1 min|\d\d s)$/m);
  await expectNothing(t, lab, done, 'it is not time');

  await elapse(lab, 100);
  await lab.mwan('check --dry-run');
  t.strictSame(await done(0), [], 'a plan restarts nothing');
  const { stdout, stderr } = await lab.mwan('check --verbose');
  t.match(stderr, '[#] ifdown wan\n[#] ifup wan\nwan: restarted 0 s ago, again in 3 min\n');
  t.equal(stdout, '');
  t.strictSame(await done(2), ['ifdown wan', 'ifup wan']);
  t.match(await status(lab), /^wan: restarted \d s ago, again in 3 min$/m);
  await elapse(lab, 150);
  await expectNothing(t, lab, done, 'the second time is later');
  await elapse(lab, 60);
  const json = JSON.parse((await lab.mwan('check --json')).stdout);
  t.match(json, {
    restart: { name: 'wan', number: 2 },
    wans: [{ restarts: 2, restarted_s: 0, next_restart_s: 400 }, {}],
  });
  t.notOk('restarts' in json.wans[1]);
  await done(2);

  await set('wan', 'pending', true);
  await lab.mwan('check');
  await elapse(lab, 390);
  await set('wan', 'pending', false);
  await lab.mwan('check');
  await elapse(lab, 20);
  await set('wan', 'pending', true);
  await expectNothing(t, lab, done, 'netifd has just begun to dial it');
  await elapse(lab, 101);
  await lab.mwan('check');
  t.strictSame(await done(2), ['ifdown wan', 'ifup wan'], 'but it dials in vain');

  await elapse(lab, 3000);
  await lab.silence(2);
  await expectNothing(t, lab, done, 'not in a round in which another line falls');
  await elapse(lab, 600);
  await lab.mwan('check');
  await lab.mwan('check');
  t.strictSame((await done(4)).sort(), ['ifdown wan', 'ifdown wanb', 'ifup wan', 'ifup wanb'], 'one each round');

  await lease('wan');
  await elapse(lab, 5000);
  await lab.mwan('check');
  await lab.mwan('check');
  t.match(await status(lab), /^wan +down/m);
  await done(4);
  await lab.mwan('check');
  t.match(await status(lab), /^wan +up/m, 'the restart has brought it back');
  t.equal(await lab.exit(), 'eth1');
  t.match(await status(lab), /^wanb +down/m, 'and the other one not');
  await lab.heal(2);
  await lab.mwan('check');
  await elapse(lab, 5000);
  await expectNothing(t, lab, done, 'who answers is left alone');
  t.notMatch(await readFile(lab.state, 'utf8'), /restart|silent_since/, 'after a while it begins anew');
});

scenario('what is not started again', [{}, {}], async (t, lab) => {
  const { done, set } = await standIn(lab);
  await lab.configure(wans());
  await lab.mwan('check');
  await lab.unplug(1);
  await set('wan', 'autostart', false);
  await lab.mwan('check');
  await elapse(lab, 1000);
  await expectNothing(t, lab, done, 'somebody has taken it down');
  await set('wan', 'autostart', true);
  await elapse(lab, 1000);
  await lab.replace('ubus', 'exit 1');
  await expectNothing(t, lab, done, 'netifd is silent');
  await standIn(lab, ['lan']);
  await expectNothing(t, lab, done, 'netifd does not know it');
  await standIn(lab);
  await lab.mwan('check --verbose', { hide: ['ping'] });
  t.strictSame(await done(0), [], 'nothing can be learned');
  await lab.configure({ ...wans({ restart_after: 0 }) });
  await expectNothing(t, lab, done, 'nobody asks for it');
  t.notMatch(await readFile(lab.state, 'utf8'), /restart|silent_since/);
});

onEachEngine('a program of the user’s, or one of netifd’s that hangs', [{}, {}], async (t, lab) => {
  const program = join(lab.bin, 'again');
  await lab.replace('again', `echo "$* $ACTION $WAN $NEW_STATUS: $REASON" >>${lab.folder}/done; exec sleep 1000`);
  await chmod(program, 0o777);
  await lab.replace('logger', `[ "$1" = -t ] && cat >>${lab.folder}/log`);
  const line = (i: number) => ({ device: `eth${i}`, ...HASTY, restart_after: 100, restart_program: program });
  await lab.configure({ wan1: line(1), wan2: { ...line(2), restart_program: '/nowhere' } });
  t.match((await lab.mwan('validate')).stdout, "interface 'wan2': there is no program /nowhere");
  await lab.mwan('check');
  await lab.unplug(1);
  await lab.mwan('check');
  await elapse(lab, 101);
  const { ms } = await lab.mwan('check');
  t.ok(ms < 30_000, `the round did not wait, ${ms} ms`);
  const read = () => readFile(join(lab.folder, 'done'), 'utf8').catch(() => '');
  await until(async () => (await read()) !== '');
  t.equal(await read(), 'wan1 eth1 disconnected wan1 interface_down: eth1 has no carrier\n');
  t.equal(await lab.exit(), 'eth2');
  t.match(await readFile(join(lab.folder, 'log'), 'utf8'), `${program}: others may write it, and could have`);

  const plain = { device: 'eth1', ...HASTY, restart_after: 100 };
  await lab.configure({ wan1: plain });
  t.match((await lab.mwan('validate')).stdout, 'option restart_after does nothing: there is no netifd');
  await lab.mwan('check');
  t.notMatch(await status(lab), 'again in', 'nobody could do it');
});
