import tap from 'tap';
import { fieldsOf, isOneLine, profileText, typeOf } from '../../../lib/config/ipfire/new-profile.js';
import { readCredentials } from '../../../lib/config/ipfire/secrets.js';
import { readValues } from '../../../lib/config/ipfire/values.js';

tap.test('a type by its number or its name', async (t) => {
  const CASES = [
    ['1', 'DHCP'],
    ['2', 'STATIC'],
    ['3', 'PPPOE'],
    ['4', 'QMI'],
    ['5', '5'],
    ['0', '0'],
    ['', ''],
    ['static', 'STATIC'],
    ['vdsl', 'VDSL'],
  ];
  for (const [answer = '', type] of CASES) t.equal(typeOf(answer), type, answer);
});

tap.test('what is asked for', async (t) => {
  const keys = (type: string) => fieldsOf(type).map(({ key }) => key);
  t.strictSame(keys('DHCP'), ['DEVICE']);
  t.strictSame(keys('STATIC'), ['DEVICE', 'IP', 'NETMASK', 'GATEWAY']);
  t.strictSame(keys('PPPOE'), ['DEVICE', 'USERNAME', 'PASSWORD']);
  t.strictSame(keys('QMI'), ['DEVICE', 'APN']);
  for (const type of ['PPPOE', 'PPTP', 'VDSL'])
    t.strictSame(
      fieldsOf(type).flatMap(({ key, secret }) => (secret ? [key] : [])),
      ['PASSWORD'],
      'which is not shown',
    );
});

tap.test('what is written is what is read', async (t) => {
  const passwords = ['plain', '$(reboot)', 'a;b', "it's", '"', 'back\\slash', ' blank ', '#x', 'a\'b"c\\d #e', 'ü€'];
  for (const PASSWORD of passwords) {
    const text = profileText({ TYPE: 'PPPOE', DEVICE: 'red1', USERNAME: 'u@x', PASSWORD });
    t.strictSame(readCredentials(text, { ours: true }), { user: 'u@x', password: PASSWORD }, PASSWORD);
    t.strictSame(readValues(text, { ours: true }).faults, []);
  }
  const qmi = readValues(profileText({ TYPE: 'QMI', DEVICE: '/dev/cdc-wdm0', APN: 'internet', USERNAME: '' }), {
    ours: true,
  });
  t.match(qmi.values, { APN: 'internet', USERNAME: '', PASSWORD: '', AUTOCONNECT: 'on', RECONNECTION: 'persistent' });
  t.notMatch(profileText({ TYPE: 'DHCP', DEVICE: 'red1', IP: '' }), 'IP=', 'what is empty is left out');
  t.strictSame(['a b', 'a\nb', 'a\rb', 'a\0b'].map(isOneLine), [true, false, false, false]);
});
