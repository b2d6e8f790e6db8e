import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { type Lab, PROGRAM, TARGETS, until } from './lab.js';
import { scenario } from './scenario.js';

tap.jobs = 3;

const MINUTE = resolve('cron/minute');

/** Two WANs that have been well for some rounds. At an interval of a minute, cron's helper is one round and nothing else. */
async function settle(lab: Lab): Promise<void> {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 60 });
  await lab.system('mini-mwan check; mini-mwan check; mini-mwan check');
}

const left = (lab: Lab, name: string) => join(lab.folder, 'run', `mini-mwan.${name}`);
const value = async (lab: Lab, key: string) =>
  [...(await readFile(left(lab, 'status'), 'utf8')).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(
    ([, text]) => text,
  );

/** Programs that Node starts in a minute, each as often as it starts it, with the PATH that cron gives. */
async function startedByNode(lab: Lab, shell: string): Promise<string[]> {
  const logs = join(lab.folder, 'strace');
  await lab.system(
    `rm -rf ${logs}; mkdir ${logs}; PATH=${lab.bin}:/usr/bin:/bin strace -ff -qq -e trace=execve,clone,fork,vfork -o ${logs}/log ${shell} ${MINUTE}`,
  );
  const texts = new Map<string, string>();
  for (const name of await readdir(logs)) texts.set(name.slice(4), await readFile(join(logs, name), 'utf8'));
  const programs = (text: string) =>
    [...text.matchAll(/execve\("[^"]*?([^/"]+)".* = 0$/gm)].map(([, name]) => `${name}`);
  // The process was a shell before, which may have started some.
  const node = [...texts.values()].flatMap((text) => text.split(/^execve\("[^"]*\/node".* = 0$/m).slice(1));
  if (node.length !== 1) throw new Error(`${node.length} times Node`);
  const forks = [...(node[0] ?? '').matchAll(/^(?:clone|fork|vfork)\(.* = (\d+)$/gm)];
  const children = forks.map(([, pid]) => texts.get(`${pid}`));
  return children.flatMap((text) => programs(text ?? '')).sort();
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`a healthy round finds its answers there, in ${shell}`, [{}, {}], async (t, lab) => {
    await settle(lab);
    const before = await value(lab, 'uptime');
    const quiet = await stat(left(lab, 'status.quiet'));
    t.strictSame(await startedByNode(lab, shell), [], 'Node starts nothing');
    t.not(await value(lab, 'uptime'), before, 'and it was a round');
    t.strictSame(await value(lab, 'status'), ['up', 'up']);
    t.match(await value(lab, 'latency'), [/^\d+\.\d\d$/, /^\d+\.\d\d$/]);
    t.strictSame(await value(lab, 'loss'), ['0.00', '0.00']);
    t.equal((await stat(left(lab, 'status.quiet'))).ino, quiet.ino, 'what the looks go by stays');
    t.equal(await lab.exit(), 'eth1');
    t.equal((await stat(left(lab, 'status.lock'))).mode & 0o777, 0o600);
    t.match(await readFile(left(lab, 'status.lock'), 'utf8'), /^\d+ [\d.]+\n$/, 'it says who had the lock');
    t.match(await lab.system(`flock -n /run/mini-mwan.status.lock true; ${shell} ${MINUTE}`), {
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  scenario(`one that is not healthy goes its own way, in ${shell}`, [{}, {}], async (t, lab) => {
    await settle(lab);
    await lab.silence(1);
    const { stdout, exitCode } = await lab.system(MINUTE, { shell });
    t.match(stdout, 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8');
    t.equal(exitCode, 0);
    t.equal(await lab.exit(), 'eth2', 'a line that is silent');
    t.match(await value(lab, 'loss'), [/^[1-9]/, '0.00'], 'and what it lost is counted');
    await lab.heal(1);
    await settle(lab);
    await lab.system('rm /run/mini-mwan.status; mini-mwan check; mini-mwan check');
    t.equal(await lab.exit(), 'eth1');

    await lab.router.ip('route del default proto 77 metric 10');
    await lab.system(MINUTE, { shell });
    t.match((await lab.ours()).join(), 'dev eth1 metric 10', 'a route of ours that was taken away');
    await lab.system('mini-mwan check');
    await lab.unplug(1);
    await lab.system(MINUTE, { shell });
    t.equal(await lab.exit(), 'eth2', 'a cable');
    await lab.plug(1);
    await lab.system('rm /run/mini-mwan.status*; mini-mwan check');
    for (let i = 0; i < 3; i++) await lab.system(MINUTE, { shell });
    t.strictSame(await startedByNode(lab, shell), [], 'and when all is settled, it is as before');
  });

  scenario(`what cannot be asked or locked, in ${shell}`, [{}, {}], async (t, lab) => {
    await settle(lab);
    for (const program of ['flock', 'ip', 'ping']) {
      const cover = `mount --bind /dev/null $(readlink -f $(command -v ${program}))`;
      const { stderr } = await lab.system(`${cover}; ${shell} ${MINUTE}`, { shell });
      t.match(stderr, new RegExp(program), `${program}: the round says what it says without a helper`);
      await lab.system('rm -f /run/mini-mwan.*; mini-mwan check; mini-mwan check');
    }
    const lock = left(lab, 'status.lock');
    const holder = lab.router.start('flock', [lock, 'sleep', '3']);
    await until(async () => (await lab.system(`flock -n ${lock} true`)).exitCode !== 0);
    const { ms, exitCode } = await lab.system(MINUTE, { shell });
    holder.kill();
    t.equal(exitCode, 0);
    t.ok(ms > 1000, 'it waits for a round that is under way');
    // Its owner cannot be written down.
    const failing = 'strace -f -qq -o /dev/null -P /proc/self/fd/9 -e trace=openat -e inject=openat:error=ENFILE';
    const signed = await lab.system(`${failing} ${shell} ${MINUTE}`, { shell });
    t.match(signed, { exitCode: 0, stderr: '' });
    t.ok(signed.ms < 10_000, 'it does not wait for itself');
  });
}

scenario('what happens before Node hears the answers is seen by the next round', [{}, {}], async (t, lab) => {
  await settle(lab);
  await lab.system('rm -f $(command -v mini-mwan)');
  await lab.replace('mini-mwan', `[ "$2" != --early ] || sleep 2; exec ${process.execPath} ${PROGRAM} "$@"`);
  const minute = lab.system(MINUTE);
  await sleep(800);
  await lab.unplug(1);
  await lab.system(`ACTION=ifdown INTERFACE=wan1 DEVICE=eth1 sh ${resolve('hotplug/iface/25-mini-mwan')}`);
  await minute;
  await lab.system('flock -w 20 /run/mini-mwan.event.lock true');
  t.equal(await lab.exit(), 'eth2');
  t.strictSame(await value(lab, 'status'), ['interface_down', 'up']);
});

scenario('a line that loses packets shows its loss', [{}, {}], async (t, lab) => {
  await settle(lab);
  // Every third packet, not by chance.
  await lab.isp(1).nft('add rule ip lab cut iifname "wan" numgen inc mod 3 < 1 drop');
  let loss = 0;
  for (let i = 0; i < 9; i++) {
    await lab.system(MINUTE);
    loss += Number((await value(lab, 'loss'))[0]) / 9;
  }
  t.ok(loss > 5, `${loss} %`);
});

scenario('netifd is asked, too', [{}, {}], async (t, lab) => {
  await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
  await settle(lab);
  t.strictSame(await startedByNode(lab, 'sh'), []);
  t.strictSame(await value(lab, 'interface'), ['wan', 'wanb']);
  // A gateway that changes without an event.
  await lab.netifd({ wan: '100.64.1.254', wanb: '100.64.2.1' });
  await lab.changeGateway(1);
  await lab.system(MINUTE);
  t.match((await lab.ours()).join(), 'via 100.64.1.254');
});

scenario('the lock goes from the helper to Node, and no further', [{}, {}], async (t, lab) => {
  await settle(lab);
  const node = `exec ${process.execPath} ${PROGRAM} "$@"`;
  await lab.system('rm -f $(command -v mini-mwan)');
  await lab.replace('mini-mwan', `: >${lab.folder}/begun; sleep 1; ${node}`);
  // What the shell and Node start sees the files that it has inherited; the second look is Node's.
  await lab.replace('ip', `ls -l /proc/$$/fd >>${lab.folder}/files; exec /sbin/ip "$@"`);
  const wan = (i: number) => ({ device: `eth${i}`, metric: 11 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 60 });
  await lab.system('touch /run/mini-mwan.status.quiet');
  const minute = lab.system(MINUTE);
  await until(async () => (await stat(`${lab.folder}/begun`).catch(() => undefined)) !== undefined);
  t.not((await lab.system('flock -n /run/mini-mwan.status.lock true')).exitCode, 0, 'held before Node runs');
  await minute;
  t.equal((await lab.system('flock -n /run/mini-mwan.status.lock true')).exitCode, 0, 'and free when it has ended');
  const files = await readFile(`${lab.folder}/files`, 'utf8');
  t.ok((files.match(/^total/gm) ?? []).length >= 3, 'the shell, then Node, which has something to change');
  t.notMatch(files, /status.lock/);
  t.equal((await lab.system('ls /run/*.quiet')).stdout, '', 'after a change the looks have nothing to go by');
});

scenario('what V8 made of the program', [{}, {}], async (t, lab) => {
  await settle(lab);
  const code = left(lab, 'code');
  const inode = async () => (await stat(code).catch(() => undefined))?.ino;
  t.equal(await inode(), undefined, 'is not kept by others than the helper');
  await lab.system(MINUTE);
  const first = await inode();
  t.ok(first);
  t.match(await stat(code), { uid: 0, mode: 0o100644 });
  const good = await readFile(code);

  /** A round with another file there; whether the file was used. */
  const isUsed = async (): Promise<boolean> => {
    const before = await inode();
    const { stdout, stderr, exitCode } = await lab.system(MINUTE);
    t.match({ stdout, stderr, exitCode }, { stdout: '', stderr: '', exitCode: 0 });
    t.strictSame(await value(lab, 'status'), ['up', 'up']);
    return before !== undefined && (await inode()) === before;
  };
  t.ok(await isUsed());
  t.ok(await isUsed());
  const seal = good.subarray(-16);
  const CASES: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['of another program', Buffer.concat([good.subarray(0, -16), Buffer.from('0123456789abcdef')])],
    ['only the seal', seal],
    ['no code', Buffer.concat([Buffer.from('x'.repeat(1000)), seal])],
    ['of another V8', Buffer.concat([good.subarray(0, 4), Buffer.from([1, 2, 3, 4]), good.subarray(8)])],
    ['damaged', Buffer.from(good).fill(good.readUInt8(50_000) ^ 1, 50_000, 50_001)],
    ['cut off', Buffer.concat([good.subarray(0, -1000), seal])],
  ];
  for (const [what, content] of CASES) {
    await writeFile(code, content);
    t.notOk(await isUsed(), what);
    t.ok(await isUsed(), 'and there is a good one again');
  }
  for (const spoil of [`chown 1234 ${code}`, `chmod 666 ${code}`, `mv ${code} ${code}.x; ln -s ${code}.x ${code}`]) {
    await lab.router.run('sh', ['-c', spoil]);
    t.notOk(await isUsed(), spoil);
    t.ok(await isUsed());
  }
  await lab.router.run('sh', ['-c', `rm ${code}; mkdir ${code}`]);
  t.ok(await isUsed(), 'a folder in its place is left alone');
  await lab.router.run('sh', ['-c', `rmdir ${code}; mkfifo ${code}`]);
  t.notOk(await isUsed(), 'nobody waits for a pipe');
  t.ok(await isUsed());
  for (const leftover of [`echo >${code}.tmp`, `mkdir ${code}.tmp`]) {
    await lab.router.run('sh', ['-c', `rm ${code}; ${leftover}`]);
    await lab.system(MINUTE);
    t.equal((await lab.system(`ls -d ${code} ${code}.tmp`)).stdout, '', 'what a kill has left goes');
    await lab.system(MINUTE);
    t.equal((await lab.system(`ls -d ${code} ${code}.tmp`)).stdout, code, 'and the next one has its try');
  }
  await lab.system('rm -f $(command -v mini-mwan)');
  await lab.replace('mini-mwan', 'kill -SEGV $$');
  await lab.system(MINUTE);
  t.equal(await inode(), undefined, 'where Node dies, it is not kept');
});
