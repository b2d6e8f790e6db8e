import tap from 'tap';
import { PLANNER } from '../../../lib/actuators/red/red.js';
import { PRIMARY } from '../../../lib/actuators/red/role.js';
import type { Step } from '../../../lib/actuators/red/step.js';
import type { Observation, Path, Status } from '../../../lib/model.js';
import { plan } from '../../../lib/plan.js';
import type { Red, Role, UplinkType } from '../../../lib/uplink.js';
import { makeLink, makeWan } from '../../make.js';
import { uplinkOf } from './ipfire.js';

/** Type of a line, and what the last round made of it. `off`: disabled; `unusable`: by what its settings say. */
type Sight = [type: UplinkType, status: Status | 'off' | 'unusable'];

interface Case {
  /** The primary, backup1, backup2, on red0, red1, red2: as `STATIC up, PPPOE down`. */
  lines: string;
  /** Who is to have RED. Absent: the primary, and nothing is remembered. */
  holder?: string;
  role?: Partial<Role>;
  /** The device that RED has. */
  iface?: string;
  /** Devices that are not there. */
  gone?: string[];
  red?: Partial<Red>;
  /** Names of lines that the system has refused. */
  refused?: string[];
}

const nameOf = (i: number) => (i === 0 ? PRIMARY : `backup${i}`);
const blockOf = (type: UplinkType, i: number) => uplinkOf(type, `red${i}`).block;

/** Does it show that the line is there? A dialled one has a device of its own while it has RED. */
function pathOf([type, status]: Sight, i: number, isRed: boolean, gone: string[]): Path {
  const [name, card] = [nameOf(i), `red${i}`];
  const [isUnusable, isOff] = [status === 'unusable', status === 'off'];
  const isDialled = type === 'PPPOE';
  const device = isDialled && isRed ? 'ppp0' : card;
  const wan = makeWan({
    name,
    interface: name,
    metric: i + 1,
    enabled: !isUnusable && !isOff,
    ...(isUnusable ? { unusable: 'its settings are none' } : { uplink: uplinkOf(type, card) }),
  });
  const isThere = !isUnusable && !gone.includes(device) && status !== 'interface_down';
  const seen = isThere ? { device, link: makeLink(device), gateway: '192.0.2.254' } : {};
  return { wan, pointToPoint: isDialled, onlink: false, ...seen };
}

function decide({ lines, holder, role = {}, iface = 'red0', gone = [], red = {}, refused = [] }: Case) {
  const sights = lines ? lines.split(', ').map((line) => line.split(' ') as Sight) : [];
  const active = red.active ?? true;
  const at = holder === undefined ? 0 : sights.findIndex((_, i) => nameOf(i) === holder);
  const [[type] = ['STATIC' as const], [own] = ['STATIC' as const]] = [sights[at], sights[0]];
  const block = blockOf(type, at < 0 ? 1 : at);
  const known: Role = {
    holder: holder ?? PRIMARY,
    primary: { block: blockOf(own, 0) },
    ours: [block],
    ...(at > 0 && type === 'PPPOE' ? { dialled: nameOf(at) } : {}),
    ...role,
  };
  const hop = { device: iface, weight: 1, onlink: false };
  const seen: Observation = {
    links: ['red0', 'red1', 'red2', 'ppp0'].filter((device) => !gone.includes(device)).map((name) => makeLink(name)),
    routes: [{ destination: 'default', metric: 0, protocol: 'static', type: 'unicast', nexthops: [hop] }],
    blind: [],
    red: {
      ...{ now: { uptime: 1000, bootId: 'boot' }, patience: 90, block, active, kept: true, iface },
      ...(holder === undefined ? {} : { role: known }),
      ...red,
    },
  };
  const paths = sights.map((sight, i) => pathOf(sight, i, active && i === at, gone));
  const statuses = new Map(
    sights.map(([, status], i) => [nameOf(i), status === 'off' || status === 'unusable' ? 'disabled' : status]),
  );
  const course = { mode: 'failover' as const, sticky: false };
  const { things, problems } = plan(PLANNER, course, { seen, paths }, statuses, { refused: new Set(refused) });
  return { steps: things, done: things.flatMap(wordOf).join(', ') || 'nothing', problems };
}

/** Whose settings are written, and whether RED is stopped and started for it. */
function wordOf(step: Step): string[] {
  return step.do === 'write' ? [step.line] : step.do === 'start' || step.do === 'stop' ? [step.do] : [];
}

const START = { bootId: 'boot', deadline: 1060, begun: true as const };
const DOWN = { active: false };
/** Somebody is at work for it. */
const COMING = { active: false, working: true };

const CASES: [what: string, done: string, seen: Case][] = [
  ['all is well', 'nothing', { lines: 'STATIC up, STATIC up' }],
  ['the primary is down', 'backup1', { lines: 'STATIC down, STATIC up' }],
  ['the first of the backups that are up', 'backup2', { lines: 'STATIC down, DHCP down, STATIC up' }],
  ['none is up: nothing is better', 'nothing', { lines: 'STATIC down, STATIC down' }],
  ['the system refuses it', 'nothing', { lines: 'STATIC down, STATIC up', refused: ['backup1'] }],

  ['lost, and nobody has judged it yet', 'nothing', { lines: 'PPPOE up, STATIC up', red: DOWN, gone: ['ppp0'] }],
  ['lost, and never judged', 'nothing', { lines: 'PPPOE unknown, STATIC up', red: DOWN, gone: ['ppp0'] }],
  ['judged', 'stop, backup1, start', { lines: 'PPPOE interface_down, STATIC up', red: DOWN }],

  [
    'it is being dialled: no worse line is taken',
    'nothing',
    { lines: 'PPPOE up, STATIC up', holder: PRIMARY, role: { start: START }, red: COMING },
  ],
  [
    'never judged: nor then',
    'nothing',
    { lines: 'PPPOE unknown, STATIC up', holder: PRIMARY, role: { start: START }, red: COMING },
  ],
  [
    'it was down, and started again for want of another one: that is there now',
    'stop, backup1, start',
    { lines: 'PPPOE down, STATIC up', holder: PRIMARY, role: { start: START }, red: COMING },
  ],
  [
    'nobody is at work for it any more',
    'stop, backup1, start',
    { lines: 'PPPOE interface_down, STATIC up', holder: PRIMARY, role: { start: START }, red: DOWN },
  ],
  [
    'its time is over',
    'stop, backup1, start',
    {
      lines: 'PPPOE interface_down, STATIC up',
      holder: PRIMARY,
      role: { start: { ...START, deadline: 999 } },
      red: COMING,
    },
  ],
  [
    'that was before the last boot',
    'stop, backup1, start',
    {
      lines: 'PPPOE interface_down, STATIC up',
      holder: PRIMARY,
      role: { start: { ...START, bootId: 'other' } },
      red: COMING,
    },
  ],
  [
    'a backup is being dialled: a better line is taken',
    'stop, primary, start',
    { lines: 'STATIC up, PPPOE up, STATIC up', holder: 'backup1', role: { start: START }, red: COMING },
  ],
  [
    'and no worse one',
    'nothing',
    { lines: 'STATIC down, PPPOE up, STATIC up', holder: 'backup1', role: { start: START }, red: COMING },
  ],

  ['nothing is enabled, and nothing was done', 'nothing', { lines: 'STATIC off, STATIC off' }],
  ['disabled on a backup', 'primary', { lines: 'STATIC off, STATIC off', holder: 'backup1', iface: 'red1' }],
  ['no configuration any more: as it was', 'stop, primary, start', { lines: '', holder: 'backup1', iface: 'red1' }],
  ['not named any more', 'stop, primary, start', { lines: 'STATIC down, STATIC down', holder: 'lte', iface: 'red1' }],
  [
    'its device is gone: another backup',
    'backup2',
    { lines: 'STATIC down, STATIC interface_down, STATIC up', holder: 'backup1', iface: 'red1', gone: ['red1'] },
  ],

  ['F1: settings that cannot be read', 'nothing', { lines: 'PPPOE unusable, STATIC up', iface: 'ppp0' }],
  ['of no line', 'nothing', { lines: 'PPPOE unusable, STATIC unusable', iface: 'ppp0' }],
  [
    'and its device is gone',
    'stop, backup1, start',
    { lines: 'PPPOE unusable, STATIC up', iface: 'ppp0', gone: ['ppp0'] },
  ],
  ['and it is not up', 'stop, backup1, start', { lines: 'PPPOE unusable, STATIC up', iface: 'ppp0', red: DOWN }],
  [
    'those of a backup: a worse line is not taken',
    'nothing',
    { lines: 'STATIC down, STATIC unusable, STATIC up', holder: 'backup1', iface: 'red1' },
  ],
  [
    'but a better one',
    'stop, primary, start',
    { lines: 'STATIC up, STATIC unusable, STATIC up', holder: 'backup1', iface: 'red1' },
  ],
  [
    'of all lines, on a backup',
    'nothing',
    { lines: 'STATIC unusable, STATIC unusable', holder: 'backup1', iface: 'red1' },
  ],
];

tap.test('which line is to have RED', async (t) => {
  for (const [what, done, seen] of CASES) t.equal(decide(seen).done, done, what);
});

tap.test('what is said of it', async (t) => {
  const hungUp = { lines: 'PPPOE interface_down, STATIC up', holder: PRIMARY, role: { hungUp: true as const } };
  const { steps, problems } = decide({ ...hungUp, red: { ...DOWN, kept: false } });
  t.strictSame(steps, [], 'who hangs up has hung up');
  t.match(problems, [{ text: /hung up by hand/, remedy: [/connect/] }]);
  const unreadable = decide({ lines: 'PPPOE unusable, STATIC up', iface: 'ppp0' });
  t.match(unreadable.problems, [{ text: /the settings of primary cannot be used/ }]);
  t.strictSame(decide({ lines: 'STATIC up, STATIC up' }).problems, []);
});
