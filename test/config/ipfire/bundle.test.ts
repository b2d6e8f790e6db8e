import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { readBundle, writeBundle } from '../../../lib/config/ipfire/bundle.js';
import { type Files, readIpfire } from '../../../lib/config/ipfire/settings.js';
import { damaged } from '../../fuzz/mutate.js';
import { ETHERNET, PPP } from './samples.js';

const PROFILE = `# PASSWORD=topsecret-1, the old one
TYPE=PPPOE
DEVICE=red1
USERNAME=me@provider
PASSWORD=topsecret
`;
const FILES: Files = {
  settings: 'CHECK_INTERVAL=30\n# a comment\nBACKUP_PROFILES="dsl lte"\n',
  enabled: true,
  profiles: { dsl: PROFILE, lte: 'DIAL_PROFILE=2', old: '' },
  ethernet: ETHERNET,
  ppp: PPP,
  dials: { 2: PPP, 3: '' },
  macs: { red1: '02:00:00:00:00:01' },
  primary: { RED_TYPE: 'DHCP', RED_DEV: 'red0' },
};
const through = (files: Files) => readBundle(writeBundle(files)) as Files;

tap.test('all files are one text, without passwords', async (t) => {
  const text = writeBundle(FILES);
  t.notMatch(text, /topsecret/);
  const again = through(FILES);
  t.strictSame(again, {
    ...FILES,
    settings: FILES.settings?.replace('# a comment', '#'),
    profiles: { ...FILES.profiles, dsl: PROFILE.replace(/^.*/, '#').replace('topsecret', '*') },
    ppp: PPP.replace('topsecret', '*'),
    dials: { 2: PPP.replace('topsecret', '*'), 3: '' },
  });
  t.equal(writeBundle(again), text, 'it stays as it is');
  const { settings: _, ethernet: __, ppp: ___, primary: ____, ...bare } = FILES;
  t.strictSame(
    Object.keys(through(bare)).sort(),
    ['dials', 'enabled', 'macs', 'profiles'],
    'what is not there stays away',
  );
});

tap.test('no spelling of a password gets into it', async (t) => {
  const LINES = [
    ...[
      'PASSWORD=topsecret',
      'password = topsecret',
      "PASSWORD='topsecret x'",
      'PASSWORD="topsecret\\" x"',
      'PASSWORD=a topsecret',
    ],
    ...[
      "PASSWORD='topsecret",
      'PASSWORD="a"topsecret',
      'PASSWORD=a # topsecret',
      '#PASSWORD=topsecret',
      '# it is topsecret',
    ],
    ...[
      'export PASSWORD=topsecret',
      'PASSWORD topsecret',
      'PASSWORD: topsecret',
      'PASSWORD="first\ntopsecret"\nUSERNAME=b',
    ],
    ...[
      'USERNAME=a; PASSWORD=topsecret',
      'USERNAME=a PASSWORD =topsecret',
      'PASSWORD=topsecret\r',
      'PASSWORD=a\rtopsecret',
    ],
    ...[
      '\ufeffPASSWORD=topsecret',
      'PASSWORD=a\u2028topsecret',
      'RED_PASSWORD=topsecret',
      'SIM_PIN=topsecret',
      'PWD=topsecret',
    ],
    ...['PASSWORD=topsecret\0', 'A-B=topsecret', 'PASSWORD=topsecret'.repeat(30)],
  ];
  for (const line of LINES) {
    for (const text of [line, `TYPE=PPPOE\n${line}\n`, `\n${line}\r\n`]) {
      const files = { ...FILES, profiles: { a: text }, settings: text, ppp: text, dials: { 1: text }, ethernet: text };
      t.notMatch(writeBundle(files), /secret/, JSON.stringify(text).replace(/[^ -~]/g, '?'));
    }
  }
});

tap.test('it means the same, for every file', async (t) => {
  const VALUES = ['', 'x', "it's", '@/etc/shadow', '"a b"', "'a'b", "'a", 'a # b', 'é', '*', '**', '***'];
  const texts = VALUES.flatMap((value) =>
    ['PPPOE', 'QMI'].map((type) => `type=${type}\r\n# c\r\nDEVICE=red1\nUSERNAME=me\nPASSWORD=${value}\nx`),
  );
  for (const text of texts) {
    const files = { ...FILES, settings: 'BACKUP_PROFILES=a', profiles: { a: text } };
    t.strictSame(readIpfire(through(files)), readIpfire(files), text);
  }
  const damagedFiles = [['A=1\nBACKUP_PROFILES="a b"\n'], [PROFILE, 'DIAL_PROFILE=2'], [ETHERNET], [PPP]].map(damaged);
  const [settings, profile, ethernet, ppp] = damagedFiles;
  assert(settings && profile && ethernet && ppp);
  const property = fc.property(settings, profile, ethernet, ppp, (text, a, net, dial) => {
    // What a line of shell hides behind a key is left out, and a value with it.
    if (/(pass|pwd|secret)\w*\s*=/i.test([text, a, net, dial].join('\n').replace(/^\s*PASSWORD=/gim, ''))) return;
    const files = { ...FILES, settings: text, profiles: { a, b: a }, ethernet: net, ppp: dial, dials: { 2: dial } };
    assert.deepEqual(readIpfire(through(files)), readIpfire(files));
    assert.equal(writeBundle(through(files)), writeBundle(files));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

tap.test('what is no bundle', async (t) => {
  const good = JSON.parse(writeBundle(FILES));
  const without = (key: string) => JSON.stringify({ ...good, [key]: undefined });
  const OTHERS = ['', 'x', '[]', '{}', 'null', "config settings 'settings'\n", '{"enabled":1}', '{"enabled":true}'];
  const CASES = [
    ...[...OTHERS, without('enabled'), without('profiles'), without('dials'), without('macs')],
    ...[
      { profiles: { a: 'x' } },
      { profiles: { a: [1] } },
      { settings: 'x' },
      { macs: { a: 1 } },
      { primary: [] },
      { ppp: null },
    ].map((part) => JSON.stringify({ ...good, ...part })),
  ];
  for (const text of CASES) t.equal(readBundle(text), undefined, text);
  const property = fc.property(damaged([writeBundle(FILES)]), (text) => {
    const files = readBundle(text);
    if (!files) return;
    readIpfire(files);
    assert.deepEqual(readBundle(writeBundle(files)), through(files));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});
