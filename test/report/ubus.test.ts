import fc from 'fast-check';
import tap from 'tap';
import { ubusText } from '../../lib/report/ubus.js';
import { round } from '../../lib/round.js';
import { flat, grouped } from '../make.js';
import { CONFIG, FakeWorld } from '../world.js';

const world = new FakeWorld();
world.answers = { wan2: 'no' };
const { state } = await round(world, { changing: () => {}, judged: () => {} }, CONFIG, undefined, {
  begun: world.now(),
  dryRun: false,
});
const [wan1] = state.wans as [(typeof state.wans)[number]];

tap.test('every key, numbers as numbers', async (t) => {
  t.strictSame(JSON.parse(ubusText({ ...state, timestamp: 1000.4, uptime: 100.126, exitCode: 4, complaints: ['x'] })), {
    mode: 'failover',
    timestamp: 1000,
    check_interval: 10,
    uptime: 100.13,
    duration: 0,
    changes: 1,
    exit_code: 4,
    complaints: ['x'],
    interfaces: [
      {
        name: 'wan1',
        device: 'eth1',
        interface: null,
        ping_target: '1.1.1.1',
        status: 'up',
        status_since: 1000,
        last_check: 1000,
        latency: 12,
        jitter: null,
        loss: 0,
        gateway: '10.0.1.1',
        rx_bytes: 0,
        tx_bytes: 0,
        failures: 0,
        failure_threshold: 2,
        successes: 1,
        recovery_threshold: 3,
        reason: 'reply from 1.1.1.1',
      },
      {
        name: 'wan2',
        device: 'eth2',
        interface: null,
        ping_target: '8.8.8.8',
        status: 'down',
        status_since: 1000,
        last_check: 1000,
        latency: null,
        jitter: null,
        loss: 100,
        gateway: '10.0.2.1',
        rx_bytes: 0,
        tx_bytes: 0,
        failures: 2,
        failure_threshold: 2,
        successes: 0,
        recovery_threshold: 3,
        reason: 'no reply from 8.8.8.8',
      },
    ],
  });
});

tap.test('whatever the state holds, it is one line of JSON', async (t) => {
  const word = fc.string({ unit: 'binary' });
  const line = (wans: typeof state.wans, complaints: string[]) => ubusText({ ...state, wans, complaints });
  fc.assert(
    fc.property(word, word, word, fc.maxSafeNat(), (name, device, reason, rxBytes) => {
      const text = line([grouped({ ...flat(wan1), name, device, reason, rxBytes })], [reason]);
      t.match(text, /^[^\n]+\n$/);
      t.match(JSON.parse(text).interfaces, [{ name, device, reason, rx_bytes: rxBytes }]);
    }),
  );
  t.strictSame(JSON.parse(line([], [])).interfaces, []);
});
