import { readFileSync } from 'node:fs';
import tap from 'tap';
import type { Step } from '../../lib/actuators/red/step.js';
import { ipfire } from '../../lib/platform/ipfire.js';
import type { Ground } from '../../lib/system/ipfire/ground.js';
import { Machine } from '../machine.js';

const LINKS = readFileSync('test/samples/ip-j-addr.json', 'utf8').trim();

/** An IPFire whose RED is down, and on which nobody is at work for it. */
function idle() {
  const machine = new Machine();
  machine.programs.ip = () => ({ stdout: `${LINKS}\n[]\n[]\n[]\n[]\n` });
  machine.programs.pgrep = () => ({ exitCode: 1 });
  const sight = { now: { uptime: 100, bootId: 'boot' }, ethernet: 'RED_TYPE=STATIC\nRED_DEV=red0\n', kept: false };
  const ground = {
    look: async () => ({ ...sight, active: false, leases: {}, clients: [] }),
    write: async () => {},
    hooks: () => [],
    clients: {},
  } as unknown as Ground;
  const { engine, exec } = machine;
  return { machine, platform: ipfire({ engine, exec }, ground) };
}

tap.test('RED is not started twice: what a round has started is at work, seen or not', async (t) => {
  const { machine, platform } = idle();
  const isAtWork = async () => (await platform.observe()).red?.working === true;
  const steer = async (thing: Step) => {
    const [red] = await platform.actuators();
    return red?.apply([{ verb: 'replace', thing, sentence: '', command: [] }]);
  };
  await steer({ do: 'remember', why: 'nothing is started' });
  t.notOk(await isAtWork());
  t.equal(await steer({ do: 'start' }), undefined);
  t.equal(machine.detached.length, 1);
  t.ok(await isAtWork());
  await platform.actuators();
  t.notOk(await isAtWork(), 'the next round goes by what it sees');
  machine.programs.pgrep = (args) => ({ exitCode: args.includes('-f') ? 0 : 1 });
  t.ok(await isAtWork());
  // Where pgrep is missing, a start gets its whole time.
  delete machine.programs.pgrep;
  t.ok(await isAtWork());
});
