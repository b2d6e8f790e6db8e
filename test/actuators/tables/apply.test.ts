import tap from 'tap';
import { apply } from '../../../lib/actuators/tables/apply.js';
import { KIND } from '../../../lib/actuators/tables/kind.js';
import type { Thing } from '../../../lib/actuators/tables/thing.js';
import { change } from '../../../lib/diff.js';
import type { Verb } from '../../../lib/model.js';
import { clientsOn, findClients } from '../../../lib/system/dhcpcd.js';
import { Machine } from '../../machine.js';

const client = (device: string): Thing => ({ kind: 'client', device, running: true });
const address = (device: string): Thing => ({ kind: 'address', device, address: '10.0.1.2' });
const changesOf = (...list: [Verb, Thing][]) => list.map(([verb, thing]) => change(KIND, verb, thing));

/** A machine on which `ip` refuses a line of a batch, from 1, and dhcpcd runs as told, or fails. */
function machineWith({ refused = 0, fails = false }: { refused?: number; fails?: boolean } = {}) {
  const machine = new Machine();
  const asked: string[][] = [];
  machine.put('/var/run/dhcpcd', '', { kind: 'folder', mode: 0o755 });
  machine.programs.ip = (_, { input = '' }) => {
    const lines = input.trim().split('\n');
    asked.push(lines.slice(0, refused > 0 ? refused - 1 : lines.length));
    return refused > 0 && refused <= lines.length
      ? { exitCode: 2, stderr: `RTNETLINK answers: File exists\nCommand failed -:${refused}\n` }
      : {};
  };
  machine.programs.dhcpcd = (args) => {
    const device = args.at(-1);
    if (fails) return { exitCode: 1 };
    if (args.includes('-x')) machine.drop(`/var/run/dhcpcd/${device}-4.pid`);
    else {
      machine.put(`/var/run/dhcpcd/${device}-4.pid`, '50\n');
      machine.put('/proc/50/comm', 'dhcpcd\n');
    }
    return {};
  };
  return { machine, asked, tools: { exec: machine.exec, clients: clientsOn(machine.engine) } };
}

tap.test('by one ip what it can do at a time, and clients in between', async (t) => {
  const { machine, asked, tools } = machineWith();
  const list = changesOf(
    ['add', address('red1')],
    ['add', client('red1')],
    ['add', address('red2')],
    ['del', address('red3')],
  );
  t.equal(await apply(tools, list), undefined);
  t.strictSame(
    asked.map((lines) => lines.length),
    [1, 2],
  );
  t.strictSame(findClients(machine.engine), [{ device: 'red1', ours: true, running: true }]);
  t.equal(await apply(tools, changesOf(['del', client('red1')])), undefined);
  t.strictSame(findClients(machine.engine), []);
  t.equal(await apply(tools, []), undefined);
});

tap.test('which change was refused', async (t) => {
  const list = changesOf(['add', client('red1')], ['add', address('red1')], ['add', address('red2')]);
  t.match(await apply(machineWith({ refused: 2 }).tools, list), { index: 2, reason: 'RTNETLINK answers: File exists' });
  t.match(await apply(machineWith({ refused: 1 }).tools, list), { index: 1 });
  const failing = machineWith({ fails: true });
  t.match(await apply(failing.tools, [...list.slice(1), ...list.slice(0, 1)]), { index: 2, reason: 'exit 1' });
});

tap.test('a client that is to end', async (t) => {
  const { machine, tools } = machineWith({ fails: true });
  machine.put('/var/run/mini-mwan.lease.red1', '');
  const [end] = changesOf(['del', client('red1')]);
  if (!end) throw new Error('no change');
  machine.put('/var/run/dhcpcd/red1-4.pid', '50\n');
  machine.put('/proc/50/comm', 'dhcpcd\n');
  t.match(await apply(tools, [end]), { index: 0, reason: 'exit 1' }, 'it goes on: that is said');
  t.equal(findClients(machine.engine).length, 1, 'and it is still known for ours');
  machine.drop('/var/run/dhcpcd/red1-4.pid');
  t.equal(await apply(tools, [end]), undefined, 'it had ended by itself');
  t.strictSame(findClients(machine.engine), []);
});
