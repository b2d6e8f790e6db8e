import tap from 'tap';
import { datedLine } from '../../lib/report/log-file.js';

tap.test('a line of the log', async (t) => {
  const time = { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5 };
  t.equal(
    datedLine({ text: 'primary (red0) down: so' }, time),
    '[2026-01-02 03:04:05] MWAN: primary (red0) down: so\n',
  );
  t.equal(datedLine({ text: 'a\nb\x1b[2J' }, time).match(/\n/g)?.length, 1, 'one line, whatever is in it');
  t.notMatch(datedLine({ text: 'a\x1b[2J' }, time), '\x1b');
  t.match(datedLine({ text: '' }, { ...time, month: 12, day: 31, hour: 23 }), '[2026-12-31 23:04:05] MWAN: ');
});
