import tap from 'tap';
import { GROUP_ID } from '../../../lib/actuators/routes/group.js';
import { investigate } from '../../../lib/actuators/routes/investigate.js';
import { KIND } from '../../../lib/actuators/routes/kind.js';
import type { Thing } from '../../../lib/actuators/routes/thing.js';
import { change } from '../../../lib/diff.js';
import type { Change, Group, NexthopObject, Route, Way } from '../../../lib/model.js';
import { makePath, makeRoute } from '../../make.js';
import { Kernel } from './kernel.js';

const LAST = 2 ** 32 - 1;
const paths = [1, 2, 3].map((i) => makePath(i, 10));
const over = (...lines: number[]): Route => ({
  ...makeRoute('default metric 10 proto 77'),
  nexthops: lines.map((i) => ({ device: `eth${i}`, gateway: `10.0.${i}.1`, weight: i, onlink: false })),
});
const way: Way = {
  id: GROUP_ID + 1,
  protocol: '77',
  hop: { device: 'eth1', gateway: '10.0.1.1', weight: 1, onlink: false },
};
const foreignWay: Way = { ...way, id: LAST, protocol: '4' };
const group: Group = { id: GROUP_ID, protocol: '77', members: [{ id: way.id, weight: 1 }] };

interface Case {
  what: string;
  thing: Thing;
  /** The kernel does not take it. */
  refuses?: RegExp;
  routes?: Route[];
  objects?: NexthopObject[];
  /** WANs to which it is laid. */
  wans?: string[];
  /** It is laid to the kernel, for good or not. */
  lasting?: boolean;
  /** Changes that were tried. */
  tries: number;
}

const CASES: Case[] = [
  { what: 'a route with one way needs no trial', thing: over(2), refuses: /./, wans: ['wan2'], tries: 0 },
  { what: 'one of three', thing: over(1, 2, 3), refuses: /eth2/, wans: ['wan2'], tries: 5 },
  { what: 'two of three', thing: over(1, 2, 3), refuses: /eth[13]/, wans: ['wan1', 'wan3'], tries: 4 },
  { what: 'each of them', thing: over(1, 2), refuses: /./, wans: ['wan1', 'wan2'], tries: 2 },
  { what: 'only together', thing: over(1, 3), refuses: /nexthop/, wans: ['wan1', 'wan3'], tries: 4 },
  {
    what: 'others have the last metric',
    thing: over(1, 2),
    refuses: /eth1/,
    routes: [makeRoute(`default dev eth9 metric ${LAST}`), makeRoute(`10.0.0.0/8 dev eth9 metric ${LAST - 1}`)],
    wans: ['wan1'],
    tries: 3,
  },
  { what: 'an object with one way', thing: way, refuses: /./, wans: ['wan1'], tries: 0 },
  { what: 'no group at all', thing: group, refuses: / group /, objects: [way], lasting: true, tries: 1 },
  { what: 'not this group', thing: group, refuses: / id 77000000 /, objects: [way], lasting: false, tries: 2 },
  {
    what: 'others have the last id',
    thing: group,
    refuses: / id 77000000 /,
    objects: [foreignWay, way],
    lasting: false,
    tries: 2,
  },
  {
    what: 'not this group, and no group of groups',
    thing: group,
    refuses: / id 77000000 | group 77000000,/,
    objects: [group, way],
    lasting: false,
    tries: 2,
  },
  { what: 'nothing to try a group with', thing: group, refuses: / group /, lasting: false, tries: 0 },
  { what: 'only a way of others', thing: group, refuses: / group /, objects: [foreignWay], lasting: false, tries: 0 },
  {
    what: 'a route through a group, which the kernel takes',
    thing: { ...over(1), group: GROUP_ID },
    refuses: / nhid /,
    objects: [way, group],
    lasting: false,
    tries: 2,
  },
  {
    what: 'a route through a group, which it does not take',
    thing: { ...over(1), group: GROUP_ID },
    refuses: / nhid | group /,
    objects: [way, group],
    lasting: true,
    tries: 1,
  },
];

tap.test('whom a refusal is laid to, and what is left of the trials', async (t) => {
  for (const { what, thing, refuses, routes = [], objects = [], wans, lasting, tries } of CASES) {
    const kernel = new Kernel(structuredClone(routes), structuredClone(objects));
    let tried = 0;
    const apply = async (changes: Change<Thing>[]) => {
      for (const [index, { command }] of changes.entries()) {
        tried += 1;
        try {
          if (refuses?.test(command.join(' '))) throw new Error('RTNETLINK answers: Invalid argument');
          kernel.execute(command.slice(1));
        } catch (error) {
          return { index, reason: (error as Error).message };
        }
      }
      return undefined;
    };
    const view = { paths, seen: { links: [], routes, objects, blind: [] } };
    const finding = await investigate(change(KIND, 'add', thing), 'its words', view, apply);
    if ('paths' in finding)
      t.strictSame(
        finding.paths.map(({ wan }) => wan.name),
        wans,
        what,
      );
    else {
      t.equal(finding.lasting, lasting, what);
      t.match(finding.lack, { option: 'option sticky', remedy: ['its words'] }, what);
    }
    t.equal('lack' in finding, lasting !== undefined, what);
    t.equal(tried, tries, `${what}: tries`);
    t.strictSame({ routes: kernel.routes, objects: kernel.objects }, { routes, objects }, `${what}: nothing is left`);
  }
});
