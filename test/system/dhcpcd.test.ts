import tap from 'tap';
import { endLease, findClients, isRunning, prepareLease } from '../../lib/system/dhcpcd.js';
import { Machine } from '../machine.js';

/** A machine on which these processes run, by the name of their pid file. */
function withProcesses(processes: Record<string, { pid: number | string; name?: string }>): Machine {
  const machine = new Machine();
  for (const [file, { pid, name = 'dhcpcd' }] of Object.entries(processes)) {
    machine.put(`/var/run/dhcpcd/${file}`, `${pid}\n`);
    if (name !== 'gone') machine.put(`/proc/${pid}/comm`, `${name}\n`);
  }
  if (Object.keys(processes).length > 0) machine.put('/var/run/dhcpcd', '', { kind: 'folder', mode: 0o755 });
  return machine;
}

const LEASE = 'ip_address=192.0.2.7\nsubnet_cidr=24\nrouters=192.0.2.1\n';

tap.test('whose clients there are', async (t) => {
  const machine = withProcesses({
    'red0.pid': { pid: 10 },
    'red1-4.pid': { pid: 11 },
    'red2-4.pid': { pid: 12, name: 'gone' },
    'red3-4.pid': { pid: 13, name: 'bash' },
    'red4-4.pid': { pid: 14 },
    'red5.pid': { pid: 'x/../1' },
    'red6-6.pid': { pid: 16, name: 'gone' },
    'red7.sock': { pid: 17 },
  });
  for (const device of ['red1', 'red2', 'red3']) machine.put(`/var/run/mini-mwan.lease.${device}`, '');
  machine.put('/var/run/mini-mwan.lease.red1', LEASE);
  machine.put('/var/run/mini-mwan.lease.$(x)', LEASE);
  machine.put('/var/run/mini-mwan.new.red9', LEASE);
  machine.put('/var/run/mini-mwan.status', '');
  t.strictSame(findClients(machine.engine), [
    {
      device: 'red1',
      ours: true,
      running: true,
      lease: { address: '192.0.2.7', prefix: 24, gateway: '192.0.2.1', dns: [] },
    },
    { device: 'red2', ours: true, running: false },
    { device: 'red3', ours: true, running: false },
    { device: 'red0', ours: false, running: true },
  ]);
  t.ok(isRunning(machine.engine, 'red4'), 'somebody else started it: it has no file for its lease');
  t.equal(machine.opened, 0);
});

tap.test('a machine that has never had a client', async (t) => {
  t.strictSame(findClients(withProcesses({}).engine), []);
});

tap.test('the file that tells a client for ours', async (t) => {
  const machine = withProcesses({});
  prepareLease(machine.engine, 'red1');
  t.match(findClients(machine.engine), [{ device: 'red1', ours: true, running: false }]);
  machine.put('/var/run/mini-mwan.lease.red1', LEASE);
  prepareLease(machine.engine, 'red1');
  t.equal(machine.text('/var/run/mini-mwan.lease.red1'), LEASE, 'it stays as it is');
  endLease(machine.engine, 'red1');
  endLease(machine.engine, 'red1');
  t.strictSame(findClients(machine.engine), []);
  t.equal(machine.opened, 0);
});
