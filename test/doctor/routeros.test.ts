import tap from 'tap';
import { examineRouteros, type WaySight } from '../../lib/doctor/routeros.js';
import type { Sight } from '../../lib/routeros.js';
import { MACHINE } from '../routeros/driver.js';

const ENTRY = { id: '*1', disabled: false, inactive: false, distance: 1, rate: 0 };
const SIGHT: Sight = {
  queues: ['cake-up', 'cake-down'].map((name) => ({ ...ENTRY, name })),
  rules: [{ ...ENTRY, name: 'steer; fast' }],
  routes: ['WAN1 default', 'WAN2 default'].map((name) => ({ ...ENTRY, name })),
  scripts: [],
};
const WELL: WaySight[] = [
  { way: 'rest', program: true, found: SIGHT },
  { way: 'ssh', program: true, found: SIGHT },
];
const texts = (ways: WaySight[], machine = MACHINE) => examineRouteros(machine, ways).map(({ text }) => text);

tap.test('what keeps a machine from being steered', async (t) => {
  t.strictSame(texts(WELL), []);
  const ssh = WELL[1] as WaySight;
  const CASES: [rest: Omit<WaySight, 'way'>, said: RegExp][] = [
    [{ program: false }, /^the program 'curl' is not there: no rest$/],
    [
      { program: true, exposed: 'others than root may read /s: chmod 600 /s' },
      /^rest is not used: others than root may read \/s/,
    ],
    [{ program: true, found: 'it does not let us in (status 401)' }, /^rest does not work: it does not let us in/],
  ];
  for (const [rest, said] of CASES) t.match(texts([{ way: 'rest', ...rest }, ssh]), [said]);
  t.match(texts([WELL[0] as WaySight, { way: 'ssh', program: 'dropbear' }]), [/'ssh' is Dropbear's/]);
  t.match(texts([ssh], { ...MACHINE, ways: ['ssh'] }), [/^ssh is the only way to it/]);
  const seen = (more: Partial<Sight>) => texts(WELL.map((way) => ({ ...way, found: { ...SIGHT, ...more } })));
  t.match(seen({ queues: SIGHT.queues.slice(0, 1) }), [/there is no queue tree named 'cake-down'/]);
  t.match(seen({ routes: [...SIGHT.routes, ...SIGHT.routes] }), [
    /there is more than one route with the comment 'WAN1 default' \(2\), and one is needed/,
    /WAN2/,
  ]);
  t.match(seen({ rules: [] }), [/there is no mangle rule with the comment 'steer; fast'/]);
  t.match(seen({ scripts: [{ place: 'script a', text: 'x WAN2 default y' }] }), [
    /'WAN2 default' is switched by script a there/,
  ]);
  t.match(seen({ hidden: true }), [/does not show all of its netwatches/]);
  t.match(texts(WELL, { ...MACHINE, routes: MACHINE.routes.slice(0, 1) }), [/one list route only/]);
});
