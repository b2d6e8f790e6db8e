import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import { problemText } from '../../lib/report/words.js';

function read(lines: string, settings = '') {
  const head = `config settings\noption enabled 1\n${settings}\n`;
  const parsed = parseUci(`${head}config interface lte\noption device wwan0\nlist ping_target 1.1.1.1\n${lines}\n`);
  if ('text' in parsed) throw new Error(parsed.text);
  const { config, problems } = readSettings(parsed.sections, more);
  const words = problems.map((problem) => problemText({ ...problem, line: undefined } as never, ''));
  return { quota: config.wans[0]?.quota, path: config.quotaPath, words };
}

tap.test('how much a WAN may carry', async (t) => {
  const CASES: [lines: string, quota: object | undefined, words?: RegExp][] = [
    ['', undefined],
    ["option quota '50G'", { bytes: 50e9, day: 1 }],
    ["option quota '1.5TB'", { bytes: 1.5e12, day: 1 }],
    ["option quota '500 mb'", { bytes: 5e8, day: 1 }],
    ["option quota '2GiB'", { bytes: 2 ** 31, day: 1 }],
    ["option quota '50G'\noption quota_period month\noption quota_day 15", { bytes: 50e9, day: 15 }],
    ["option quota '50G'\noption quota_period 30", { bytes: 50e9, days: 30 }],
    [
      "option quota '50G'\noption quota_period 400",
      { bytes: 50e9, days: 92 },
      /not month or a number of days from 1 to 92/,
    ],
    ["option quota '50G'\noption quota_period week", { bytes: 50e9, day: 1 }, /not month or .*; using month/],
    ["option quota '50G'\noption quota_period 30\noption quota_day 3", { days: 30 }, /quota_day '3': without effect/],
    ['option quota_period 30', undefined, /without effect: there is no option quota/],
    ...['50', '0G', '999K', '2000T', '-1G', '1e9', '50 G B', 'G'].map((text): [string, undefined, RegExp] => [
      `option quota '${text}'`,
      undefined,
      /not an amount from 1M to 1000T, as 50G.*; ignored/,
    ]),
  ];
  for (const [lines, quota, words] of CASES) {
    const found = read(lines);
    t.match([found.quota], [quota], lines);
    t.equal(found.path, quota ? '/etc/mini-mwan.quota' : undefined);
    if (words) t.match(found.words, [words], lines);
    else t.strictSame(found.words, []);
  }
  t.equal(read('option quota 5G', 'option quota_path /mnt/a').path, '/mnt/a');
  t.match(read('option quota 5G', 'option quota_path a/').words, [/not the whole path of a file; using \/etc/]);
  t.equal(read('option quota 5G\noption enabled 0').path, undefined);
});
