import tap from 'tap';
import { PRIMARY } from '../../../lib/actuators/red/role.js';
import { stepsTo } from '../../../lib/actuators/red/steps.js';
import { isDialled } from '../../../lib/config/ipfire/ppp.js';
import type { UplinkType } from '../../../lib/uplink.js';
import { Ipfire, uplinkOf } from './ipfire.js';

const TYPES: UplinkType[] = ['STATIC', 'DHCP', 'PPPOE', 'QMI'];

/** Every primary with every backup, on devices of their own and on one. */
const PAIRS = TYPES.flatMap((from) =>
  TYPES.flatMap((to) => ['red1', 'red0'].map((device): [UplinkType, UplinkType, string] => [from, to, device])),
).filter(([from, to, device]) => device === 'red1' || from !== to || isDialled({ type: from }));

const machine = ([from, to, device]: [UplinkType, UplinkType, string]) =>
  new Ipfire([
    { name: PRIMARY, uplink: uplinkOf(from, 'red0') },
    { name: 'backup', uplink: uplinkOf(to, device) },
  ]);

tap.test('RED goes to the backup and back, and leaves nothing behind', async (t) => {
  for (const pair of PAIRS) {
    const ipfire = machine(pair);
    const what = pair.join(' ');
    t.strictSame(ipfire.steps(PRIMARY), [], `${what}: nothing to do`);
    ipfire.settle('backup');
    t.ok(ipfire.isOnline('backup'), `${what}: by the backup`);
    t.equal(ipfire.role?.holder, 'backup');
    t.strictSame(ipfire.steps('backup'), [], 'it stays');
    ipfire.settle(PRIMARY);
    t.ok(ipfire.isOnline(PRIMARY), `${what}: back`);
    t.equal(ipfire.role, undefined, 'nothing is remembered');
    t.strictSame(ipfire.ppp, { link: 1 }, 'the operator’s dial profile');
    t.strictSame(ipfire.block, ipfire.line(PRIMARY).uplink.block);
  }
});

tap.test('killed after any step, or without power, the next rounds end where they should', async (t) => {
  for (const pair of PAIRS) {
    for (const reboots of [false, true]) {
      for (const way of [['backup'], ['backup', PRIMARY]]) {
        const wish = way.at(-1) as string;
        const before = () => {
          const ipfire = machine(pair);
          for (const name of way.slice(0, -1)) ipfire.settle(name);
          return ipfire;
        };
        const count = before().steps(wish).length;
        for (let done = 0; done <= count; done++) {
          const ipfire = before();
          for (const step of ipfire.steps(wish).slice(0, done)) ipfire.take(step);
          if (reboots) ipfire.reboot();
          const what = `${pair.join(' ')} to ${wish}, ${done} of ${count}${reboots ? ', reboot' : ''}`;
          try {
            ipfire.settle(wish);
          } catch (error) {
            t.fail(`${what}: ${(error as Error).message}`);
            continue;
          }
          t.ok(ipfire.isOnline(wish), what);
          if (wish === PRIMARY) t.strictSame([ipfire.role, ipfire.ppp], [undefined, { link: 1 }], what);
          // And it can change its mind.
          const other = wish === PRIMARY ? 'backup' : PRIMARY;
          const turned = before();
          for (const step of turned.steps(wish).slice(0, done)) turned.take(step);
          if (reboots) turned.reboot();
          turned.settle(other);
          t.ok(turned.isOnline(other), `${what}, and back`);
        }
      }
    }
  }
});

tap.test('a line that does not come up is left for another one', async (t) => {
  const ipfire = new Ipfire(
    [
      { name: PRIMARY, uplink: uplinkOf('STATIC', 'red0') },
      { name: 'lte', uplink: uplinkOf('PPPOE', 'red1') },
      { name: 'cable', uplink: uplinkOf('DHCP', 'red2') },
    ],
    (name) => name !== 'lte',
  );
  for (const step of ipfire.steps('lte')) ipfire.take(step);
  ipfire.wait(2);
  t.strictSame(ipfire.steps('lte'), [], 'it is waited for');
  ipfire.settle('cable');
  t.ok(ipfire.isOnline('cable'));
  ipfire.works = () => true;
  ipfire.settle('lte');
  t.ok(ipfire.isOnline('lte'));
});

tap.test('the operator wins', async (t) => {
  const ipfire = machine(['DHCP', 'STATIC', 'red1']);
  ipfire.settle('backup');
  const own = { ...uplinkOf('STATIC', 'red3').block, RED_DESCRIPTION: 'new card' };
  ipfire.block = own;
  t.strictSame(
    ipfire.steps('backup').map((step) => [step.do, 'role' in step]),
    [
      ['keep', false],
      ['remember', false],
    ],
    'settings of RED that are neither the primary’s nor ours are the primary’s from now on',
  );

  const ppp = machine(['PPPOE', 'PPPOE', 'red1']);
  ppp.settle('backup');
  ppp.ppp = { link: 3 };
  t.match(
    ppp.steps('backup'),
    [{ do: 'remember', role: { holder: 'backup', primary: { dial: 3 }, dialled: undefined } }],
    'another dial profile was chosen: it is the primary’s',
  );
  ppp.settle(PRIMARY);
  t.strictSame([ppp.ppp, ppp.block], [{ link: 3 }, ppp.line(PRIMARY).uplink.block]);

  for (const type of TYPES.filter((type) => type !== 'QMI')) {
    const hung = machine([type, 'STATIC', 'red1']);
    hung.stop();
    t.match(hung.steps('backup'), [{ do: 'remember', role: { hungUp: true, holder: PRIMARY } }], `${type}: hung up`);
    for (const step of hung.steps('backup')) hung.take(step);
    t.strictSame(hung.steps('backup'), [], 'nothing is done until');
    hung.start();
    hung.wait(10);
    hung.settle(PRIMARY);
    t.ok(hung.isOnline(PRIMARY), 'it is dialled again');
    t.equal(hung.role, undefined);
  }

  const modem = machine(['QMI', 'STATIC', 'red1']);
  modem.stop();
  modem.settle(PRIMARY);
  t.ok(modem.isOnline(PRIMARY), 'QMI: nothing tells a hang-up from a modem that has lost its network');
});

tap.test('IPFire’s own dialler gets its time', async (t) => {
  const ipfire = machine(['PPPOE', 'DHCP', 'red1']);
  ipfire.active = false;
  ipfire.connectd = ipfire.kept = true;
  for (const step of ipfire.steps(PRIMARY)) ipfire.take(step);
  t.match(ipfire.role, { holder: PRIMARY, start: { deadline: ipfire.uptime + 90, begun: true } });
  t.strictSame(ipfire.steps(PRIMARY), []);
  ipfire.uptime += 91;
  t.match(
    ipfire.steps(PRIMARY).map((step) => step.do),
    ['remember', 'hang up', 'stop', 'start'],
    'then it is started again',
  );
  ipfire.settle('backup');
  t.ok(ipfire.isOnline('backup'));
});

tap.test('what others take away is put back', async (t) => {
  const ipfire = machine(['STATIC', 'DHCP', 'red1']);
  ipfire.active = false;
  ipfire.firewall = undefined;
  ipfire.settle(PRIMARY);
  t.ok(ipfire.isOnline(PRIMARY), 'the word for it, and the firewall');
  t.equal(ipfire.role, undefined);
  ipfire.routed = undefined;
  ipfire.settle(PRIMARY);
  t.ok(ipfire.isOnline(PRIMARY), 'the default route');
});

tap.test('how long a start may take, until another line is tried', async (t) => {
  // s beside those for stopping RED. IPFire waits 60 s for a lease, and much longer for who dials.
  const CASES: [type: UplinkType, seconds: number][] = [
    ['STATIC', 30],
    ['DHCP', 75],
    ['PPPOE', 90],
    ['PPTP', 90],
    ['VDSL', 90],
    ['QMI', 90],
    ['MODEM', 120],
    ['SERIAL', 120],
  ];
  for (const [type, seconds] of CASES) {
    const ipfire = machine(['PPPOE', type, 'red1']);
    const { uptime, bootId } = ipfire;
    const deadline = uptime + 30 + seconds;
    const startsOf = (wish: string) =>
      ipfire.steps(wish).flatMap((step) => (step.do === 'remember' ? [step.role?.start] : []));
    t.strictSame(
      startsOf('backup'),
      [
        { bootId, deadline },
        { bootId, deadline, begun: true },
      ],
      type,
    );
    ipfire.settle('backup');
    // Down, and nobody is at work for it.
    ipfire.active = false;
    ipfire.kept = true;
    ipfire.up.clear();
    ipfire.uptime = uptime;
    ipfire.bootId = bootId;
    const again = startsOf('backup');
    t.strictSame(again, [{ bootId, deadline, begun: true }], `${type}: started again`);
  }
});
tap.test('our client has another lease: the former address goes before the new one comes', async (t) => {
  const uplink = uplinkOf('DHCP', 'red1');
  const place = { device: 'red1', address: '198.51.100.9', prefix: 24, gateway: '198.51.100.1', dns: [] };
  const line = { name: 'backup', uplink, present: true, linkUp: true, place };
  const steps = (local: string) =>
    stepsTo(
      { line, holder: line, routed: true },
      {
        now: { uptime: 100, bootId: 'boot' },
        patience: 90,
        block: uplink.block,
        role: { holder: 'backup', primary: { block: uplinkOf('STATIC', 'red0').block }, ours: [uplink.block] },
        active: true,
        kept: false,
        iface: 'red1',
        local,
        remote: place.gateway,
      },
    );
  t.strictSame(steps(place.address), [], 'it is known');
  const addresses = steps('198.51.100.7').flatMap((step) => (step.do === 'ip' ? [step.args.join(' ')] : []));
  t.strictSame(addresses.slice(0, 2), ['addr flush dev red1 to 198.51.100.7', 'addr replace 198.51.100.9/24 dev red1']);
});

tap.test(
  'killed while a line was to be dialled: whoever goes back makes the secrets the primary’s again',
  async (t) => {
    const ipfire = machine(['PPPOE', 'PPPOE', 'red1']);
    const steps = ipfire.steps('backup');
    // Secrets are written before ppp/settings, which are the primary's still.
    for (const step of steps.slice(
      0,
      steps.findIndex((step) => step.do === 'dial'),
    ))
      ipfire.take(step);
    const back = ipfire.steps(PRIMARY).filter((step) => step.do === 'dial');
    t.strictSame(back, [{ do: 'dial', line: PRIMARY, dial: { link: 1 } }]);
  },
);
