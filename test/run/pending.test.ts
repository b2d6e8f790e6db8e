import tap from 'tap';
import { PLANNER } from '../../lib/actuators/routes/routes.js';
import type { Config, State } from '../../lib/model.js';
import { pendingBy } from '../../lib/run/pending.js';
import { createLook } from '../../lib/view.js';
import { makeLink } from '../make.js';
import { configText, type Router, settled } from './router.js';

/** What a round would do that found all lines as the last one did. */
async function pending(router: Router, more: Partial<State> = {}, course: Partial<Config> = {}) {
  const state = { ...(router.state() as State), ...more };
  const { config } = await router.fake.platform.configuration.parse('', configText());
  const now = { wall: 0, uptime: router.machine.uptime, bootId: router.machine.bootId };
  const shown = await createLook(router.fake.platform, config, state, now.bootId)();
  return pendingBy([PLANNER], state, now)({ ...config, ...course }, shown).map(({ sentence }) => sentence);
}

tap.test('nothing, as long as all is as the last round left it', async (t) => {
  const router = await settled();
  t.strictSame(await pending(router), []);
  t.equal(router.fake.applied.length, 2, 'and nothing is done');
  router.fake.answers = { wan2: 'no' };
  await router.check();
  t.strictSame(await pending(router), [], 'a line that was down counts as down');
});

tap.test('what has gone, and what is in the way since', async (t) => {
  const router = await settled();
  router.fake.kernel.routes.pop();
  t.strictSame(await pending(router), ['+ default via 10.0.2.1 dev eth2 metric 20']);
  router.fake.links = [makeLink('eth1', { state: 'no_carrier' }), makeLink('eth2')];
  t.strictSame(await pending(router), [
    '+ default via 10.0.2.1 dev eth2 metric 20',
    '- default via 10.0.1.1 dev eth1 metric 10',
  ]);
  t.strictSame(
    await pending(router, {}, { mode: 'multiuplink' }),
    ['+ default via 10.0.2.1 dev eth2 metric 10', '- default via 10.0.1.1 dev eth1 metric 10'],
    'by the course of now',
  );
});

tap.test('after a restart nothing is known of the lines: what carries the traffic stays', async (t) => {
  const router = await settled();
  router.fake.kernel.routes.pop();
  t.strictSame(await pending(router, { bootId: 'boot0' }), []);
});

tap.test('what the kernel lacks is not asked for in this boot', async (t) => {
  const router = await settled();
  const sticky = { mode: 'multiuplink', sticky: true } as const;
  const wants = async (noGroup: string) =>
    (await pending(router, { noGroup }, sticky)).some((line) => line.includes('group'));
  t.notOk(await wants(router.machine.bootId));
  t.ok(await wants('boot0'));
});
