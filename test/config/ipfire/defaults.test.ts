import tap from 'tap';
import { defaultSettings, profilesIn, withProfile } from '../../../lib/config/ipfire/defaults.js';
import { readIpfire } from '../../../lib/config/ipfire/settings.js';

const meaning = (settings: string) =>
  readIpfire({ settings, enabled: true, profiles: {}, dials: {}, macs: {}, ethernet: '' });

tap.test('settings that are made mean what no settings do, but for the profiles', async (t) => {
  const [made, none] = [meaning(defaultSettings([])), meaning('')];
  t.strictSame(made.config, none.config);
  t.strictSame(
    made.problems.filter(({ line, option }) => line !== undefined && option !== 'BACKUP_PROFILES'),
    [],
    'and nothing is wrong with them',
  );
  for (const line of defaultSettings(['a', 'b']).trimEnd().split('\n'))
    t.match(line, /^[A-Z_]+=([^\s']*|'[^']*')$/, 'a line that all of IPFire reads');
  t.strictSame(profilesIn(defaultSettings(['usb', 'ether'])), ['usb', 'ether']);
});

tap.test('one more profile', async (t) => {
  const CASES: [before: string, names: string[]][] = [
    ['', ['new']],
    ["BACKUP_PROFILES='a b'\n", ['a', 'b', 'new']],
    ['BACKUP_PROFILES=a,b\n', ['a', 'b', 'new']],
    ['BACKUP_PROFILES=\nCHECK_INTERVAL=5', ['new']],
    ['# mine\nMAX_RETRIES=2\nBACKUP_PROFILES="a"\n# end\n', ['a', 'new']],
  ];
  for (const [before, names] of CASES) {
    const after = withProfile(before, 'new') ?? '';
    t.strictSame(profilesIn(after), names, before);
    const others = (text: string) =>
      text.split('\n').filter((line) => line !== '' && !line.startsWith('BACKUP_PROFILES'));
    t.strictSame(others(after), others(before), 'all else stays');
    t.equal(withProfile(after, 'new'), undefined, 'a second time there is nothing to do');
  }
});
