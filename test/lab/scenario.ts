import tap, { type Test } from 'tap';
import { Lab, type WanSetup } from './lab.js';

/** A test with a lab of its own, which is gone afterwards, whatever happens. */
export function scenario(name: string, setup: WanSetup[], body: (t: Test, lab: Lab) => Promise<unknown>) {
  tap.test(name, async (t) => {
    const lab = await Lab.create(setup);
    t.teardown(lab.remove);
    await body(t, lab);
  });
}

/** A round that must change nothing: no message, no route event. */
export async function expectQuiet(t: Test, lab: Lab) {
  const events = await lab.monitor(async () => {
    const { stdout, stderr } = await lab.mwan('check');
    t.equal(stdout + stderr, '', 'another round has nothing to say');
  });
  t.strictSame(events, [], 'another round touches no route');
}
