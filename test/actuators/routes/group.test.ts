import tap from 'tap';
import { GROUP_ID, sameObject, throughGroup } from '../../../lib/actuators/routes/group.js';
import { PARTS } from '../../../lib/actuators/routes/route.js';
import { PLANNER } from '../../../lib/actuators/routes/routes.js';
import type { NexthopObject, Observation, Path, Route, Status } from '../../../lib/model.js';
import { plan as planBy } from '../../../lib/plan.js';
import type { Course } from '../../../lib/policy/course.js';
import { makePath, makeRoute } from '../../make.js';

const paths = [1, 2, 3].map((i) => makePath(i, 10, {}, { weight: i }));
const all = new Map(paths.map(({ wan }) => [wan.name, 'up' as const]));
const plan = (course: Course, links: Path[], seen: Partial<Observation>, statuses: ReadonlyMap<string, Status>) =>
  planBy(PLANNER, course, { paths: links, seen: { links: [], routes: [], blind: [], ...seen } }, statuses);
const STICKY = { mode: 'multiuplink', sticky: true } as const;
const over = (destination: string) => ({
  ...makeRoute(`${destination} metric 10 proto 77`),
  nexthops: [1, 2].map((i) => ({ device: `eth${i}`, gateway: `10.0.${i}.1`, weight: i, onlink: false })),
});
const [first, second] = PARTS.slice(0, 2).map(over) as [Route, Route];
const [way1, way2, group]: NexthopObject[] = [
  { id: GROUP_ID + 1, protocol: '77', hop: { device: 'eth1', gateway: '10.0.1.1', weight: 1, onlink: false } },
  { id: GROUP_ID + 2, protocol: '77', hop: { device: 'eth2', gateway: '10.0.2.1', weight: 1, onlink: false } },
  {
    id: GROUP_ID,
    protocol: '77',
    members: [
      { id: GROUP_ID + 1, weight: 1 },
      { id: GROUP_ID + 2, weight: 2 },
    ],
  },
];

tap.test('the shared route leads through a group, a probe route does not', async (t) => {
  const probe = makeRoute('default via 10.0.3.1 dev eth3 metric 902 proto 77');
  const { routes, objects } = throughGroup({ routes: [first, second, probe], held: [] }, paths, [], true);
  t.strictSame(routes, [{ ...first, group: GROUP_ID }, { ...second, group: GROUP_ID }, probe]);
  t.strictSame(objects, [way1, way2, group]);
  const plain = { routes: [first, second, probe], held: [] };
  t.strictSame(throughGroup(plain, paths, [], false), { routes: plain.routes, objects: [] });
  const whole = { routes: [over('default')], held: [] };
  t.strictSame(throughGroup(whole, paths, [], true), { routes: whole.routes, objects: [] }, 'nor a whole default');
});

tap.test('what is held keeps its objects, and those of others are nobody’s', async (t) => {
  const held = { ...first, group: GROUP_ID };
  const others = { ...way1, id: 5, protocol: '4' } as NexthopObject;
  const objects = [way1, others, group] as NexthopObject[];
  t.strictSame(throughGroup({ routes: [held], held: [held] }, paths, objects, true).objects, [way1, group]);
  t.strictSame(throughGroup({ routes: [held], held: [held] }, paths, objects, false).objects, [way1, group]);
});

tap.test('the plan, in the words of ip and of people', async (t) => {
  const { changes } = plan(STICKY, paths.slice(0, 2), { routes: [], objects: [] }, all);
  t.strictSame(
    changes.map(({ command }) => command.slice(1).join(' ')),
    [
      'nexthop add id 77000001 via 10.0.1.1 dev eth1 protocol 77',
      'nexthop add id 77000002 via 10.0.2.1 dev eth2 protocol 77',
      'nexthop add id 77000000 group 77000001,1/77000002,2 type resilient buckets 1024 protocol 77',
      ...PARTS.map((part) => `route add ${part} nhid 77000000 metric 10 proto 77`),
    ],
  );
  t.strictSame(changes.map(({ sentence }) => sentence).slice(0, 4), [
    '+ nexthop 77000001 via 10.0.1.1 dev eth1',
    '+ nexthop 77000002 via 10.0.2.1 dev eth2',
    '+ nexthop 77000000 group of 77000001, 77000002',
    '+ 1.0.0.0/8 metric 10 nexthop via 10.0.1.1 dev eth1 weight 1 nexthop via 10.0.2.1 dev eth2 weight 2',
  ]);
});

tap.test('where no group can be had, flows are shared all the same', async (t) => {
  const without = plan(STICKY, paths, { routes: [] }, all);
  t.match(without.problems, [{ option: 'option sticky', text: /has no nexthop objects/ }]);
  const taken = { ...way1, protocol: '4' } as NexthopObject;
  const beside = plan(STICKY, paths, { routes: [], objects: [taken] }, all);
  t.match(beside.problems, [{ option: 'option sticky', text: /somebody else has nexthop 77000001/ }]);
  for (const { changes } of [without, beside]) {
    t.equal(changes.length, 1);
    t.match(changes[0]?.sentence, /^\+ default metric 10 nexthop .* weight 3$/);
  }
  t.strictSame(
    plan({ mode: 'failover', sticky: true }, paths, { routes: [] }, all).problems,
    [],
    'nor is it asked for',
  );
});

tap.test('objects that are the same', async (t) => {
  const CASES: [NexthopObject, NexthopObject, boolean][] = [
    [way1, way1, true],
    [way1, way2, false],
    [group, group, true],
    [way1, group, false],
    [group, { id: GROUP_ID, protocol: '77', members: [{ id: GROUP_ID + 1, weight: 1 }] }, false],
    [way1, { ...way1, hop: { device: 'eth1', gateway: '10.0.1.1', weight: 1, onlink: true } }, false],
  ] as [NexthopObject, NexthopObject, boolean][];
  for (const [a, b, same] of CASES) t.equal(sameObject(a, b), same);
});
