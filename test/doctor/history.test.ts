import tap from 'tap';
import { examineHistory } from '../../lib/doctor/history.js';
import { problemText } from '../../lib/report/words.js';
import { linesOf, makeConfig } from '../make.js';

tap.test('what keeps history from being kept', async (t) => {
  const said = (history: object | undefined, sqlite3: boolean, folder: boolean) =>
    examineHistory(makeConfig([], history as never), { sqlite3, folder }).map((problem) => [
      problemText(problem, 'f'),
      ...linesOf(problem.remedy),
    ]);
  const kept = { history: { size: 1 } };
  const copied = { history: { size: 1, copy: { path: '/mnt/x/h', interval: 1 } } };
  t.strictSame(said({}, false, false), [], 'nobody asks for it');
  t.strictSame(said(kept, true, false), []);
  t.strictSame(said(copied, true, true), []);
  t.match(said(kept, false, false), [[/^option history: the program 'sqlite3' is not there/, /sqlite3-cli/]]);
  t.match(said(copied, true, false), [[/^option history_path: there is no folder \/mnt\/x:/, "mkdir -p '/mnt/x'"]]);
});
