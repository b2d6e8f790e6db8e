import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import { problemText } from '../../lib/report/words.js';
import type { Routeros } from '../../lib/routeros.js';

const HEAD = `config settings
	option enabled 1
config interface wan1
	option device eth1
	option metric 10
	list ping_target 1.1.1.1
config interface wan2
	option device eth2
	option metric 20
	list ping_target 8.8.8.8
config shaper line
	option interface wan1
	option ifb 1
config shaper half
	option interface wan2
config routeros edge
	option host 192.168.88.1
`;
const WAY = "option secret /etc/s\nlist route 'wan1 WAN1: default'\n";

function read(text: string) {
  const parsed = parseUci(HEAD + text);
  if (!('sections' in parsed)) throw new Error(parsed.text);
  const { config, problems } = readSettings(parsed.sections, more);
  return {
    machines: config.routeros,
    said: problems.map((problem) => problemText(problem, 'f').replace(/^f, line \d+: /, '')),
  };
}

const PLAIN: Routeros = {
  ...{
    name: 'edge',
    host: '192.168.88.1',
    user: 'mini-mwan',
    ways: ['rest'],
    timeout: 5,
    writeInterval: 10,
    force: false,
  },
  rest: { port: 443, secret: '/etc/s' },
  routes: [{ wan: 'wan1', comment: 'WAN1: default' }],
};

tap.test('what can be said of a machine', async (t) => {
  const CASES: [text: string, more: Partial<Routeros>][] = [
    ['', {}],
    [
      'option user admin\noption timeout 2\noption write_interval 60\noption force 1',
      { user: 'admin', timeout: 2, writeInterval: 60, force: true },
    ],
    ['option ca /etc/ca.pem\noption port 8443', { rest: { port: 8443, secret: '/etc/s', ca: '/etc/ca.pem' } }],
    [
      `option pin sha256//${'A'.repeat(43)}=`,
      { rest: { port: 443, secret: '/etc/s', pin: `sha256//${'A'.repeat(43)}=` } },
    ],
    ['option ssh_key /etc/k', { ways: ['rest', 'ssh'], ssh: { port: 22, key: '/etc/k' } }],
    [
      'option ssh_key /etc/k\noption ssh_port 2222\noption ssh_known_hosts /etc/h\noption transport ssh',
      { ways: ['ssh', 'rest'], ssh: { port: 2222, key: '/etc/k', knownHosts: '/etc/h' } },
    ],
    ["list route 'wan2 b'", { routes: [...PLAIN.routes, { wan: 'wan2', comment: 'b' }] }],
    ["option mangle 'steer; fast'", { rule: 'steer; fast' }],
    [
      'option shaper line\noption download_queue d\noption upload_queue u',
      { shaper: { name: 'line', queues: { up: 'u', down: 'd' } } },
    ],
  ];
  for (const [text, expected] of CASES) {
    const { machines, said } = read(WAY + text);
    t.strictSame([machines, said], [[{ ...PLAIN, ...expected }], []], text);
  }
  t.equal(read(`${WAY}option enabled 0`).machines, undefined);
});

tap.test('what cannot be used is named, and left out', async (t) => {
  const CASES: [text: string, said: RegExp, count: number][] = [
    ['option host a$b', /option host 'a\$b': not an address or a name; ignored/, 0],
    ['option secret etc/s', /option secret 'etc\/s': not the whole path of a file/, 0],
    ['option pin sha1//x', /option pin 'sha1\/\/x': not the hash of a public key/, 1],
    ["list route 'wan9 b'", /not the name of an interface section, a blank and the comment of a route; ignored/, 1],
    ["list route 'wan2'", /not the name of an interface section/, 1],
    [`list route 'wan2 a"b'`, /the comment is not 1 to 128 letters/, 1],
    ["list route 'wan2 a$b'", /the comment is not 1 to 128 letters/, 1],
    ["list route 'wan1 other'", /a WAN or a comment that stands before; ignored/, 1],
    ["list route 'wan2 WAN1: default'", /a WAN or a comment that stands before; ignored/, 1],
    ['option mangle a[b]', /option mangle 'a\[b\]': not 1 to 128/, 1],
    ['option shaper line', /option shaper, option download_queue and option upload_queue only work together/, 1],
    [
      'option shaper none\noption download_queue d\noption upload_queue u',
      /option shaper 'none': not the name of a shaper section/,
      1,
    ],
    ['option shaper line\noption download_queue d\noption upload_queue d', /are the same; ignored/, 1],
    ['option shaper half\noption download_queue d\noption upload_queue u', /it only has a rate of one direction/, 1],
    ['option ssh_port 22', /option ssh_port '22': without effect without option ssh_key/, 1],
    ['option transport ssh', /routeros 'edge': transport ssh needs option ssh_key; using rest/, 1],
    ['option password x', /unknown option; ignored/, 1],
    ['option timeout 99', /not a number from 1 to 30; using 30/, 1],
    [
      'config routeros again\noption host 192.168.88.1\noption secret /etc/s\nlist route "wan2 WAN1: default"',
      /'edge' steers a part of the same; left out/,
      1,
    ],
  ];
  for (const [text, expected, count] of CASES) {
    const { machines = [], said } = read(WAY + text);
    t.match(said.join('\n'), expected, text);
    t.equal(machines.length, count, text);
  }
  t.match(read('option secret /etc/s').said, [/nothing is to be steered there/]);
  t.match(read("list route 'wan1 a'").said, [/there is no way to it/]);
  t.match(read("list route 'wan1 a'\noption ca /etc/ca").said.join(), /without effect without option secret/);
  const many = Array.from({ length: 12 }, (_, i) => `config routeros\noption host 10.0.0.${i}\n${WAY}`).join('\n');
  const { machines = [], said } = read(`${WAY}${many}`);
  t.equal(machines.length, 8);
  t.match(said.join('\n'), /more than 8 routeros sections/);
  t.equal(machines[1]?.name, 'routeros-2', 'one without a name gets one');
});
