import tap from 'tap';
import { longestPrefix, rulesBeforeMain } from '../../../lib/actuators/routes/rules.js';
import { parseJson } from '../../../lib/json.js';
import { parseRules } from '../../../lib/observe/rules.js';

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
    [`[${LOCAL},{"priority":770,"src":"all","table":"254","suppress_prefixlen":1,"protocol":"77"},${MAIN}]`, []],
    ['[]', []],
    ['nonsense', []],
    [`[${LOCAL},{"priority":5,"src":"all","table":"7"}]`, [5]],
  ];
  for (const [text, priorities] of CASES) {
    const rules = parseRules(parseJson(text)) ?? [];
    t.strictSame(
      rulesBeforeMain(rules).map(({ priority }) => priority),
      priorities,
      text,
    );
  }
});

tap.test('the longest prefix that rules leave to us', async (t) => {
  const vpn = '{"priority":7,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"}';
  const suppress = (priority: number, length: number) =>
    `{"priority":${priority},"src":"all","table":"254","suppress_prefixlen":${length}}`;
  const CASES: [string, number][] = [
    [`[${LOCAL},${MAIN}]`, 32],
    [`[${LOCAL},${suppress(6, 0)},${vpn},${MAIN}]`, 0],
    [`[${LOCAL},${suppress(6, 1)},${vpn},${MAIN}]`, 1],
    [`[${LOCAL},${suppress(5, 8)},${suppress(6, 1)},${vpn},${MAIN}]`, 1],
    // Nobody comes after it who could carry what it keeps out.
    [`[${LOCAL},${vpn},${suppress(8, 0)},${MAIN}]`, 32],
    [`[${LOCAL},${suppress(6, 0)},${MAIN}]`, 32],
    // Somebody has removed the rule for table main.
    [`[${LOCAL},${suppress(6, 0)},${vpn}]`, 0],
    // It is not even looked at.
    [`[${LOCAL},${MAIN},${suppress(40000, 0)},${vpn}]`, 32],
  ];
  for (const [text, length] of CASES) t.equal(longestPrefix(parseRules(parseJson(text))), length, text);
  t.equal(longestPrefix(undefined), 32);
});
