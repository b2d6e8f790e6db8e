import tap from 'tap';
import { scenario } from './scenario.js';

tap.test('try', async (t) => {});
scenario('what rounds leave, and what is told of it', [{}, {}], async (t, lab) => {
  await lab.configureAll(
    { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 },
    { history: 1 },
  );
  const show = async (c: string) => {
    const r = await lab.mwan(c);
    t.comment(c + ': ' + r.exitCode + '\n' + r.stdout + r.stderr);
    return r;
  };
  await show('check');
  await lab.silence(1);
  await show('check');
  await lab.heal(1);
  await show('check');
  t.comment(await (await import('node:fs/promises')).readdir(lab.folder));
  await show('history');
  await show('history --transitions');
  await show('history --summary');
  await show('history --csv --metrics rtt,state');
  await show('history --json --metrics state');
  await show('history --last 100w');
  await show(`history --html ${lab.folder}/page.html`);
  await show(`history --wan nobody`);
  await show(`history --last x`);
  await show(`history --metrics x`);
  t.comment(await (await import('node:fs/promises')).readdir(lab.folder));
});
