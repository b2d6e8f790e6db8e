import tap from 'tap';
import { parseJson } from '../../lib/network/json.js';
import { rulesBeforeMain } from '../../lib/network/rules.js';

const LOCAL = '{"priority":0,"src":"all","table":"255"}';
const MAIN = '{"priority":32766,"src":"all","table":"254"},{"priority":32767,"src":"all","table":"253"}';

tap.test('rules that come before table main', async (t) => {
  const CASES: [string, number[]][] = [
    [`[${LOCAL},${MAIN}]`, []],
    [`[${LOCAL},{"priority":2001,"src":"all","fwmark":"0x100","table":"1"},${MAIN}]`, [2001]],
    [`[${LOCAL},{"priority":9,"src":"10.0.0.0","srclen":8,"table":"254"},${MAIN}]`, [9]],
    [
      `[${LOCAL},{"priority":2003,"src":"all","action":"7"},{"priority":40000,"src":"all","table":"7"},${MAIN}]`,
      [2003],
    ],
    [`[${LOCAL},{"priority":5,"src":"all","fwmark":"0x1","table":"254"},${MAIN}]`, [5]],
    [
      `[${LOCAL},{"priority":6,"src":"all","table":"254","suppress_prefixlen":0},{"priority":7,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"},${MAIN}]`,
      [6, 7],
    ],
    ['[]', []],
    ['nonsense', []],
    ['[null,{"priority":"x"}]', []],
  ];
  for (const [text, priorities] of CASES) t.strictSame(rulesBeforeMain(parseJson(text)), priorities, text);
});
