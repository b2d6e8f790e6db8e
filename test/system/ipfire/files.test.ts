import tap from 'tap';
import { readFiles } from '../../../lib/system/ipfire/files.js';
import { Machine } from '../../machine.js';

/** A machine with these folders, and those above them. */
function withFolders(...paths: string[]): Machine {
  const machine = new Machine();
  machine.put('/var/ipfire/ethernet/settings', 'RED_TYPE=DHCP\nRED_DEV=red0\n');
  for (const path of paths) {
    const words = path.split('/').slice(1);
    for (let i = 1; i <= words.length; i++) machine.put(`/${words.slice(0, i).join('/')}`, '', { kind: 'folder' });
  }
  return machine;
}

tap.test('which network device is whose modem', async (t) => {
  const USB = '/sys/class/usbmisc';
  const CASES: [what: string, folders: string[], modems: Record<string, string> | undefined][] = [
    ['no such class', [], undefined],
    ['none', [USB], undefined],
    [
      'two',
      [`${USB}/cdc-wdm0/device/net/wwan0`, `${USB}/cdc-wdm12/device/net/wwan1`],
      { '/dev/cdc-wdm0': 'wwan0', '/dev/cdc-wdm12': 'wwan1' },
    ],
    ['one that is just pulled', [`${USB}/cdc-wdm0`, `${USB}/cdc-wdm1/device/net`], undefined],
    [
      'a printer beside it',
      [`${USB}/lp0/device/net/x`, `${USB}/cdc-wdm1/device/net/wwan0`],
      { '/dev/cdc-wdm1': 'wwan0' },
    ],
  ];
  for (const [what, folders, modems] of CASES) {
    const { engine, exec } = withFolders(...folders);
    t.strictSame((await readFiles({ engine, exec })).modems, modems, what);
  }
});
