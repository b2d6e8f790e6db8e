import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import { parseRules } from '../../lib/observe/rules.js';

tap.test('rules as ip prints them', async (t) => {
  const text =
    '[{"priority":0,"src":"all","table":"255"},{"priority":32766,"src":"all","table":"254"},' +
    '{"priority":32764,"src":"all","table":"254","suppress_prefixlen":0},{"priority":9,"src":"10.0.0.0","srclen":8,"table":"254"},' +
    '{"priority":32765,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"},{"priority":10,"src":"all","action":"7","protocol":"3"}]';
  t.strictSame(parseRules(parseJson(text)), [
    { priority: 9, table: '254', main: true, conditional: true, from: '10.0.0.0/8' },
    { priority: 10, table: '', main: false, conditional: true, protocol: '3' },
    { priority: 32764, table: '254', main: true, conditional: false, suppress: 0 },
    { priority: 32765, table: '51820', main: false, conditional: true, mark: 0xca6c, mask: 0xffffffff },
    { priority: 32766, table: '254', main: true, conditional: false },
  ]);
});

tap.test('whose a rule is, and for which packets', async (t) => {
  const text =
    '[{"priority":7701,"src":"10.0.1.2","table":"7701","protocol":"77"},' +
    '{"priority":7702,"src":"all","oif":"eth2","oif_detached":null,"table":"7702","protocol":"77"}]';
  const rule = { main: false, conditional: true, protocol: '77' };
  t.strictSame(parseRules(parseJson(text)), [
    { ...rule, priority: 7701, table: '7701', from: '10.0.1.2' },
    { ...rule, priority: 7702, table: '7702', oif: 'eth2' },
  ]);
});

tap.test('what is no list of rules', async (t) => {
  for (const text of ['', 'nonsense', '{}', '5']) t.equal(parseRules(parseJson(text)), undefined, text);
  t.strictSame(parseRules(parseJson('[null,{"priority":"x"}]')), [
    { priority: 0, table: '', main: false, conditional: true },
    { priority: 0, table: '', main: false, conditional: true },
  ]);
});

tap.test('marks', async (t) => {
  const CASES: [entry: string, mark?: number, mask?: number][] = [
    ['"x":1'],
    ['"fwmark":"0"', 0, 0xffffffff],
    ['"fwmark":"0x1000000","fwmask":"0xff000000"', 0x1000000, 0xff000000],
    ['"fwmark":"nonsense","fwmask":[1e99]', 0, 0],
    ['"fwmark":-1', 0xffffffff, 0xffffffff],
  ];
  for (const [entry, mark, mask] of CASES) {
    const [rule] = parseRules(parseJson(`[{"src":"all",${entry}}]`)) ?? [];
    t.strictSame([rule?.mark, rule?.mask], [mark, mask], entry);
  }
});
