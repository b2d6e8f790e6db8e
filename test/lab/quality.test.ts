import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { type Lab, until } from './lab.js';
import { scenario } from './scenario.js';

// Rounds mostly wait for answers.
tap.jobs = 4;

/** Twelve packets in a round: enough to judge by, in a second. */
const MEASURED = { check_quality: 1, ping_count: 6, ping_timeout: 1, failure_threshold: 2, recovery_threshold: 1 };

const rounds = async (lab: Lab, count: number) => {
  let last = await lab.mwan('check');
  for (let i = 1; i < count; i++) last = await lab.mwan('check');
  return last;
};
const wan = async (lab: Lab, i: number) => {
  const { stdout } = await lab.mwan('status --json');
  return JSON.parse(stdout).wans[i - 1];
};

scenario(
  'a line that loses packets gives way to one that does not, until it is good again',
  [{}, {}],
  async (t, lab) => {
    const log = join(lab.folder, 'told');
    await lab.replace('notify', `echo "$ACTION $WAN $OLD_STATUS $NEW_STATUS" >>${log}`);
    await lab.configureAll(MEASURED, { notify: join(lab.bin, 'notify') });
    await lab.replace('alert', `echo "$STATE $KEY $LEVEL $OLD_STATUS $NEW_STATUS: $REASON" >>${log}.alert`);
    const plugin = `config plugin\n\toption type 'alert'\n\toption program '${join(lab.bin, 'alert')}'\n`;
    await appendFile(lab.config, `\n${plugin}`);
    await rounds(lab, 2);
    t.equal(await lab.exit(), 'eth1');
    t.match(await wan(lab, 1), { health: 'up', quality: { loss_percent: 0, packets: 12 } });

    await lab.loseSome(1);
    const { stdout } = await rounds(lab, 10);
    t.equal(stdout, '', 'it is told once, and not now');
    t.equal(await lab.exit(), 'eth2');
    t.ok(await lab.reaches());
    const reason = /^loses \d+ % of 72 packets; good again at 10 % loss/;
    t.match(await wan(lab, 1), { status: 'up', health: 'degraded', reason });
    t.match(await readFile(lab.state, 'utf8'), /^status=up$/m, 'as other programs know it');

    await lab.heal(1);
    await rounds(lab, 13);
    t.equal(await lab.exit(), 'eth1', 'good again');
    const told = async (file = log) =>
      (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line.includes('wan1'));
    await until(async () => (await told()).length === 3);
    t.strictSame(await told(), [
      'connected wan1 unknown up',
      'degraded wan1 up degraded',
      'recovered wan1 degraded up',
    ]);
    await until(async () => (await told(`${log}.alert`)).length === 2);
    t.match(await told(`${log}.alert`), [
      /^begin wan-degraded:wan1 warning up degraded: loses \d+ % of \d+ packets; good again at 10 % loss/,
      /^end wan-degraded:wan1 warning degraded up: reply from .*; \d+(\.\d+)? % of \d+ lost, /,
    ]);
  },
);

scenario('degraded is better than dead, and no worse than degraded', [{}, {}], async (t, lab) => {
  await lab.configureAll(MEASURED);
  await lab.loseSome(1);
  // Of few packets, more may pass than most times.
  const leaves = async () => (await lab.mwan('check')) && (await lab.exit()) === 'eth2';
  await until(leaves, 30_000);
  await lab.silence(2);
  const { exitCode } = await lab.mwan('check');
  t.equal(exitCode, 0, 'a WAN is up');
  t.equal(await lab.exit(), 'eth1', 'the other one is dead');
  await lab.heal(2);
  await lab.later();
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'it answers again, and is good');
  await lab.loseSome(2);
  await until(async () => (await lab.mwan('check')) && (await wan(lab, 2)).health === 'degraded', 30_000);
  t.match([(await wan(lab, 1)).health, (await wan(lab, 2)).health], ['degraded', 'degraded']);
  t.equal(await lab.exit(), 'eth1', 'both are: as if none were');
});

scenario('by single packets, where ping takes no fractions of a second', [{}, {}], async (t, lab) => {
  await lab.replace(
    'ping',
    'for word; do case $word in 0.*) echo "ping: invalid number $word"; exit 1 ;; esac; done\nexec /usr/bin/ping "$@"',
  );
  await lab.configureAll(MEASURED);
  const { stderr, exitCode } = await lab.mwan('check');
  t.match(stderr, /its quality cannot be measured, by ping -i 0\.3: ping: invalid number 0\.3/);
  t.equal(exitCode, 0);
  t.equal(await lab.exit(), 'eth1', 'whether it answers is known');
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
});
