import tap from 'tap';
import { ETHERNET, PPP } from '../../../lib/actuators/red/places.js';
import { readDialled, readEthernet } from '../../../lib/system/ipfire/look.js';
import { FakeClock } from '../../clock.js';
import { Machine } from '../../machine.js';

const DIALLED = 'PROFILE=1\nTYPE=pppoe\nUSERNAME=user\n';
const RED = 'RED_TYPE=PPPOE\nRED_DEV=red0\n';

/** A file that IPFire has just taken away or emptied, and writes again after some time, by a clock that nobody waits for. */
function written(path: string, text: string, after: number | undefined, meanwhile?: string) {
  const [machine, clock] = [new Machine(), new FakeClock()];
  const folder = path.slice(0, path.lastIndexOf('/'));
  for (const there of ['/var/ipfire', folder]) machine.put(there, '', { kind: 'folder', mode: 0o755 });
  if (meanwhile !== undefined) machine.put(path, meanwhile);
  if (after !== undefined) clock.after(after, () => machine.put(path, text));
  return { tools: { exec: machine.exec, engine: { ...machine.engine, after: clock.after } }, clock };
}

tap.test('settings that IPFire is writing are waited for, but not for long', async (t) => {
  const CASES: [what: string, after: number | undefined, meanwhile: string | undefined, found: boolean][] = [
    ['as they are', 0, undefined, true],
    ['linked again', 300, undefined, true],
    ['emptied first', 300, '', true],
    ['half of them', 300, 'PROFILE=1\n', true],
    ['too late', 5000, '', false],
    ['never', undefined, undefined, false],
  ];
  for (const [what, after, meanwhile, found] of CASES) {
    const ppp = written(PPP, DIALLED, after, meanwhile);
    t.equal(await ppp.clock.run(readDialled(ppp.tools, PPP)), found ? DIALLED : meanwhile, what);
    t.ok(ppp.clock.now <= 1000, `${what}: ${ppp.clock.now} ms`);
    const ethernet = written(ETHERNET, RED, after, meanwhile);
    const read = ethernet.clock.run(readEthernet(ethernet.tools));
    if (found) t.equal(await read, RED, what);
    else await t.rejects(read, { message: /says no RED_TYPE and RED_DEV; nothing was changed/ }, what);
  }
});
