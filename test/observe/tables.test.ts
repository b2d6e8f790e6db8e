import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import { parseTables } from '../../lib/observe/tables.js';

tap.test('routes of other tables than main, as ip prints them', async (t) => {
  const text =
    '[{"type":"1","dst":"default","gateway":"10.0.1.1","dev":"eth1","table":"7701","scope":"0","prefsrc":"10.0.1.2","flags":["onlink"]},' +
    '{"type":"1","dst":"default","gateway":"10.0.2.1","dev":"eth2","scope":"0","metric":10,"flags":[]},' +
    '{"type":"1","dst":"default","dev":"eth3","table":"7702","scope":"253","metric":5,"flags":[]}]';
  t.strictSame(parseTables(parseJson(text), '77'), [
    {
      destination: 'default',
      metric: 0,
      protocol: '77',
      type: 'unicast',
      nexthops: [{ device: 'eth1', gateway: '10.0.1.1', weight: 1, onlink: true }],
      attributes: { src: '10.0.1.2' },
      table: '7701',
    },
    {
      destination: 'default',
      metric: 5,
      protocol: '77',
      type: 'unicast',
      nexthops: [{ device: 'eth3', weight: 1, onlink: false }],
      table: '7702',
    },
  ]);
  t.strictSame(parseTables([], '77'), []);
});

tap.test('what is no list of routes', async (t) => {
  for (const json of [undefined, null, 'x', 5, {}, [null], [{}], [{ table: '7701' }]]) {
    t.equal(parseTables(json, '77'), undefined, JSON.stringify(json));
  }
});
