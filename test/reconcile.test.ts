import tap from 'tap';
import { isOurs } from '../lib/actuators/routes/route.js';
import type { Status } from '../lib/model.js';
import { findPaths } from '../lib/observe/paths.js';
import { reconcile } from '../lib/reconcile.js';
import { makeRoute } from './make.js';
import { CONFIG, FakeWorld } from './world.js';

const up = new Map<string, Status>([
  ['wan1', 'up'],
  ['wan2', 'up'],
]);

async function run(world: FakeWorld, statuses: ReadonlyMap<string, Status> = up) {
  const look = async () => {
    const seen = await world.platform.observe();
    return { seen, paths: findPaths(CONFIG, seen, isOurs) };
  };
  return reconcile(
    { course: { mode: 'failover', sticky: false }, actuator: world.actuator, look, changing: () => {}, dryRun: false },
    await look(),
    statuses,
  );
}

tap.test('a route that the kernel refuses keeps nobody else from working', async (t) => {
  const world = new FakeWorld();
  world.refuse = (words) => (words.includes('eth1') ? 'Error: Nexthop has invalid gateway.' : undefined);
  const { refused, problems, changes } = await run(world);
  t.ok(refused);
  t.strictSame(world.ours(), ['eth2']);
  t.equal(changes.length, 1);
  t.match(problems, [
    {
      text: 'ip route add default via 10.0.1.1 dev eth1 metric 10 proto 77: refused',
      remedy: ['Error: Nexthop has invalid gateway.'],
    },
  ]);
});

tap.test('nothing is removed for a route that could not be added', async (t) => {
  const world = new FakeWorld();
  world.kernel.routes.push(makeRoute('default via 10.0.1.1 dev eth1 metric 10 proto 77'));
  world.refuse = (words) => (words.startsWith('route add') ? 'refused' : undefined);
  await run(world, new Map([['wan2', 'up']]));
  t.strictSame(world.ours(), ['eth1'], 'the dead line is still better than none');
});

tap.test('a route that somebody else removed first is no failure', async (t) => {
  const world = new FakeWorld();
  await run(world);
  world.refuse = (words) => {
    world.refuse = () => undefined;
    const at = world.kernel.routes.findIndex((route) => isOurs(route) && route.metric === 10);
    world.kernel.routes.splice(at, 1);
    return `gone before ${words}`;
  };
  const { refused } = await run(world, new Map([['wan2', 'up']]));
  t.notOk(refused);
  t.strictSame(world.ours(), ['eth2']);
});

tap.test('a route that another round added first is no failure', async (t) => {
  const world = new FakeWorld();
  world.refuse = (words) => {
    world.refuse = () => undefined;
    world.kernel.execute(words.split(' '));
    return 'RTNETLINK answers: File exists';
  };
  const { refused } = await run(world);
  t.notOk(refused);
  t.strictSame(world.ours(), ['eth1', 'eth2']);
});

tap.test('a table that changes all the time is left to the next round', async (t) => {
  const world = new FakeWorld();
  const apply = world.actuator.apply;
  world.actuator.apply = async (changes) => {
    await apply(changes);
    world.kernel.routes.splice(0, world.kernel.routes.length, ...world.kernel.routes.filter((route) => !isOurs(route)));
    return undefined;
  };
  const { refused, problems } = await run(world);
  t.ok(refused);
  t.match(problems, [{ text: /^the routing table does not take or keep this: ip route add default .* and 1 more$/ }]);
  t.ok(world.looks < 12, `${world.looks} looks`);
});

tap.test('whether the kernel takes no group at all, or only not this one', async (t) => {
  const CASES: [what: string, refused: (words: string) => boolean, lacking: boolean, text: RegExp][] = [
    ['no group at all', (words) => / group /.test(words), true, /^the kernel takes no resilient group of nexthops; /],
    [
      'not this one',
      (words) => / add id 77000000 group /.test(words),
      false,
      /^the group .* the next round tries again$/,
    ],
    ['no route through it', (words) => / nhid /.test(words), false, /^the group .* the next round tries again$/],
  ];
  for (const [what, refused, lacking, text] of CASES) {
    const world = new FakeWorld();
    world.refuse = (words) => (refused(words) ? 'RTNETLINK answers: Invalid argument' : undefined);
    const look = async () => {
      const seen = await world.platform.observe();
      return { seen, paths: findPaths(CONFIG, seen, isOurs) };
    };
    const course = { mode: 'multiuplink' as const, sticky: true };
    const task = { course, actuator: world.actuator, look, changing: () => {}, dryRun: false };
    const steered = await reconcile(task, await look(), up);
    t.equal(steered.lacking, lacking, what);
    t.match(
      steered.problems,
      [{ option: 'option sticky', text, remedy: ['RTNETLINK answers: Invalid argument'] }],
      what,
    );
    t.notOk(steered.refused, 'flows are shared all the same');
    t.strictSame(world.kernel.objects, [], 'and nothing that was tried stays');
    t.strictSame(
      world.kernel.routes.filter(isOurs).map(({ nexthops }) => nexthops.length),
      [2],
    );
  }
});
