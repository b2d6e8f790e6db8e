import tap from 'tap';
import { CRON_LINE, withLine, withoutLine } from '../../lib/install/crontab.js';

tap.test('the line comes in and goes out without a trace', async (t) => {
  const crontabs = [
    '',
    '\n',
    '0 4 * * * reboot\n',
    '0 4 * * * reboot',
    '0 4 * * * reboot\r\n\r\n',
    `# ${CRON_LINE}\n`,
    `#${CRON_LINE}\n\n\n@daily x\n`,
    '\xff\xfe\x00 any bytes\n* * * * *',
    `${CRON_LINE}/other\n`,
    `${CRON_LINE} && reboot\n`,
    '* * * * * /root/usr/lib/mini-mwan/minute\n',
  ];
  for (const crontab of crontabs) {
    const full = withLine(crontab);
    t.ok(full.split('\n').includes(CRON_LINE), 'it is a line of its own');
    t.equal(withoutLine(full), crontab, JSON.stringify(crontab));
    t.equal(withLine(full), full, 'a second time it changes nothing');
    t.equal(withoutLine(crontab), crontab, 'nothing to take out');
  }
});

tap.test('a line with another time is ours, too', async (t) => {
  const lines = [
    '*/2 * * * * /usr/lib/mini-mwan/minute',
    '0-30\t*  * * *\t/usr/lib/mini-mwan/minute \r',
    '* * * * * /usr/lib/mini-mwan/minute',
  ];
  for (const line of lines) {
    t.equal(withLine(`a\n${line}\nb\n`), `a\n${line}\nb\n`);
    t.equal(withoutLine(`a\n${line}\nb\n`), 'a\nb\n');
    t.equal(withoutLine(`a\n${line}`), 'a\n', 'as the last line without an end');
  }
});
