import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import { parseRules } from '../../lib/observe/rules.js';

tap.test('rules as ip prints them', async (t) => {
  const text =
    '[{"priority":0,"src":"all","table":"255"},{"priority":32766,"src":"all","table":"254"},' +
    '{"priority":32764,"src":"all","table":"254","suppress_prefixlen":0},{"priority":9,"src":"10.0.0.0","srclen":8,"table":"254"},' +
    '{"priority":32765,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"},{"priority":10,"src":"all","action":"7","protocol":"3"}]';
  t.strictSame(parseRules(parseJson(text)), [
    { priority: 9, table: '254', main: true, conditional: true },
    { priority: 10, table: '', main: false, conditional: true },
    { priority: 32764, table: '254', main: true, conditional: false, suppress: 0 },
    { priority: 32765, table: '51820', main: false, conditional: true },
    { priority: 32766, table: '254', main: true, conditional: false },
  ]);
});

tap.test('what is no list of rules', async (t) => {
  for (const text of ['', 'nonsense', '{}', '5']) t.equal(parseRules(parseJson(text)), undefined, text);
  t.strictSame(parseRules(parseJson('[null,{"priority":"x"}]')), [
    { priority: 0, table: '', main: false, conditional: true },
    { priority: 0, table: '', main: false, conditional: true },
  ]);
});
