import tap from 'tap';
import { EXIT } from '../../lib/explain.js';
import type { State } from '../../lib/model.js';
import { answerWithoutRound } from '../../lib/run/spared.js';
import { makeLink } from '../make.js';
import { CONFIG_FILE, configText, type Router, settled } from './router.js';

/** The answer for a call that came `before` seconds ago. */
function answer(router: Router, { before = 0, ifDue = false, state = router.state() as State } = {}) {
  return answerWithoutRound(router.context(), state, router.machine.uptime - before, ifDue);
}

const without = ({ begun: _, ...state }: State): State => state;

tap.test('a round that began after the call says all that it could say', async (t) => {
  const CASES: [
    what: string,
    change: (state: State, uptime: number) => State,
    before: number,
    answer: number | undefined,
  ][] = [
    ['it began after it', (state) => state, 30, EXIT.ok],
    ['it found no WAN up', (state) => ({ ...state, exitCode: EXIT.noneUp }), 30, EXIT.noneUp],
    ['it could not change a route', (state) => ({ ...state, exitCode: EXIT.routes }), 30, EXIT.routes],
    ['it had begun before', (state) => state, 0, undefined],
    ['at the same moment, nobody knows', (state) => state, 10, undefined],
    ['it goes on, or was killed', (state) => ({ ...state, unfinished: true }), 30, undefined],
    ['an older version does not say', without, 30, undefined],
    ['of another boot', (state) => ({ ...state, bootId: 'boot0' }), 30, undefined],
    ['of the future', (state, uptime) => ({ ...state, uptime: uptime + 1, begun: uptime }), 30, undefined],
    ['it ended as nobody knows', (state) => ({ ...state, exitCode: 77 }), 30, undefined],
  ];
  for (const [what, change, before, expected] of CASES) {
    const router = await settled();
    router.machine.pass(10);
    const state = change(router.state() as State, router.machine.uptime);
    t.equal(await answer(router, { before, state }), expected, what);
    if (expected !== undefined)
      t.equal(await answer(router, { before, state, ifDue: true }), expected, `${what}, if due`);
  }
  const router = await settled();
  t.equal(await answerWithoutRound(router.context(), undefined, 0, true), undefined, 'nothing is remembered');
});

const SLOW = "check_interval '300'";

tap.test('a round that is not due is spared, unless something differs', async (t) => {
  const CASES: [what: string, happens: (router: Router) => void, answer: number | undefined][] = [
    ['nothing', () => {}, EXIT.ok],
    [
      'a line that is silent, which only a probe would show',
      ({ fake }) => void Object.assign(fake.answers, { wan1: 'no' }),
      EXIT.ok,
    ],
    ['its time is nearly over', ({ machine }) => machine.pass(237), EXIT.ok],
    ['its time is over', ({ machine }) => machine.pass(239), undefined],
    ['a route of ours is gone', ({ fake }) => void fake.kernel.routes.pop(), undefined],
    ['the gateway is another', ({ fake }) => gatewayOf(fake.kernel.routes[0], '10.0.1.9'), undefined],
    ['a link is gone', ({ fake }) => void fake.links.pop(), undefined],
    [
      'a carrier is gone',
      ({ fake }) => void fake.links.splice(1, 1, makeLink('eth2', { state: 'no_carrier' })),
      undefined,
    ],
    [
      'the configuration is another',
      ({ machine }) => machine.put(CONFIG_FILE, configText(`${SLOW}\nlog_level 'info'`)),
      undefined,
    ],
    ['it means the same', ({ machine }) => machine.put(CONFIG_FILE, `# comment\n${configText(SLOW)}`), EXIT.ok],
    ['it means nothing', ({ machine }) => machine.put(CONFIG_FILE, 'nonsense'), undefined],
    ['it is gone', ({ machine }) => machine.drop(CONFIG_FILE), undefined],
    [
      'nothing can be seen',
      ({ fake }) => {
        fake.platform.observe = () => Promise.reject(new Error('no ip'));
      },
      undefined,
    ],
    [
      'the router has started again',
      ({ machine }) => {
        machine.bootId = 'boot2';
      },
      undefined,
    ],
  ];
  for (const [what, happens, expected] of CASES) {
    const router = await settled(configText(SLOW));
    router.machine.pass(60);
    happens(router);
    t.equal(await answer(router, { ifDue: true }), expected, what);
    t.strictSame(router.machine.printed(), { out: '', err: '' }, 'without a word');
    t.equal(await answer(router), undefined, `${what}: who asks for a round gets one`);
  }
});

function gatewayOf(route: { nexthops: { gateway?: string }[] } | undefined, gateway: string): void {
  Object.assign(route?.nexthops[0] ?? {}, { gateway });
}

tap.test('as is one that would find no WAN up again, but what went wrong is tried again', async (t) => {
  const router = await settled(configText(SLOW));
  router.fake.answers = { wan1: 'no', wan2: 'no' };
  await router.check();
  t.equal(await answer(router, { ifDue: true }), EXIT.noneUp);
  for (const exitCode of [EXIT.config, EXIT.cannotRun, EXIT.routes, 77]) {
    const state = { ...(router.state() as State), exitCode };
    t.equal(await answer(router, { ifDue: true, state }), undefined, `exit ${exitCode}`);
  }
});

tap.test('its time is counted from its beginning', async (t) => {
  const router = await settled(configText(SLOW));
  router.machine.pass(290);
  const state = router.state() as State;
  t.equal(await answer(router, { ifDue: true, state }), EXIT.ok);
  t.equal(await answer(router, { ifDue: true, state: { ...state, duration: 10_000 } }), undefined, 'it took 10 s');
  t.equal(await answer(router, { ifDue: true, state: { ...state, uptime: router.machine.uptime + 1 } }), undefined);
});

tap.test('where rounds are near each other, nothing is compared', async (t) => {
  const router = await settled(configText("check_interval '60'"));
  const looks = router.fake.looks;
  t.equal(await answer(router, { ifDue: true }), undefined);
  t.equal(router.fake.looks, looks);
});

tap.test('whoever watches is told why nothing happens', async (t) => {
  const router = await settled(configText(SLOW));
  router.options = { ...router.options, verbose: true };
  router.machine.pass(10);
  await answer(router, { before: 30 });
  t.match(router.machine.printed(), { out: '', err: /^another round began after this call .*\n$/ });
  await answer(router, { ifDue: true });
  t.match(router.machine.printed(), { out: '', err: /^nothing has changed since the last round, .*\n$/ });
});
