import tap from 'tap';
import { IpfireLab } from './machine.js';

tap.test('play', async (t) => {
  const [primary, backup] = (process.env.PLAY ?? 'STATIC STATIC').split(' ') as ['STATIC', 'STATIC'];
  const m = await IpfireLab.create({ primary, backups: [backup] });
  t.teardown(m.remove);
  const show = async (what: string, ...args: string[]) => {
    const { stdout, stderr, exitCode, ms } = await m.mwan(...args);
    console.error(
      `\n### ${what}: ${args.join(' ')} -> ${exitCode}, ${ms.toFixed(0)} ms, lan ${await m.lanOnline()} by ${await m.whichIsp()}\n${stdout}\n${stderr}`,
    );
  };
  const facts = async () =>
    console.error(
      (
        await m.sh(
          'cat /var/ipfire/mwan/state/red 2>/dev/null; grep -E "RED_|GATEWAY" /var/ipfire/ethernet/settings; ls -la /var/ipfire/red /var/ipfire/ppp; cat /var/ipfire/red/iface; ip -br a; ip r; ip rule; ip r s t all proto 77; ps ax | grep -v "ps ax" | tail -15; ls /etc/fcron.minutely /etc/rc.d/init.d/networking/red.up',
        )
      ).stdout,
    );
  await show('healthy', 'check', '--verbose');
  await show('healthy again', 'check', '--verbose');
  await show('status', 'status');
  await facts();
  await m.silence(0);
  await show('plan', 'check', '--dry-run');
  await show('failover', 'check', '--verbose');
  await facts();
  for (let i = 0; i < 4; i++) {
    await new Promise((r) => setTimeout(r, 3000));
    await show('after', 'check', '--verbose');
  }
  await show('status', 'status');
  await m.heal(0);
  await m.mwanSettings({
    BACKUP_PROFILES: 'backup1',
    FAILBACK_DELAY: '0',
    FAILBACK_ATTEMPTS: '1',
    CHECK_INTERVAL: '2',
  });
  for (let i = 0; i < 5; i++) {
    await new Promise((r) => setTimeout(r, 3000));
    await show('back', 'check', '--verbose');
  }
  await facts();
});
