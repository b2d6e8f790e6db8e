import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { dialledType, isDialled, pppText, pppValues, withoutBackup } from '../../../lib/config/ipfire/ppp.js';
import {
  maskOfPassword,
  readCredentials,
  secretsLine,
  whyNoPassword,
  whyNoSecret,
} from '../../../lib/config/ipfire/secrets.js';
import { changeValues, readValues } from '../../../lib/config/ipfire/values.js';
import { CHARACTER, PPP } from './samples.js';

/** The words of a line, as pppd reads them: quotes of both kinds, and a backslash that escapes in and out of them. */
function pppdWords(line: string): string[] {
  const words: string[] = [];
  let [word, quote, escaped]: [string | undefined, string, boolean] = [undefined, '', false];
  for (const char of line) {
    if (escaped) {
      word = (word ?? '') + (/[\\"' #]/.test(char) ? char : `<escape ${char}>`);
      escaped = false;
    } else if (char === '\\') escaped = true;
    else if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && /["']/.test(char)) [word, quote] = [word ?? '', char];
    else if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && char === '#') break;
    else word = (word ?? '') + char;
  }
  assert(quote === '' && !escaped);
  return words;
}

tap.test("pppd's secrets", async (t) => {
  const CASES: [user: string, password: string, line: string][] = [
    ['me@provider', 'topsecret', "'me@provider' * 'topsecret'\n"],
    ['me', '', "'me' * ''\n"],
    ['me', 'a b#c"d', `'me' * 'a b#c"d'\n`],
    ['me', "it's", `'me' * "it's"\n`],
    ['me', 'it\'s "x"', `'me' * "it's \\"x\\""\n`],
    ['me', 'a\\nb', `'me' * "a\\\\nb"\n`],
    ['me', "' * 'x' # ", `'me' * "' * 'x' # "\n`],
    ['me', '$(reboot)', "'me' * '$(reboot)'\n"],
    ['me', '@x', "'me' * '@x'\n"],
    ['me', 'é'.repeat(127), `'me' * '${'é'.repeat(127)}'\n`],
  ];
  for (const [user, password, line] of CASES) {
    t.equal(secretsLine(user, password), line);
    t.strictSame(pppdWords(line), [user, '*', password]);
  }
  const REFUSED = ['a\nb', 'a\rb', 'a\0b', '@/etc/shadow', 'x'.repeat(256), 'é'.repeat(128), '😀'.repeat(64)];
  for (const word of REFUSED) {
    t.type(whyNoSecret(word), 'string', JSON.stringify(word));
    t.throws(() => secretsLine('me', word), { message: /^the user name or the password / });
    t.throws(() => secretsLine(word, 'topsecret'));
  }
  const property = fc.property(fc.string({ unit: CHARACTER }), fc.string({ unit: CHARACTER }), (user, password) => {
    if ([user, password].some((word) => whyNoSecret(word) !== undefined)) return;
    const line = secretsLine(user, password);
    assert.match(line, /^[^\n]*\n$/);
    assert.deepEqual(pppdWords(line), [user, '*', password]);
  });
  t.doesNotThrow(() => fc.assert(property));
});

tap.test('what stands for a password says who can read it, and nothing else', async (t) => {
  const CASES: [password: string, mask: string, pppd: boolean, qmi: boolean][] = [
    ['', '', true, true],
    ['topsecret', '*', true, true],
    ['two words', '**', true, false],
    ["it's", '**', true, false],
    ['$(reboot)', '**', true, false],
    ['pässword', '**', true, false],
    ['@/etc/shadow', '***', false, false],
    ['x'.repeat(300), '***', false, false],
  ];
  for (const [password, mask, pppd, qmi] of CASES) {
    t.equal(maskOfPassword(password), mask, password);
    t.equal(maskOfPassword(mask), mask);
    for (const text of [password, mask]) {
      t.equal(whyNoPassword(text, 'pppd') === undefined, pppd, `pppd: ${text}`);
      t.equal(whyNoPassword(text, 'qmi') === undefined, qmi, `qmi: ${text}`);
    }
  }
});

tap.test('credentials, for whoever dials', async (t) => {
  t.strictSame(readCredentials(PPP, { ours: false }), { user: 'me@provider', password: 'topsecret' });
  t.strictSame(readCredentials('username = me\npassword="it\'s"', { ours: true }), { user: 'me', password: "it's" });
  t.strictSame(readCredentials('', { ours: true }), { user: '', password: '' });
});

tap.test('ppp/settings of a profile of ours', async (t) => {
  const pppoe = pppValues('PPPOE', 'dsl-backup', { USERNAME: 'me@provider', MTU: '1480' });
  t.match(pppoe, { TYPE: 'pppoe', PROFILENAME: 'dsl-backup', USERNAME: 'me@provider', MTU: '1480', MRU: '1492' });
  t.match(pppValues('VDSL', 'x', {}), { TYPE: 'vdsl', INET_VLAN: '7' });
  const qmi = pppValues('QMI', 'lte', { APN: 'internet', USERNAME: '' });
  t.match(qmi, { TYPE: 'qmi', APN: 'internet', USERNAME: '' });
  t.notOk('MTU' in qmi, 'a modem knows its own');
  for (const values of [pppoe, qmi]) {
    t.equal(values.BACKUPPROFILE, '', 'IPFire goes over to no other by itself');
    t.notMatch(values.PROFILE, /^[1-5]$/, "it is none of the operator's");
    t.strictSame(
      readValues(pppText(values, 'topsecret')),
      readValues(changeValues('', { ...values, ...(values === qmi ? { PASSWORD: 'topsecret' } : {}) })),
    );
  }
  t.notMatch(pppText(pppoe, 'topsecret'), /topsecret/, 'pppd reads it elsewhere');
  t.notMatch(pppText(qmi, "top'secret"), /secret/, 'what would void the file does not get into it');
});

tap.test('a dial profile of IPFire, without its own failover', async (t) => {
  const copy = withoutBackup(PPP);
  t.strictSame(readValues(copy).values, { ...readValues(PPP).values, BACKUPPROFILE: '' });
  t.equal(withoutBackup(copy), copy);
  t.strictSame(readValues(withoutBackup('TYPE=pppoe')).values, { TYPE: 'pppoe', BACKUPPROFILE: '' });
});

tap.test('types of dial profiles', async (t) => {
  const CASES: [string, string | undefined][] = [
    ...(['modem', 'serial', 'pppoe', 'pptp', 'vdsl', 'qmi'] as const).map((type): [string, string] => [
      type,
      type.toUpperCase(),
    ]),
    ['pppoeatm', 'PPPOE'],
    ['pptpatm', 'PPTP'],
    ['PPPOE', undefined],
    ['', undefined],
    ['constructor', undefined],
  ];
  for (const [TYPE, type] of CASES) t.equal(dialledType({ TYPE }), type, TYPE);
  t.equal(dialledType({}), undefined);
  t.strictSame(
    (['STATIC', 'DHCP', 'PPPOE', 'QMI', 'MODEM'] as const).map((type) => isDialled({ type })),
    [false, false, true, true, true],
  );
});
