import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import { parseObjects } from '../../lib/observe/nexthops.js';

/** As `ip -N -j nexthop show` of iproute2 6.1 prints them. */
const SAMPLE = `[{"id":7700,"group":[{"id":7701,"weight":3},{"id":7702}],"type":"resilient","resilient_args":{"buckets":1024,
"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},"protocol":"77","flags":[]},
{"id":7701,"gateway":"100.64.1.1","dev":"eth1","scope":"253","protocol":"77","flags":["onlink"]},
{"id":7702,"dev":"tun0","scope":"253","protocol":"4","flags":[]},{"id":9,"blackhole":null,"flags":[]}]`;

tap.test('ways and groups', async (t) => {
  t.strictSame(parseObjects(parseJson(SAMPLE)), [
    {
      id: 7700,
      protocol: '77',
      members: [
        { id: 7701, weight: 3 },
        { id: 7702, weight: 1 },
      ],
    },
    { id: 7701, protocol: '77', hop: { device: 'eth1', gateway: '100.64.1.1', weight: 1, onlink: true } },
    { id: 7702, protocol: '4', hop: { device: 'tun0', weight: 1, onlink: false } },
    { id: 9, protocol: '', hop: { weight: 1, onlink: false } },
  ]);
  t.strictSame(parseObjects(parseJson('[]')), []);
});

tap.test('what is no such list', async (t) => {
  for (const text of ['', '{}', '[1]', '[{"dev":"eth1"}]', 'null', '[{"id":"x"}]']) {
    t.equal(parseObjects(parseJson(text)), undefined, text);
  }
  t.strictSame(
    parseObjects(parseJson('[{"id":1,"group":[null,{"id":"x"}],"protocol":[7]}]')),
    [
      {
        id: 1,
        protocol: '',
        members: [
          { id: 0, weight: 1 },
          { id: 0, weight: 1 },
        ],
      },
    ],
    'nor of nonsense',
  );
});
