import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import tap from 'tap';
import acl from '../../lib/rpcd/acl.json' with { type: 'json' };
import type { Lab } from './lab.js';
import { scenario } from './scenario.js';

tap.jobs = 4;

const PLUGIN = resolve('lib/rpcd/mini-mwan');

/** Calls the plugin as rpcd does: a method, and its arguments on stdin. */
async function call(lab: Lab, words: string, shell = '') {
  return lab.system(`echo '{}' | ${shell} ${PLUGIN} ${words}`);
}

for (const shell of ['', 'sh', 'busybox ash']) {
  scenario(`ubus through rpcd, ${shell === '' ? 'executed' : `in ${shell}`}`, [{}, {}], async (t, lab) => {
    const error = 'no round since the start or restore';
    const none = { mode: null, timestamp: null, check_interval: null, interfaces: [], error };
    await lab.configureAll();
    const methods = JSON.parse((await call(lab, 'list', shell)).stdout);
    t.strictSame(methods, { status: {} });
    t.strictSame(acl['mini-mwan'].read.ubus, { 'mini-mwan': Object.keys(methods) }, 'LuCI may call them');
    t.strictSame(JSON.parse((await call(lab, 'call status', shell)).stdout), none);

    // A value that JSON has to quote.
    await lab.configureAll({ colour: 'b"lue\\' });
    await lab.unplug(2);
    await lab.system('mini-mwan check');
    const { stdout, stderr, exitCode } = await call(lab, 'call status', shell);
    t.equal(stderr, '');
    t.equal(exitCode, 0);
    t.match(JSON.parse(stdout), {
      mode: 'failover',
      check_interval: 10,
      interfaces: [
        { name: 'wan1', device: 'eth1', status: 'up', gateway: '100.64.1.1' },
        { name: 'wan2', device: 'eth2', status: 'interface_down', latency: null },
      ],
      complaints: Array(2).fill(/option colour 'b"lue\?': unknown option/),
    });
    const [first] = JSON.parse(stdout).interfaces;
    t.equal(first.ping_target, '1.1.1.1, 8.8.8.8');
    t.ok(first.rx_bytes > 0 && first.latency >= 0 && first.latency !== null, 'numbers');

    for (const words of ['call restart', 'call', 'status', '']) {
      t.match(await call(lab, words, shell), { stdout: '', exitCode: 1 }, words);
    }
    // More than a pipe holds: whoever sends it would be ended by a signal.
    const sent = await lab.system(`{ head -c 300000 /dev/zero && echo sent >&2; } | ${shell} ${PLUGIN} call status`);
    t.equal(sent.stderr, 'sent');
    t.equal(JSON.parse(sent.stdout).mode, 'failover');
  });
}

scenario('the answer for ubus goes when it is no longer so', [{}, {}], async (t, lab) => {
  const answer = `${lab.state}.json`;
  await lab.configureAll();
  await lab.mwan('check --dry-run');
  t.notOk(existsSync(answer), 'a dry run leaves nothing');
  await lab.mwan('check');
  t.equal(JSON.parse(await readFile(answer, 'utf8')).interfaces[0].status, 'up');
  await lab.mwan('restore');
  t.notOk(existsSync(answer), 'nothing is steered any more');

  await lab.mwan('check');
  await rm(lab.state);
  await mkdir(lab.state);
  t.match((await lab.mwan('check')).stderr, 'cannot be written: it is a directory; the next round remembers nothing');
  t.notOk(existsSync(answer), 'it is never older than the state');

  await rm(lab.state, { recursive: true });
  await mkdir(answer);
  const { stderr, exitCode } = await lab.mwan('check');
  t.equal(stderr, `mini-mwan: ${answer} cannot be written: it is a directory; ubus has no answer`);
  t.equal(exitCode, 0);
  t.equal((await lab.mwan('status')).exitCode, 0, 'the state is there all the same');
});
