import tap from 'tap';
import { GROUP_ID } from '../../../lib/actuators/routes/group.js';
import { groupRefused, noResilientGroup, STICKY, whyNoGroup } from '../../../lib/actuators/routes/sticky.js';
import type { NexthopObject, Observation, Rule } from '../../../lib/model.js';
import { makePath, makeRoute } from '../../make.js';

const paths = [makePath(1, 10), makePath(2, 20)];
const wanted = { sticky: true, highest: 10 };
const bare = { routes: [], objects: [] };

const object = (id: number, protocol = '4'): NexthopObject => {
  return { id, protocol, hop: { device: 'eth9', weight: 1, onlink: false } };
};
const main: Rule = { priority: 32766, table: '254', main: true, conditional: false };
const vpn: Rule = { priority: 7, table: '51820', main: false, conditional: true };
const suppressing = (suppress: number) => [{ ...main, priority: 6, suppress }, vpn, main];

const CASES: [what: string, seen: Partial<Observation>, why: RegExp | undefined][] = [
  ['nothing stands against it', {}, undefined],
  ['an object of another id', { objects: [object(GROUP_ID - 1), object(GROUP_ID + 3)] }, undefined],
  ['an object of ours', { objects: [object(GROUP_ID, '77'), object(GROUP_ID + 1, '77')] }, undefined],
  ['the id of the group', { objects: [object(GROUP_ID)] }, /^somebody else has nexthop 77000000;/],
  ['the id of the last way', { objects: [object(GROUP_ID + 2)] }, /^somebody else has nexthop 77000002;/],
  [
    'a part on our metric',
    { routes: [makeRoute('64.0.0.0/2 dev eth9 metric 10')] },
    /route to 64\.0\.0\.0\/2 with metric 10;/,
  ],
  ['a part of ours', { routes: [makeRoute('64.0.0.0/2 dev eth1 metric 10 proto 77')] }, undefined],
  ['a part that goes first', { routes: [makeRoute('64.0.0.0/2 dev eth9 metric 9')] }, undefined],
  [
    'a part that comes behind',
    { routes: [makeRoute('64.0.0.0/2 dev eth9 metric 11')] },
    /64\.0\.0\.0\/2, which must stay/,
  ],
  [
    'what a part is in',
    { routes: [makeRoute('64.0.0.0/1 dev eth9')] },
    /route to 64\.0\.0\.0\/1, which must stay in charge/,
  ],
  ['what is longer than its part', { routes: [makeRoute('10.0.0.0/8 dev eth9 metric 100')] }, undefined],
  ['what is longer than all', { routes: [makeRoute('1.0.0.0/9 dev eth9 metric 100')] }, undefined],
  ['a whole default', { routes: [makeRoute('default dev eth9 metric 100')] }, undefined],
  [
    'halves',
    { routes: [makeRoute('0.0.0.0/1 dev eth9 metric 5'), makeRoute('128.0.0.0/1 dev eth9 metric 5')] },
    undefined,
  ],
  ['rules of the system', { rules: [main] }, undefined],
  ['rules that let parts through', { rules: suppressing(8) }, undefined],
  [
    'rules that let none of the longest through',
    { rules: suppressing(7) },
    /longer routes .* \(ip rule, priority 6\);/,
  ],
];

tap.test('why flows cannot be kept where they are', async (t) => {
  for (const [what, seen, why] of CASES) {
    const problem = whyNoGroup(wanted, paths, { ...bare, ...seen });
    if (why) t.match(problem, { option: STICKY, text: why }, what);
    else t.equal(problem, undefined, what);
    t.equal(whyNoGroup({ ...wanted, sticky: false }, paths, { ...bare, ...seen }), undefined, 'nobody asked for it');
  }
  t.match(whyNoGroup(wanted, paths, { routes: [] })?.remedy, [{ install: 'ip' }], 'an ip without objects');
});

tap.test('what the kernel said is shown, where it was asked', async (t) => {
  const said = 'Error: a\nError: b';
  t.strictSame(noResilientGroup(said).remedy, ['Error: a', 'Error: b']);
  t.strictSame(groupRefused(said).remedy, ['Error: a', 'Error: b']);
  t.notOk('remedy' in noResilientGroup());
  t.not(noResilientGroup().text, groupRefused(said).text, 'for good, or for this round');
});
