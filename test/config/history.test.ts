import tap from 'tap';
import { readHistory } from '../../lib/config/history.js';
import { parseUci } from '../../lib/config/uci.js';
import type { History, Problem } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';

tap.test('what is kept of the past', async (t) => {
  const copy = { path: '/mnt/h', interval: 3600 };
  const CASES: [options: string[], history: History | undefined, said?: RegExp][] = [
    [[], undefined],
    [['history 0', 'history_path /mnt/h'], undefined],
    [['history 1'], { size: 5e6 }],
    [['history 1', 'history_path /mnt/h'], { size: 5e6, copy }],
    [
      ['history 1', "history_path '/mnt/a b'", 'history_interval 1440', 'history_size 20'],
      { size: 20e6, copy: { path: '/mnt/a b', interval: 86_400 } },
    ],
    [['history 1', 'history_interval 60'], { size: 5e6 }, /line 3: option history_interval '60': without effect/],
    [
      ['history 1', 'history_path mnt'],
      { size: 5e6 },
      /line 3: option history_path 'mnt': not the whole path of a file/,
    ],
    [['history 1', 'history_path /mnt/'], { size: 5e6 }, /not the whole path/],
    [['history 1', 'history_size 0'], { size: 1e6 }, /not a number from 1 to 20; using 1/],
    // A round that writes has it checked: that must be done in time.
    [['history 1', 'history_size 21'], { size: 20e6 }, /not a number from 1 to 20; using 20/],
    [
      ['history 1', 'history_path /mnt/h', 'history_interval 1'],
      { size: 5e6, copy: { ...copy, interval: 300 } },
      /using 5/,
    ],
    [['history yes please'], undefined, /./],
    [['history x'], undefined, /line 2: option history 'x': not 0 or 1; using 0/],
  ];
  for (const [options, history, said = /^$/] of CASES) {
    const text = `config settings\n${options.map((option) => `option ${option}\n`).join('')}`;
    const parsed = parseUci(text);
    if ('text' in parsed) {
      t.match(parsed.text, said);
      continue;
    }
    const problems: Problem[] = [];
    t.strictSame(readHistory(parsed.sections[0]?.options ?? new Map(), problems).history, history, text);
    t.match(problems.map((problem) => problemText(problem, 'f')).join('\n'), said, text);
  }
});
