import tap from 'tap';
import { inspect, mustInspect } from '../../lib/platform/inspect.js';
import type { Finished } from '../../lib/system/exec.js';
import type { Red, UplinkType } from '../../lib/uplink.js';
import { Machine } from '../machine.js';
import { makeWan } from '../make.js';

const line = (type: UplinkType, device = 'red1') =>
  makeWan({ name: 'backup', targets: ['1.1.1.1', '8.8.8.8'], uplink: { type, device, block: {} } });

const FOUND = 'Access-Concentrator: BRAS7\nAC-Ethernet-Address: 02:00:00:00:00:fe\n';

tap.test('what can be seen of a line to which nothing can be sent', async (t) => {
  const CASES: [type: UplinkType, answer: Partial<Finished> | undefined, answered: boolean, seen: string][] = [
    ['PPPOE', { stdout: FOUND }, true, 'its access concentrator answers; more is known when it is dialled'],
    ['PPPOE', { exitCode: 1, stderr: 'Timeout waiting for PADO packets\n' }, false, 'no access concentrator answers'],
    ['PPPOE', { stdout: '' }, false, 'no access concentrator answers'],
    ['PPPOE', { failure: 'no end after 8 s' }, false, 'no access concentrator answers'],
    ['PPPOE', undefined, true, 'red1 has a carrier; without pppoe-discovery, more is known when it is dialled'],
    ['QMI', { exitCode: 1 }, true, 'red1 is there; more is known when it is dialled'],
    ['PPTP', { exitCode: 1 }, true, 'red1 is there; more is known when it is dialled'],
    ['STATIC', { exitCode: 1 }, true, 'red1 has a carrier; another line has it until this one is tried'],
    ['DHCP', { exitCode: 1 }, true, 'red1 has a carrier; another line has it until this one is tried'],
  ];
  for (const [type, answer, answered, seen] of CASES) {
    const machine = new Machine();
    const asked: string[] = [];
    if (answer)
      machine.programs['pppoe-discovery'] = (args) => {
        asked.push(...args.filter((word) => word.startsWith('red')));
        return answer;
      };
    const found = await inspect(machine.exec, line(type), 'red1');
    t.match(found, { answered, seen, failures: answered ? 0 : 1, sent: 0, lost: 0 }, `${type}: ${seen}`);
    t.strictSame(
      found.targets.map(({ outcome }) => outcome),
      ['unasked', 'unasked'],
    );
    t.strictSame(asked, type === 'PPPOE' && answer ? ['red1'] : [], 'only a concentrator is asked for, on its card');
  }
});

tap.test('which lines those are', async (t) => {
  const red: Red = {
    now: { uptime: 0, bootId: '' },
    patience: 0,
    block: { RED_DEV: 'red0' },
    active: true,
    kept: false,
  };
  const seen = { links: [], routes: [], blind: [], red };
  const CASES: [type: UplinkType, device: string, must: boolean][] = [
    ['PPPOE', 'red1', true],
    ['QMI', 'red1', true],
    ['STATIC', 'red1', false],
    ['DHCP', 'red1', false],
    ['STATIC', 'red0', true],
    ['DHCP', 'red0', true],
  ];
  for (const [type, device, must] of CASES) {
    t.equal(mustInspect(line(type, device), seen), must, `${type} on ${device}`);
    const holder = { ...line(type, device), name: 'primary' };
    t.equal(mustInspect(holder, seen), false, `${type} on ${device}, which has RED`);
  }
  t.equal(mustInspect(makeWan(), seen), false);
});
