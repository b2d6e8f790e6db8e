import tap from 'tap';
import { lansOf, zoneOf } from '../../../lib/config/ipfire/lans.js';
import { isProfileName, readProfile } from '../../../lib/config/ipfire/profile.js';
import { readValues } from '../../../lib/config/ipfire/values.js';
import type { Problem } from '../../../lib/model.js';
import { problemText } from '../../../lib/report/words.js';
import { ETHERNET, PPP } from './samples.js';

const { values: primary } = readValues(ETHERNET);
const AROUND = {
  primary,
  lans: lansOf(primary),
  macs: new Map([
    ['red1', '02:00:00:00:00:01'],
    ['eth7', '02:00:00:00:00:77'],
  ]),
  modems: { '/dev/cdc-wdm0': 'wwan0', '/dev/cdc-wdm1': 'wwan1' },
  dials: { 1: '', 2: PPP, 3: 'TYPE=qmi\nAPN=internet\n', 4: 'TYPE=PPPOE\n', 5: 'TYPE=modem\nCOMPORT=ttyS0\n# x' },
};

/** What becomes of a profile that is called usb, and what is said. */
function read(text: string) {
  const problems: Problem[] = [];
  const profile = readProfile('usb', text, AROUND, problems);
  const said = problems.map((problem) => problemText(problem, 'f'));
  return { ...('uplink' in profile ? { ...profile.uplink, unusable: undefined } : profile), said } as Partial<
    typeof profile & {
      type: string;
      device: string;
      fixed: object;
      block: object;
      dial: { values: object };
      unusable: string;
    }
  > & { said: string[] };
}

const STATIC = 'TYPE=STATIC\nDEVICE=red1\nIP=198.51.100.10\nNETMASK=255.255.255.0\nGATEWAY=198.51.100.1\n';
const PPPOE = 'TYPE=PPPOE\nDEVICE=red1\nUSERNAME=me@provider\nPASSWORD=topsecret\n';
const QMI = 'TYPE=QMI\nDEVICE=/dev/cdc-wdm0\nAPN=internet\nUSERNAME=\nPASSWORD=\n';
const FIXED = { address: '198.51.100.10', prefix: 24, gateway: '198.51.100.1' };

tap.test('profiles as the documents have them', async (t) => {
  const MORE = 'AUTOCONNECT=on\nRECONNECTION=persistent\n';
  const CASES: [what: string, text: string, uplink: object][] = [
    [
      'DHCP',
      'TYPE=DHCP\nDEVICE=red1\n',
      { type: 'DHCP', device: 'red1', block: { RED_TYPE: 'DHCP', RED_DEV: 'red1' } },
    ],
    ['STATIC', STATIC, { type: 'STATIC', device: 'red1', fixed: FIXED, block: { DEFAULT_GATEWAY: '198.51.100.1' } }],
    ['PPPOE', PPPOE, { type: 'PPPOE', device: 'red1', dial: { values: { TYPE: 'pppoe', USERNAME: 'me@provider' } } }],
    ['QMI', QMI, { type: 'QMI', device: 'wwan0', dial: { values: { TYPE: 'qmi', APN: 'internet' } } }],
    ['QMI by its network device', QMI.replace('/dev/cdc-wdm0', 'wwan0'), { type: 'QMI', device: 'wwan0' }],
    [
      'PPTP',
      `${PPPOE.replace('PPPOE', 'PPTP')}PPTP_PEER=10.0.0.138\n`,
      { dial: { values: { PPTP_PEER: '10.0.0.138' } } },
    ],
    [
      'VDSL',
      `${PPPOE.replace('PPPOE', 'VDSL')}INET_VLAN=132\n`,
      { dial: { values: { TYPE: 'vdsl', INET_VLAN: '132' } } },
    ],
  ];
  for (const [what, text, uplink] of CASES) {
    for (const written of [
      text,
      text + MORE,
      text.toLowerCase(),
      text.replaceAll('\n', '\r\n'),
      `# ${what}\n\n${text}`,
    ])
      t.match(read(written), { ...uplink, said: [], unusable: undefined }, written);
  }
  t.match(read('TYPE=DHCP\nDEVICE=red1\n').block, { RED_MACADDR: '02:00:00:00:00:01' });
});

tap.test('the same in other words', async (t) => {
  const wanted = read(STATIC);
  const SAME = [
    STATIC.replace('255.255.255.0', '24'),
    STATIC.replace('NETMASK=255.255.255.0', '').replace('100.10', '100.10/24'),
    STATIC.replace('STATIC', '"static"').replace('DEVICE', 'device '),
    'RED_TYPE=STATIC\nRED_DEV=red1\nRED_ADDRESS=198.51.100.10\nRED_NETMASK=255.255.255.0\nDEFAULT_GATEWAY=198.51.100.1\nRED_NETADDRESS=198.51.100.0\n',
    `${STATIC}RED_TYPE=DHCP\nRED_DEV=red7`,
    `${STATIC}MAC=02-00-00-00-00-01`,
  ];
  for (const text of SAME) t.strictSame(read(text), wanted, text);
  t.match(read('TYPE=STATIC\nDEVICE=red1\nIP=198.51.100.0/31\nGATEWAY=198.51.100.1'), {
    fixed: { prefix: 31 },
    said: [],
  });
  t.match(read(`${STATIC}MTU=1400`), { block: { RED_MTU: '1400' }, said: [] });
  t.match(read('TYPE=DHCP\nDEVICE=red1\nRED_MTU=1400'), { block: { RED_DHCP_FORCE_MTU: '1400' }, said: [] });
  t.match(read(`${PPPOE}MTU=1400`), { block: { RED_MTU: undefined }, dial: { values: { MTU: '1400' } }, said: [] });
  t.match(read('TYPE=DHCP\nDEVICE=eth8\nRED_MACADDR=02:00:00:AA:00:08').block, { RED_MACADDR: '02:00:00:aa:00:08' });
});

const HOST = 'needed: the IPv4 address of a host, as in';
const MASK = 'needed: a netmask, as in: NETMASK=255.255.255.0 or NETMASK=24';
const SCRIPTS = "IPFire's scripts read only letters, digits and = / , . : % _ @ # + - of it";
const NO_DEVICE = 'not the name of a network device (1 to 15 letters, digits, . _ - @ +)';

tap.test('a profile that cannot be used, and why', async (t) => {
  const device = (name: string) => `TYPE=DHCP\nDEVICE=${name}\n`;
  const fixed = (address: string, mask = '24', gateway = '198.51.100.1') =>
    `TYPE=STATIC\nDEVICE=red1\nIP=${address}\nNETMASK=${mask}\nGATEWAY=${gateway}`;
  const CASES: [text: string, where: string, reason: string][] = [
    ['TYPE=ISDN\nDEVICE=red1', "line 1: TYPE 'ISDN'", 'not DHCP or STATIC or PPPOE or PPTP or VDSL or QMI'],
    [
      'TYPE=constructor\nDEVICE=red1',
      "line 1: TYPE 'constructor'",
      'not DHCP or STATIC or PPPOE or PPTP or VDSL or QMI',
    ],
    ['DEVICE=red1', 'TYPE', 'there is none, as in: TYPE=DHCP'],
    [
      'TYPE=modem\nDEVICE=red1',
      "line 1: TYPE 'modem'",
      "a modem is set up on IPFire's page for dialling; name its dial profile, as in: DIAL_PROFILE=2",
    ],
    ['TYPE=DHCP', 'DEVICE', 'there is none, as in: DEVICE=red1'],
    [device(''), "line 2: DEVICE ''", 'there is none, as in: DEVICE=red1'],
    ...['../../etc/passwd', 'a b', '-x', 'a;reboot', '$(id)', 'x'.repeat(16), '/dev/cdc-wdm0', "'a/b'"].map(
      (name): [string, string, string] => [device(name), `line 2: DEVICE '${name.replaceAll("'", '')}'`, NO_DEVICE],
    ),
    [device('ppp0'), "line 2: DEVICE 'ppp0'", 'dialling makes it; name the network card below, as red1'],
    [device('lo'), "line 2: DEVICE 'lo'", 'dialling makes it; name the network card below, as red1'],
    [device('green0'), "line 2: DEVICE 'green0'", "it is GREEN's"],
    [device('orange0'), "line 2: DEVICE 'orange0'", "it is ORANGE's"],
    [QMI.replace('cdc-wdm0', 'cdc-wdm7'), "line 2: DEVICE '/dev/cdc-wdm7'", 'no such modem is there'],
    [QMI.replace('cdc-wdm0', '../cdc-wdm0'), "line 2: DEVICE '/dev/../cdc-wdm0'", NO_DEVICE],
    [fixed('example.org'), "line 3: IP 'example.org'", `${HOST}: IP=192.0.2.10`],
    [fixed('224.0.0.1'), "line 3: IP '224.0.0.1'", `${HOST}: IP=192.0.2.10`],
    [fixed('198.51.100.10/99'), "line 3: IP '198.51.100.10/99'", MASK],
    [fixed('198.51.100.0'), "line 3: IP '198.51.100.0'", 'the first and the last address of a network are no host'],
    [fixed('198.51.100.255'), "line 3: IP '198.51.100.255'", 'the first and the last address of a network are no host'],
    [fixed('198.51.100.1'), "line 3: IP '198.51.100.1'", 'it is that of the gateway, too'],
    [fixed('192.168.1.77'), "line 3: IP '192.168.1.77'", "it is in GREEN's network"],
    [fixed('192.168.77.77', '16'), "line 3: IP '192.168.77.77'", "it is in GREEN's network"],
    [fixed('198.51.100.10', '0'), "line 4: NETMASK '0'", MASK],
    [fixed('198.51.100.10', '255.0.255.0'), "line 4: NETMASK '255.0.255.0'", MASK],
    [fixed('198.51.100.10', '24', 'gw'), "line 5: GATEWAY 'gw'", `${HOST}: GATEWAY=192.0.2.1`],
    [PPPOE.replace('USERNAME=me@provider\n', ''), 'USERNAME', 'there is none, as in: USERNAME=name@provider'],
    [PPPOE.replace('me@', "'m e'@"), 'line 3: USERNAME', 'its quotes are not one pair around the whole value; ignored'],
    [PPPOE.replace('me@', 'm e@'), "line 3: USERNAME 'm e@provider'", SCRIPTS],
    [PPPOE.replace('me@', 'me$(id)@'), "line 3: USERNAME 'me$(id)@provider'", SCRIPTS],
    [PPPOE.replace('me@provider', '@/etc/shadow'), "line 3: USERNAME '@/etc/shadow'", SCRIPTS],
    [`${PPPOE}APN=a b`, "line 5: APN 'a b'", 'it may have no blank'],
    [
      `${PPPOE}SERVICENAME=a;b`,
      "line 5: SERVICENAME 'a;b'",
      "IPFire's scripts read only letters, digits, blanks and = / , . : % _ @ # + -",
    ],
    [
      PPPOE.replace('topsecret', '@/etc/shadow'),
      'line 4: PASSWORD',
      'pppd takes none that is longer than 255 characters or begins with @/',
    ],
    [QMI.replace('PASSWORD=', "PASSWORD=it's"), 'line 5: PASSWORD', SCRIPTS],
    ['DIAL_PROFILE=6', "line 1: DIAL_PROFILE '6'", 'not a number from 1 to 5'],
    ['DIAL_PROFILE=../2', "line 1: DIAL_PROFILE '../2'", 'not a number from 1 to 5'],
    ['DIAL_PROFILE=1', "line 1: DIAL_PROFILE '1'", "IPFire's dial profile 1 is not set up"],
    ['DIAL_PROFILE=4', "line 1: DIAL_PROFILE '4'", 'dial profile 4 has no TYPE that IPFire could dial'],
  ];
  for (const [text, where, reason] of CASES) {
    const { said, unusable } = read(text);
    const place = where.startsWith('line') ? `profile usb, ${where}` : `profile usb: ${where}`;
    const fault = reason.endsWith('; ignored');
    t.ok(said.includes(`${place}: ${reason}${fault ? '' : '; left out'}`), `${text}\n${said.join('\n')}`);
    t.type(unusable, 'string');
    if (!fault) t.ok(unusable?.endsWith(`: ${reason}`), String(unusable));
    t.notMatch(said.join(), /topsecret|shadow'.*PASSWORD|it's'/, 'no password');
  }
});

tap.test('several things are wrong: each is said', async (t) => {
  const { said } = read('TYPE=STATIC\nDEVICE=green0\nIP=x\nNETMASK=y\nGATEWAY=z\nMTU=9\nMAC=q\nNO_SUCH=1\nhello\n');
  t.strictSame(said, [
    'profile usb, line 9: not KEY=VALUE; ignored',
    "profile usb, line 2: DEVICE 'green0': it is GREEN's; left out",
    `profile usb, line 3: IP 'x': ${HOST}: IP=192.0.2.10; left out`,
    `profile usb, line 4: NETMASK 'y': ${MASK}; left out`,
    `profile usb, line 5: GATEWAY 'z': ${HOST}: GATEWAY=192.0.2.1; left out`,
    "profile usb, line 7: MAC 'q': not a MAC address, as 00:11:22:33:44:55; ignored",
    "profile usb, line 6: MTU '9': not a number from 576 to 9000; using 576",
    'profile usb, line 8: NO_SUCH: unknown key; ignored',
  ]);
});

tap.test('what is odd, but no reason to leave a line out', async (t) => {
  const CASES: [text: string, said: string][] = [
    ['TYPE=DHCP\nDEVICE=red1\nDEVICE=red1', 'profile usb, line 3: DEVICE: set before in line 2; this one counts'],
    [PPPOE.replace('PASSWORD=topsecret\n', ''), 'profile usb: PASSWORD: there is none; dialling without'],
    [QMI.replace('APN=internet\n', ''), 'profile usb: APN: there is none; dialling without'],
    [`${PPPOE}MRU=9999`, "profile usb, line 5: MRU '9999': not a number from 576 to 1500; using 1500"],
    [`${PPPOE}MRU=x`, "profile usb, line 5: MRU 'x': not a number from 576 to 1500; ignored"],
    [
      `${PPPOE}AUTH=x`,
      "profile usb, line 5: AUTH 'x': not pap-or-chap or pap or chap or standard-login-script or demon-login-script or other-login-script; ignored",
    ],
  ];
  for (const [text, said] of CASES) t.match(read(text), { device: /./, unusable: undefined, said: [said] }, text);
});

tap.test('passwords are no matter of what is decided', async (t) => {
  const { dial, said } = read(PPPOE.replace('topsecret', `"it's \\"x\\" $(id) \\\\"`));
  t.strictSame(said, []);
  t.notOk('PASSWORD' in (dial?.values ?? {}));
  t.strictSame(read(PPPOE.replace('topsecret', '*')), read(PPPOE), 'what stands for one');
});

tap.test("a dial profile of IPFire's", async (t) => {
  t.match(read('DIAL_PROFILE=2'), {
    type: 'PPPOE',
    device: 'red0',
    dial: { number: 2 },
    said: [],
    unusable: undefined,
  });
  t.match(read('DIAL_PROFILE=2\nTYPE=PPPOE\nDEVICE=red1'), { type: 'PPPOE', device: 'red1', said: [] });
  t.match(read('DIAL_PROFILE=3\nDEVICE=/dev/cdc-wdm1'), { type: 'QMI', device: 'wwan1', said: [] });
  t.match(read('DIAL_PROFILE=2\nTYPE=').said, { length: 0 });
  t.match(read('DIAL_PROFILE=2\nTYPE=STATIC'), {
    type: 'PPPOE',
    said: ["profile usb, line 2: TYPE 'STATIC': dial profile 2 is of type PPPOE; using that"],
  });
  t.match(read('DIAL_PROFILE=2\nUSERNAME=x\nPASSWORD=topsecret'), {
    dial: { number: 2 },
    said: [
      "profile usb, line 2: USERNAME 'x': DIAL_PROFILE is there as well and counts; ignored",
      'profile usb, line 3: PASSWORD: DIAL_PROFILE is there as well and counts; ignored',
    ],
  });
  t.match(read('DIAL_PROFILE=5'), {
    ...{ type: 'MODEM', dial: { number: 5 } },
    said: ["dial profile 5, line 3: a comment: IPFire's own programs may read nothing of the file because of it"],
  });
});

tap.test('names', async (t) => {
  for (const name of ['a', 'usb-modem', 'gsm_backup', '5G', 'constructor', 'x'.repeat(32)])
    t.ok(isProfileName(name), name);
  const ILLEGAL = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    '-x',
    '_x',
    'a.b',
    'a b',
    'a\n',
    'é',
    'primary',
    'x'.repeat(33),
    '__proto__',
  ];
  for (const name of ILLEGAL) t.notOk(isProfileName(name), name);
});

tap.test('networks beside RED', async (t) => {
  const zones = (more: string) => lansOf(readValues(ETHERNET + more).values).map(({ zone }) => zone);
  t.strictSame(zones(''), ['GREEN', 'ORANGE']);
  t.strictSame(zones('CONFIG_TYPE=1'), ['GREEN']);
  t.strictSame(zones('CONFIG_TYPE=3'), ['GREEN', 'BLUE']);
  t.strictSame(zones('CONFIG_TYPE=4'), ['GREEN', 'BLUE', 'ORANGE']);
  t.strictSame(zones('CONFIG_TYPE=x'), ['GREEN', 'BLUE', 'ORANGE'], 'all that could be');
  t.strictSame(zones('CONFIG_TYPE=__proto__'), ['GREEN', 'BLUE', 'ORANGE']);
  t.strictSame(lansOf({}), []);
  const { values } = readValues("GREEN_DEV=green0\nGREEN_MODE=bridge\nGREEN_SLAVES='02:00:00:00:00:77 eth9'");
  const lans = lansOf(values);
  const CASES = ['green0', 'eth7', 'eth9', 'red1', 'eth8'].map((device) => zoneOf(device, lans, AROUND.macs));
  t.strictSame(CASES, ['GREEN', 'GREEN', 'GREEN', undefined, undefined]);
});
