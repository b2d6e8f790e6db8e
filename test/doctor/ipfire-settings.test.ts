import tap from 'tap';
import { examineDialling, examineNames } from '../../lib/doctor/ipfire-settings.js';

tap.test("IPFire's own failover", async (t) => {
  const CASES: [ethernet: Record<string, string>, ppp: Record<string, string>, wrong: boolean][] = [
    [{ RED_TYPE: 'STATIC' }, { PROFILE: '1', BACKUPPROFILE: '2' }, false],
    [{ RED_TYPE: 'PPPOE' }, { PROFILE: '1', BACKUPPROFILE: '1' }, false],
    [{ RED_TYPE: 'PPPOE' }, { PROFILE: '1', BACKUPPROFILE: '' }, false],
    [{ RED_TYPE: 'PPPOE' }, {}, false],
    [{ RED_TYPE: 'PPPOE' }, { PROFILE: '1', BACKUPPROFILE: '2' }, true],
  ];
  for (const [ethernet, ppp, expected] of CASES)
    t.equal(
      examineDialling(ethernet, ppp).some((finding) => finding.wrong),
      expected,
      JSON.stringify([ethernet, ppp]),
    );
});

tap.test('names of cards', async (t) => {
  const red0 = { INTF0_DEV: 'red0', INTF0_MACADDR: '02:00:00:00:01:00' };
  const both = { ...red0, INTF3_DEV: 'red1', INTF3_MACADDR: '02:00:00:00:01:01' };
  const own = { RED_DEV: 'red1', RED_MACADDR: '02:00:00:00:01:01' };
  const CASES: [ethernet: Record<string, string>, devices: string[], missing?: RegExp][] = [
    [both, ['red0', 'red1']],
    [{}, ['red0', 'red0']],
    [{}, []],
    [{ ...red0, ...own }, ['red0', 'red1'], /^red1: no /],
    [{ ...red0, INTF1_DEV: 'red1' }, ['red0', 'red1'], /^red1: no /],
    [own, ['red0', 'red1'], /^red0, red1: no /],
  ];
  for (const [ethernet, devices, missing] of CASES) {
    const [finding] = examineNames(ethernet, devices);
    if (missing) t.match(finding?.wrong, missing);
    else t.equal(finding?.wrong, undefined, JSON.stringify([ethernet, devices]));
  }
});
