import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { takePrecedence } from '../precedence.js';
import { verdicts } from './fault.js';
import { type Lab, TARGETS, until } from './lab.js';
import { scenario } from './scenario.js';

takePrecedence();

tap.jobs = 3;

/** An event as netifd sends it. Resolves when the hook is back, to how long it took in ms. */
async function event(lab: Lab, env: Record<string, string>, shell = 'sh'): Promise<number> {
  const hook = join(lab.folder, 'lib/hook');
  const { stdout, stderr, ms } = await lab.system(
    `begun=$(date +%s%N); . ${hook}; echo $((($(date +%s%N) - begun) / 1000))`,
    {
      shell,
      env,
    },
  );
  if (stderr !== '') throw new Error(stderr);
  // A hook that has nothing to do exits, and the clock with it.
  return stdout === '' ? ms : Number(stdout) / 1000;
}

/** Lays down the hook. Resolves to a count of the rounds that it began; each begins with `first`, a shell command. */
async function countRounds(lab: Lab, first = ':'): Promise<() => Promise<number>> {
  const log = join(lab.folder, 'rounds');
  await lab.replace('logged', `echo "$*" >>${log}; ${first}; exec ${lab.program.join(' ')} "$@"`);
  await lab.scripts([join(lab.bin, 'logged')]);
  return async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`events that start a round, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    await lab.system('mini-mwan check');
    t.equal(await lab.exit(), 'eth1');
    await lab.unplug(1);
    // Who waits for this round waits for 5 s; who does not takes some 20 ms, and longer only on a busy machine.
    await countRounds(lab, 'sleep 5');
    const took = await event(lab, { ACTION: 'ifup', INTERFACE: 'wan', DEVICE: 'eth1' }, shell);
    t.ok(took < 4000, `${took} ms`);
    await until(async () => (await lab.exit()) === 'eth2', 20_000);
    t.pass('the round runs behind its back');
  });

  scenario(`events that do not, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    const rounds = await countRounds(lab);
    const idle: Record<string, string>[] = [
      { ACTION: 'ifup', INTERFACE: 'lan', DEVICE: 'eth0' },
      { ACTION: 'ifdown', INTERFACE: 'lan' },
      { ACTION: 'ifupdate', INTERFACE: 'wan', DEVICE: 'eth1', IFUPDATE_DATA: '1' },
      { ACTION: 'ifupdate', INTERFACE: 'wan', DEVICE: 'eth1', IFUPDATE_PREFIXES: '1' },
      { ACTION: 'connected', INTERFACE: 'wan1', DEVICE: 'eth1' },
      { ACTION: 'disconnected', INTERFACE: 'wan1', DEVICE: 'eth1' },
      { ACTION: 'ifup-failed', INTERFACE: 'wan', DEVICE: 'eth1' },
      { ACTION: '$(touch /run/pwned)', INTERFACE: '`touch /run/pwned`', DEVICE: 'eth1; touch /run/pwned' },
      { ACTION: 'ifup', INTERFACE: '.*', DEVICE: '-e' },
      { ACTION: 'ifup', INTERFACE: '', DEVICE: '' },
      {},
    ];
    for (const env of idle) await event(lab, env, shell);
    await sleep(300);
    t.equal(await rounds(), 0);
    t.equal((await lab.system('ls /run')).stdout, '', 'and nothing is left in /run');
  });
}

for (const shell of ['busybox ash']) {
  scenario(`the ways to write a name, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    const rounds = await countRounds(lab);
    const LINES: [string, number][] = [
      ["\toption device 'eth1'\n", 1],
      ["option interface 'eth1'", 1],
      ['  option device "eth1"  # the first\n', 1],
      ["option 'device' eth1\n", 1],
      ['option\t"device"\t\'eth1\'#first\n', 1],
      ["option device 'eth1'\r\n", 1],
      ['option device eth1\r\n', 1],
      ['option device eth1#first\n', 1],
      ['option device eth1;option metric 5\n', 1],
      ["option device 'eth11'\noption device 'eth'\noption device '*'\n", 0],
      ["#option device 'eth1'\n", 0],
      ["option metric 'eth1'\nlist device 'eth1'\noption device '#eth1'\n", 0],
      ["option device ''\noption device\n", 0],
    ];
    for (const [text, more] of LINES) {
      await writeFile(lab.config, `config interface 'wan1'\n${text}`);
      await lab.system('rm -f /run/mini-mwan.*');
      const before = await rounds();
      await event(lab, { ACTION: 'ifup', INTERFACE: 'x', DEVICE: 'eth1' }, shell);
      await event(lab, { ACTION: 'ifup', INTERFACE: '', DEVICE: '' }, shell);
      await lab.system('flock -w 20 /run/mini-mwan.event.lock true');
      t.equal((await rounds()) - before, more, text);
    }
  });
}

scenario('ifdown names no device: the interface behind it was learned', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
  await lab.system('mini-mwan check');
  const rounds = await countRounds(lab);
  await event(lab, { ACTION: 'ifdown', INTERFACE: 'lan' });
  await sleep(300);
  t.equal(await rounds(), 0);
  await lab.router.ip('link set eth1 down');
  await event(lab, { ACTION: 'ifdown', INTERFACE: 'wan' });
  await until(async () => (await lab.exit()) === 'eth2', 8000);
  t.equal(await rounds(), 1);
});

for (const shell of ['busybox ash']) {
  scenario(`the child of an interface, and a device that a round found, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configure({
      lte: { interface: 'wwan', metric: 10, ping_target: TARGETS },
      wan2: { device: 'eth2', metric: 20, ping_target: TARGETS },
    });
    await lab.netifd({ wwan: '100.64.1.1' });
    const rounds = await countRounds(lab);
    const begins = async (env: Record<string, string>) => {
      const before = await rounds();
      await event(lab, env, shell);
      await lab.system('flock -w 20 /run/mini-mwan.event.lock true');
      return (await rounds()) - before;
    };
    t.equal(await begins({ ACTION: 'ifup', INTERFACE: 'wwan_6' }), 0);
    t.equal(await begins({ ACTION: 'ifup', INTERFACE: 'other', DEVICE: 'eth1' }), 0, 'nothing is known of it yet');
    t.equal(await begins({ ACTION: 'ifup', INTERFACE: 'wwan_4' }), 1);
    t.equal(await lab.exit(), 'eth1');
    t.equal(await begins({ ACTION: 'ifup', INTERFACE: 'other', DEVICE: 'eth1' }), 1, 'the device of lte');
    t.equal(await begins({ ACTION: 'ifdown', INTERFACE: 'wwan_4' }), 1);
    for (const name of ['wwan_44', 'xwwan_4', 'wwan4', '_4'])
      t.equal(await begins({ ACTION: 'ifdown', INTERFACE: name, DEVICE: 'eth11' }), 0, name);
  });
}

scenario('a storm of events ends in two or three rounds, with the table right', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.system('mini-mwan check');
  const rounds = await countRounds(lab);
  await lab.silence(1);
  const storm = `for i in $(seq 50); do ACTION=ifup INTERFACE=wan DEVICE=eth1 sh ${lab.folder}/lib/hook; done`;
  const { ms } = await lab.system(storm);
  // Behind rounds they would take most of a second each.
  t.ok(ms < 50 * 200, `${ms} ms`);
  await until(async () => (await lab.exit()) === 'eth2', 8000);
  await lab.heal(1);
  await lab.unplug(2);
  await event(lab, { ACTION: 'ifupdate', INTERFACE: 'wanb', DEVICE: 'eth2', IFUPDATE_ROUTES: '1' });
  await until(async () => (await lab.exit()) === 'eth1', 8000);
  const count = await rounds();
  t.ok(count >= 2 && count <= 4, `${count} rounds`);
});

scenario(
  'a line that is dialled anew comes back in its time, however many events tell of it',
  [{}, {}],
  async (t, lab) => {
    await lab.configureAll({}, { check_interval: 2 });
    await lab.system('mini-mwan check');
    await lab.scripts();
    const tell = async (action: string) => {
      await event(lab, { ACTION: action, INTERFACE: 'wan', DEVICE: 'eth1' });
      // The round takes the event away when it has the lock.
      await lab.system(
        'while [ -e /run/mini-mwan.event ]; do sleep 0.1; done; flock -w 20 /run/mini-mwan.event.lock true',
      );
    };
    // So often that three falls would cost it a minute.
    for (let time = 1; time <= 3; time++) {
      await lab.router.ip('link set eth1 down');
      await tell('ifdown');
      t.equal(await lab.exit(), 'eth2');
      // The kernel alone leads there, too.
      await until(
        async () => (await verdicts(lab, `${lab.folder}/run/mini-mwan.status`))[0] === 'interface_down',
        10_000,
      );
      await lab.router.ip('link set eth1 up');
      await lab.addSystemDefault(1);
      const begun = performance.now();
      for (let i = 0; i < 4; i++) await tell('ifup');
      if (performance.now() - begun < 3000) t.equal(await lab.exit(), 'eth2', 'four good rounds at once are one');
      await until(async () => {
        await sleep(500);
        await lab.system('mini-mwan check');
        return (await lab.exit()) === 'eth1';
      }, 15_000);
      const took = performance.now() - begun;
      t.ok(took > 3000, `redial ${time}: trusted after ${took} ms`);
    }
    t.ok(await lab.reaches());
  },
);

scenario('without flock an event still starts a round', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const { hook } = await lab.scripts();
  await lab.system(
    `mount --bind /dev/null $(readlink -f $(command -v flock)); ACTION=ifup INTERFACE=x DEVICE=eth1 sh ${hook}`,
  );
  await until(async () => (await lab.exit()) === 'eth1' && (await lab.ours()).length === 2, 8000);
  t.pass();
});
