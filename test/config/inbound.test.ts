import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Inbound } from '../../lib/model.js';

/** @param settings and options of each WAN, as `name value` */
function read(settings: string[], ...wans: string[][]) {
  const options = (list: string[]) => list.map((text) => `\toption ${text}`);
  const lines = [
    ...['config settings', ...options(['enabled 1', ...settings])],
    ...wans.flatMap((wan, i) => [
      'config interface',
      ...options([`device eth${i + 1}`, 'ping_target 1.1.1.1', ...wan]),
    ]),
  ];
  const parsed = parseUci(`${lines.join('\n')}\n`);
  const sections = 'sections' in parsed ? parsed.sections : [];
  const { config, problems } = readSettings(sections, needsMore(sections) ? more : undefined);
  const said = problems.map(({ line, option, text }) => `${line} ${option}: ${text}`);
  return { found: config.wans.map(({ inbound }) => inbound), said };
}

tap.test('whose answers are led, by which table and mark', async (t) => {
  const [first, second]: Inbound[] = [
    { table: 7700, mark: 0x01000000, mask: 0xff000000 },
    { table: 7701, mark: 0x02000000, mask: 0xff000000 },
  ];
  const CASES: [settings: string[], wans: string[][], found: (Inbound | undefined)[], said: RegExp[]][] = [
    [[], [[], []], [undefined, undefined], []],
    [['inbound 1'], [[], []], [first, second], []],
    [['inbound 1'], [['inbound 0'], []], [undefined, second], []],
    [['inbound 0'], [[], ['inbound yes']], [undefined, second], []],
    [[], [['inbound 1'], []], [first, undefined], []],
    [['inbound maybe'], [[]], [undefined], [/^3 option inbound: not 0 or 1; using 0$/]],
    [['inbound 1'], [['inbound 2'], []], [first, second], [/^\d+ option inbound: not 0 or 1; ignored$/]],
    [
      ['inbound 1', 'mark_mask 0xf0'],
      [[], []],
      [
        { table: 7700, mark: 0x10, mask: 0xf0 },
        { table: 7701, mark: 0x20, mask: 0xf0 },
      ],
      [],
    ],
    [
      ['inbound 1', 'mark_mask 0x3'],
      [[], [], [], []],
      [1, 2, 3, undefined].map((mark, i) => ({ table: 7700 + i, mask: 3, ...(mark && { mark }) })),
      [/^undefined interface 'eth4': inbound: mark_mask has values for 3 WANs only/],
    ],
  ];
  for (const mask of ['0xff00ff', '0x1', '0', '255', '0x1ffff', '0x1ff000000', 'ff', '0x'])
    CASES.push([
      ['inbound 1', `mark_mask '${mask}'`],
      [[]],
      [first],
      [/^4 option mark_mask: not a row of .*; using 0xff000000$/],
    ]);
  for (const [settings, wans, found, said] of CASES) {
    const result = read(settings, ...wans);
    t.strictSame(result.found, found, [...settings, ...wans].join(', '));
    t.equal(result.said.length, said.length, result.said.join('\n'));
    for (const [i, pattern] of said.entries()) t.match(result.said[i], pattern);
  }
  t.strictSame(
    read(['mark_mask 0x1'], [[]].flat()).said.length,
    1,
    'what is wrong is said, whether or not it is needed',
  );
});
