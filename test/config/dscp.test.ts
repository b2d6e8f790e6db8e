import tap from 'tap';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';

const more = await import('../../lib/config/more.js');

/** @param settings whole lines */
function read(...settings: string[]) {
  const lines = ['config settings', 'option enabled 1', 'option mode multiuplink', ...settings, 'config interface wan'];
  const parsed = parseUci(
    [...lines, 'option device eth1', 'option bandwidth_up 9', 'list ping_target 1.1.1.1', ''].join('\n'),
  );
  const sections = 'sections' in parsed ? parsed.sections : [];
  const { config, problems } = readSettings(sections, needsMore(sections) ? more : undefined);
  return { config, said: problems.map(({ line, value, text }) => `${line} ${value}: ${text}`) };
}

const ON = 'option balance adaptive';
const FAST = [32, 34, 36, 38, 40, 44, 46];
const BULK = [1, 8];

tap.test('by which DSCP flows are told apart', async (t) => {
  const CASES: [settings: string[], classes: object | undefined, said: RegExp[]][] = [
    [['option balance quality'], undefined, []],
    [[ON], { fast: FAST, bulk: BULK }, []],
    [[ON, 'list fast_dscp EF', 'list fast_dscp cs6'], { fast: [46, 48], bulk: BULK }, []],
    [[ON, "option fast_dscp 'EF 0 63'", 'option bulk_dscp AF13'], { fast: [0, 46, 63], bulk: [14] }, []],
    [[ON, 'list bulk_dscp 2', 'list bulk_dscp AF11', 'list bulk_dscp 10'], { fast: FAST, bulk: [2, 10] }, []],
    [
      [ON, 'list fast_dscp EF', 'list fast_dscp AF44', 'list fast_dscp 64', 'list fast_dscp __proto__'],
      { fast: [46], bulk: BULK },
      [/^6 AF44: not a DSCP, .*; ignored$/, /^7 64: not a DSCP/, /^8 __proto__: not/],
    ],
    [[ON, 'option bulk_dscp 0x8'], { fast: FAST, bulk: BULK }, [/^5 0x8: not a DSCP, .*; using CS1 LE$/]],
    [[ON, "option bulk_dscp 'EF CS1'"], { fast: FAST, bulk: [8] }, [/^5 .*: 46 is in fast_dscp, too, which counts$/]],
    [['list fast_dscp EF'], undefined, [/^4 EF: without effect: only option balance 'adaptive'/]],
    [['option balance load', 'list bulk_dscp EF'], undefined, [/^5 EF: without effect/]],
  ];
  for (const [settings, classes, said] of CASES) {
    const found = read(...settings);
    t.strictSame(found.config.classes, classes, settings.join(', '));
    t.equal(found.said.length, said.length, found.said.join('\n'));
    for (const [i, pattern] of said.entries()) t.match(found.said[i], pattern);
  }
  const failover = read('option mode failover', ON);
  t.equal(failover.config.classes, undefined);
  t.match(failover.said.join(), /without effect: nothing is shared in mode failover/);
});

tap.test('each WAN has a mark for flows that are led by it', async (t) => {
  const inbound = (...settings: string[]) => read(...settings).config.wans[0]?.inbound;
  const [table, mark, led] = [{ table: 7700, mask: 0xff000000 }, { mark: 0x01000000 }, { led: 0xff000000 }];
  t.strictSame(inbound(ON), { ...table, ...led, unanswered: true });
  t.strictSame(inbound(ON, 'option inbound 1'), { ...table, ...mark, ...led }, 'another than that of answers');
  t.strictSame(inbound(ON, 'option mptcp 1'), { ...table, ...led, unanswered: true });
  t.strictSame(inbound('option inbound 1'), { ...table, ...mark });

  const first = ['config interface a', 'option device eth9', 'option bandwidth_up 9', 'list ping_target 9.9.9.9'];
  const marks = (mask: string) => {
    const { config, said } = read(ON, 'option inbound 1', `option mark_mask ${mask}`, ...first);
    return [config.wans.map(({ inbound }) => [inbound?.mark, inbound?.led]), said.join()];
  };
  t.strictSame(marks('0x70'), [
    [
      [0x10, 0x70],
      [0x20, 0x60],
    ],
    '',
  ]);
  t.strictSame(
    marks('0x30')[0],
    [
      [0x10, undefined],
      [0x20, undefined],
    ],
    'no room for both',
  );
  t.match(marks('0x30')[1], /0x30 has no two values for each of 2 WANs: no class of flows is led/);
});
