import tap from 'tap';
import type { Status } from '../../lib/model.js';
import { announce } from '../../lib/report/announcement.js';

tap.test('the variables of a transition', async (t) => {
  const down = { name: 'wan1', from: 'up', to: 'down', reason: 'no reply' } as const;
  t.strictSame(announce({ ...down, device: 'eth1', interface: 'wan' }), {
    event: { ACTION: 'disconnected', INTERFACE: 'wan', DEVICE: 'eth1' },
    full: {
      ACTION: 'disconnected',
      INTERFACE: 'wan',
      DEVICE: 'eth1',
      WAN: 'wan1',
      OLD_STATUS: 'up',
      NEW_STATUS: 'down',
      REASON: 'no reply',
    },
    crossing: true,
  });
  t.equal(announce({ ...down, reason: 'curl: \u001b[2J\n$(x)' }).full.REASON, 'curl: ?[2J?$(x)', 'plain words');
  t.strictSame(announce(down).event, { ACTION: 'disconnected', INTERFACE: 'wan1' }, 'no netifd, no device');
});

tap.test('what begins or ceases to carry traffic', async (t) => {
  const CASES: [Status, Status, string, boolean][] = [
    ['up', 'down', 'disconnected', true],
    ['up', 'interface_down', 'disconnected', true],
    ['up', 'disabled', 'disconnected', true],
    ['down', 'up', 'connected', true],
    ['unknown', 'up', 'connected', true],
    ['unknown', 'down', 'disconnected', false],
    ['unknown', 'interface_down', 'disconnected', false],
    ['interface_down', 'up', 'connected', true],
    ['down', 'interface_down', 'disconnected', false],
    ['no_gateway', 'down', 'disconnected', false],
  ];
  for (const [from, to, action, crossing] of CASES) {
    const told = announce({ name: 'wan', from, to, reason: '' });
    t.strictSame([told.event.ACTION, told.crossing], [action, crossing], `${from} to ${to}`);
  }
});
