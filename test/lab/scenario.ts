import tap, { type Test } from 'tap';
import { Lab, type WanSetup } from './lab.js';
import { NODE, QUICKJS } from './program.js';

type Body = (t: Test, lab: Lab) => Promise<unknown>;

/**
 * A test with a lab of its own, which is gone afterwards, whatever happens.
 *
 * @param program the words that start the program
 */
export function scenario(name: string, setup: WanSetup[], body: Body, program = QUICKJS) {
  tap.test(name, async (t) => {
    const lab = await Lab.create(setup, { program });
    t.teardown(lab.remove);
    await body(t, lab);
  });
}

/** The same on each engine: for what is an engine's own work. */
export function onEachEngine(name: string, setup: WanSetup[], body: Body) {
  scenario(`${name}, on QuickJS`, setup, body);
  scenario(`${name}, on Node`, setup, body, NODE);
}

/** A round that must change nothing: no message, no route event. */
export async function expectQuiet(t: Test, lab: Lab) {
  const events = await lab.monitor(async () => {
    const { stdout, stderr } = await lab.mwan('check');
    t.equal(stdout + stderr, '', 'another round has nothing to say');
  });
  t.strictSame(events, [], 'another round touches no route');
}
