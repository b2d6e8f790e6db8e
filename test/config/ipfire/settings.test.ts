import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { isProfileName } from '../../../lib/config/ipfire/profile.js';
import { type Files, readIpfire } from '../../../lib/config/ipfire/settings.js';
import type { Wan } from '../../../lib/model.js';
import { problemText } from '../../../lib/report/words.js';
import { damaged } from '../../fuzz/mutate.js';
import { makeWan } from '../../make.js';
import { ETHERNET, PPP } from './samples.js';

const DHCP = 'TYPE=DHCP\nDEVICE=red1\n';
const FILES: Files = {
  settings: 'BACKUP_PROFILES=lte\n',
  enabled: true,
  profiles: { lte: DHCP },
  ethernet: ETHERNET,
  dials: {},
  macs: {},
};
const read = (more: Partial<Files> = {}) => {
  const { config, problems } = readIpfire({ ...FILES, ...more });
  return { config, wans: config.wans, problems, said: problems.map((problem) => problemText(problem, 'f')) };
};
/** What some lines of mwan/settings mean, from line 2. */
const settings = (text: string) => read({ settings: `BACKUP_PROFILES=lte\n${text}` });

tap.test('at the defaults', async (t) => {
  const { config, said } = read();
  const same = {
    ...{ targets: ['8.8.8.8', '1.1.1.1'], failureThreshold: 3, recoveryThreshold: 2, failbackDelay: 300 },
    ...{ reliability: 1, count: 3, timeout: 2 },
  };
  const [primary, lte] = config.wans.map(({ uplink: _, ...wan }) => wan);
  t.strictSame(primary, makeWan({ name: 'primary', interface: 'primary', metric: 1, ...same }));
  t.strictSame(lte, makeWan({ name: 'lte', interface: 'lte', metric: 2, ...same }));
  const { wans: _, ...rest } = config;
  t.strictSame(rest, { enabled: true, mode: 'failover', checkInterval: 30, sticky: false, logLevel: 'notice' });
  t.match(config.wans[0]?.uplink, { type: 'STATIC', device: 'red0', fixed: { address: '192.0.2.10', prefix: 24 } });
  t.match(config.wans[1]?.uplink, { type: 'DHCP', device: 'red1', block: { RED_MACADDR: '02:00:00:00:00:01' } });
  t.strictSame(said, []);
});

tap.test('numbers: at, below and above their range, and no numbers', async (t) => {
  const CASES: [key: string, lowest: number, highest: number, fallback: number, used: (wan: Wan) => number][] = [
    ['MAX_RETRIES', 1, 10, 3, (wan) => wan.failureThreshold],
    ['FAILBACK_DELAY', 0, 86400, 300, (wan) => wan.failbackDelay],
    ['CHECK_COUNT', 1, 10, 3, (wan) => wan.count],
    ['CHECK_TIMEOUT', 1, 30, 2, (wan) => wan.timeout],
  ];
  for (const [key, lowest, highest, fallback, used] of CASES) {
    for (const [value, number] of [
      [lowest, lowest],
      [highest, highest],
      [highest + 1, highest],
      [-1, lowest],
      ['x', fallback],
    ]) {
      const { wans, said } = settings(`${key}=${value}`);
      t.equal(used(wans[1] as Wan), number, `${key}=${value}`);
      const legal = `not a number from ${lowest} to ${highest}; using ${number}`;
      t.strictSame(said, value === number ? [] : [`f, line 2: ${key} '${value}': ${legal}`]);
    }
  }
  for (const [value, interval] of [
    ['2', 2],
    ['3600', 3600],
    ['1', 2],
    ['"60"', 60],
    ['', 30],
  ] as const)
    t.equal(settings(`CHECK_INTERVAL=${value}`).config.checkInterval, interval);
  const majority = [1, 2, 3, 4, 5, 199].map((n) => settings(`FAILBACK_ATTEMPTS=${n}`).wans[0]?.recoveryThreshold);
  t.strictSame(majority, [1, 2, 2, 3, 3, 100]);
  const { wans, said } = settings('CHECK_RELIABILITY=3\nCHECK_HOST=9.9.9.9 1.1.1.1');
  t.equal(wans[0]?.reliability, 2);
  t.strictSame(said, ["f, line 2: CHECK_RELIABILITY '3': more than there are usable targets; using 2"]);
});

tap.test('CHECK_HOST', async (t) => {
  const NAME = 'not the IPv4 address of a host (names are not looked up in a probe); ignored';
  const DEFAULT = ['8.8.8.8', '1.1.1.1'];
  const none = (text: string) => `f, line 2: CHECK_HOST '${text}': no usable address; using 8.8.8.8 1.1.1.1`;
  const CASES: [text: string, targets: string[], said?: string[]][] = [
    ['9.9.9.9', ['9.9.9.9']],
    ["'9.9.9.9 1.1.1.1'", ['9.9.9.9', '1.1.1.1']],
    ['9.9.9.9 1.1.1.1,8.8.4.4', ['9.9.9.9', '1.1.1.1', '8.8.4.4']],
    ['', DEFAULT],
    ['9.9.9.9 google.com', ['9.9.9.9'], [`f, line 2: CHECK_HOST 'google.com': ${NAME}`]],
    ['google.com', DEFAULT, [`f, line 2: CHECK_HOST 'google.com': ${NAME}`, none('google.com')]],
    ['127.0.0.1', DEFAULT, [`f, line 2: CHECK_HOST '127.0.0.1': ${NAME}`, none('127.0.0.1')]],
    ['9.9.9.9 9.9.9.9', ['9.9.9.9'], ["f, line 2: CHECK_HOST '9.9.9.9': named twice; used once"]],
  ];
  for (const [text, targets, expected = []] of CASES) {
    const { wans, said } = settings(`CHECK_HOST=${text}`);
    t.strictSame([wans[0]?.targets, wans[1]?.targets, said], [targets, targets, expected], text);
  }
  const many = Array.from({ length: 12 }, (_, i) => `9.9.9.${i}`).join(' ');
  t.equal(settings(`CHECK_HOST=${many}`).wans[0]?.targets.length, 10);
  t.match(settings(`CHECK_HOST=${many}`).said, [/more than 10 targets; the first 10 are used$/]);
});

tap.test('the other settings', async (t) => {
  t.equal(settings('LOG_LEVEL=debug').config.logLevel, 'debug');
  t.equal(settings('NOTIFY=/root/told').config.notify, '/root/told');
  t.match(settings('NOTIFY=told'), {
    config: { notify: undefined },
    said: ["f, line 2: NOTIFY 'told': not the whole path of a program, as /etc/mini-mwan.notify; ignored"],
  });
  const ONE = 'IPFire has one uplink, RED: lines cannot share it';
  const CASES: [text: string, said: string[]][] = [
    ['MODE=failover', []],
    ['MODE=multiuplink', [`f, line 2: MODE 'multiuplink': ${ONE}; using failover`]],
    ['MODE=x', ["f, line 2: MODE 'x': not failover or multiuplink; using failover"]],
    ['STICKY=0', []],
    ['STICKY=1', [`f, line 2: STICKY '1': ${ONE}; ignored`]],
    ['NO_SUCH=1', ["f, line 2: NO_SUCH '1': unknown key; ignored"]],
    [
      'CHECK_INTERVAL=30 # s',
      [
        'f, line 2: CHECK_INTERVAL: what follows " #" is taken for a comment; if it belongs to the value, put the value into quotes',
      ],
    ],
    ['$(reboot)', ['f, line 2: not KEY=VALUE; ignored']],
    ['# a comment', []],
  ];
  for (const [text, expected] of CASES) {
    const { said, config } = settings(text);
    t.strictSame(said, expected, text);
    t.match(config, { mode: 'failover', sticky: false, checkInterval: 30 });
  }
});

tap.test('disabled, and without a file', async (t) => {
  const { wans, config } = read({ enabled: false, settings: 'BACKUP_PROFILES=lte gone' });
  t.equal(config.enabled, false);
  t.match(wans, [{ enabled: false }, { enabled: false, uplink: {} }, { enabled: false }]);
  t.ok(wans.every((wan) => wan.unusable === undefined));
  const { settings: _, ethernet: __, ...bare } = FILES;
  const nothing = readIpfire({ ...bare, profiles: {} });
  t.match(nothing.config, { checkInterval: 30, wans: [{ name: 'primary', enabled: false }] });
  t.strictSame(
    nothing.problems.map((problem) => problemText(problem, 'f')),
    [
      'primary: ethernet/settings has no RED_DEV that is a device; left out',
      'BACKUP_PROFILES: no backup line is named',
    ],
  );
});

tap.test('backup lines', async (t) => {
  const profiles = {
    lte: DHCP,
    dsl: 'TYPE=PPPOE\nDEVICE=red2\nUSERNAME=me\nPASSWORD=x',
    bad: 'TYPE=x',
    old: DHCP,
    'x.bak': DHCP,
  };
  const lines = (names: string) => read({ profiles, settings: `BACKUP_PROFILES=${names}` });
  const { wans, said } = lines("'dsl lte gone bad'");
  t.strictSame(
    wans.map(({ name, interface: line, metric, enabled, unusable }) => [name, line, metric, enabled, unusable]),
    [
      ['primary', 'primary', 1, true, undefined],
      ['dsl', 'dsl', 2, true, undefined],
      ['lte', 'lte', 3, true, undefined],
      ['gone', 'gone', 4, false, "there is no profile 'gone'"],
      ['bad', 'bad', 5, false, 'TYPE: not DHCP or STATIC or PPPOE or PPTP or VDSL or QMI'],
    ],
  );
  t.match(said, [
    "f, line 1: BACKUP_PROFILES 'gone': there is no such profile; left out",
    /^profile bad, line 1: TYPE 'x': not DHCP/,
    /^profile bad: DEVICE: there is none/,
    /: old$/,
  ]);
  const names = (text: string) => lines(text).wans.map(({ name }) => name);
  t.strictSame(names('lte, dsl'), ['primary', 'lte', 'dsl']);
  t.strictSame(names('lte lte'), ['primary', 'lte']);
  t.strictSame(names('../lte primary lte/../dsl -x lte'), ['primary', 'lte']);
  t.strictSame(names('constructor'), ['primary', 'constructor']);
  t.match(lines('../lte lte').said[0], /^f, line 1: BACKUP_PROFILES '\.\.\/lte': not the name of a profile/);
  t.match(lines('').said, ['f, line 1: BACKUP_PROFILES: no backup line is named']);
  t.match(lines('lte').said, [/^profiles that are not in use: dsl, bad, old$/]);
  const many = Array.from({ length: 60 }, (_, i) => `p${i}`).join(' ');
  t.equal(names(many).length, 51);
});

tap.test('the primary', async (t) => {
  const block = { RED_TYPE: 'DHCP', RED_DEV: 'red5', RED_MACADDR: '02:00:00:00:00:05' };
  t.match(read({ primary: block }).wans[0]?.uplink, { type: 'DHCP', device: 'red5', block }, 'as it was saved');
  const pppoe = ETHERNET.replace('RED_TYPE=STATIC', 'RED_TYPE=PPPOE');
  t.match(read({ ethernet: pppoe, ppp: PPP }).wans[0]?.uplink, { type: 'PPPOE', device: 'red0', dial: { number: 2 } });
  t.notOk(read({ ethernet: pppoe, ppp: PPP.replace('PROFILE=2', 'PROFILE=6') }).wans[0]?.uplink?.dial);
  const CASES: [ethernet: string, reason: string][] = [
    [pppoe, 'RED_TYPE is PPPOE, and ppp/settings has no TYPE that IPFire could dial'],
    [ETHERNET.replace('RED_TYPE=STATIC', 'RED_TYPE=x'), 'RED_TYPE is not STATIC or DHCP or PPPOE'],
    [ETHERNET.replace('192.0.2.10', '0.0.0.0'), 'RED_ADDRESS, RED_NETMASK and DEFAULT_GATEWAY are not those of a host'],
    ['', 'ethernet/settings has no RED_DEV that is a device'],
  ];
  for (const [ethernet, reason] of CASES) {
    const { wans, said } = read({ ethernet });
    t.match(
      wans,
      [
        { name: 'primary', enabled: false, unusable: reason },
        { name: 'lte', enabled: true },
      ],
      reason,
    );
    t.ok(said.includes(`primary: ${reason}; left out`));
  }
  t.match(read({ ethernet: `# x=y\n${ETHERNET}` }).said, [/^ethernet\/settings, line 1: a comment: /]);
});

tap.test('lines with one device', async (t) => {
  const fixed = (device: string) => `TYPE=STATIC\nDEVICE=${device}\nIP=198.51.100.10\nNETMASK=24\nGATEWAY=198.51.100.1`;
  const dhcp = ETHERNET.replace('RED_TYPE=STATIC', 'RED_TYPE=DHCP');
  const pppoe = ETHERNET.replace('RED_TYPE=STATIC', 'RED_TYPE=PPPOE');
  const two = 'BACKUP_PROFILES=a b';
  const cannot = (name: string) => `the same device as ${name}: it cannot be tested while that one holds RED`;
  const same = 'the same line as primary: it goes down with it';
  const CASES: [what: string, files: Partial<Files>, said: string[]][] = [
    ['two backups', { settings: two, profiles: { a: DHCP, b: fixed('red1') } }, [`profile b: ${cannot('a')}`]],
    ['another of their own', { settings: two, profiles: { a: DHCP, b: fixed('red2') } }, []],
    ["the primary's", { profiles: { lte: fixed('red0') } }, [`profile lte: ${cannot('primary')}`]],
    ['the primary itself', { ethernet: dhcp, profiles: { lte: 'TYPE=DHCP\nDEVICE=red0' } }, [`profile lte: ${same}`]],
    [
      'the same dial profile',
      { ethernet: pppoe, ppp: PPP, dials: { 2: PPP }, profiles: { lte: 'DIAL_PROFILE=2' } },
      [`profile lte: ${same}`],
    ],
    [
      'another dial profile',
      { ethernet: pppoe, ppp: PPP, dials: { 3: PPP }, profiles: { lte: 'DIAL_PROFILE=3' } },
      [`profile lte: ${cannot('primary')}`],
    ],
  ];
  for (const [what, files, expected] of CASES) {
    const { said, wans } = read(files);
    t.strictSame(said, expected, what);
    t.ok(wans.every(({ enabled }) => enabled));
  }
});

const SAMPLES = {
  settings: [
    'CHECK_INTERVAL=30\nCHECK_HOST=8.8.8.8\nMAX_RETRIES=3\nFAILBACK_DELAY=300\nBACKUP_PROFILES="a b"\nMODE=failover\n',
  ],
  profile: [
    DHCP,
    'TYPE=STATIC\nDEVICE=red1\nIP=198.51.100.10/24\nGATEWAY=198.51.100.1',
    'DIAL_PROFILE=2\n',
    'TYPE=PPPOE\nDEVICE=red1\nUSERNAME=me\nPASSWORD=x\n',
  ],
};

tap.test('whatever is in the files, a configuration comes of it', async (t) => {
  const [settingsText, profile, ethernet, ppp] = [SAMPLES.settings, SAMPLES.profile, [ETHERNET], [PPP]].map(damaged);
  assert(settingsText && profile && ethernet && ppp);
  const property = fc.property(settingsText, profile, profile, ethernet, ppp, (text, a, b, net, dial) => {
    const files = {
      settings: text,
      enabled: true,
      profiles: { a, b },
      ethernet: net,
      ppp: dial,
      dials: { 2: dial },
      macs: {},
    };
    const { config, problems } = readIpfire(files);
    assert(problems.every((problem) => problem.text !== ''));
    const [primary, ...backups] = config.wans;
    assert(primary?.name === 'primary' && backups.every(({ name }) => isProfileName(name)));
    assert.equal(new Set(config.wans.map(({ name }) => name)).size, config.wans.length);
    for (const [
      i,
      { metric, enabled, unusable, uplink, targets, reliability, failureThreshold },
    ] of config.wans.entries()) {
      assert(metric === i + 1 && targets.length >= 1 && reliability <= targets.length && failureThreshold >= 1);
      assert(enabled === (unusable === undefined) && enabled === (uplink !== undefined));
      assert(uplink === undefined || /^[A-Za-z0-9_][\w.@+-]{0,14}$/.test(uplink.device));
      assert((uplink?.type === 'STATIC') === (uplink?.fixed !== undefined));
      assert(
        uplink === undefined ||
          i === 0 ||
          !['green0', 'lo'].includes(uplink.device) ||
          !net.includes('GREEN_DEV=green0\n'),
      );
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});
