import tap from 'tap';
import type { Ipv6 } from './ipv6/ipv6.js';
import { expectQuiet6, QUICK, rounds, scenario6 } from './ipv6/scenario.js';
import { type Lab, until } from './lab.js';

tap.jobs = 2;
const [FIRST, SECOND] = ['2001:db8:100:1::1', '2001:db8:200:1::1'];

/** How the router's address on the LAN is now: its words, and s of its lifetimes. */
async function addressOf(lab: Lab, address: string) {
  const text = await lab.router.ip(`-o -6 addr show dev eth0 to ${address}`);
  const lifetime = (name: string) => {
    const [, value = ''] = new RegExp(`${name}_lft (\\S+?)(?:sec)?(?=\\s|\\\\|$)`).exec(text) ?? [];
    return value === 'forever' ? Number.POSITIVE_INFINITY : Number(value);
  };
  const [valid, preferred] = [lifetime('valid'), lifetime('preferred')];
  return { valid, preferred, deprecated: /\bdeprecated\b/.test(text), kept: /\bnoprefixroute\b/.test(text) };
}

/** netifd has given the address these lifetimes; the route to its network is one of its own. */
async function renew(lab: Lab, valid: number, preferred: number) {
  await lab.router.ip('-6 route replace 2001:db8:100:1::/64 dev eth0 proto static metric 1024');
  await lab.router.ip(
    `-6 addr change ${FIRST}/64 dev eth0 noprefixroute valid_lft ${valid} preferred_lft ${preferred}`,
  );
}

const isNear = (value: number, wanted: number) => value <= wanted && value > wanted - 60;
const configure = (six: Ipv6, more = {}) => six.configure({ ...QUICK, ...more }, { deprecate: 1 });

scenario6('hosts are told of a prefix whose line is dead, and told again', [{}, {}], {}, async (t, lab, six) => {
  await renew(lab, 5000, 3000);
  await configure(six);
  await rounds(lab, 2);
  const before = await addressOf(lab, FIRST);
  t.match(before, { deprecated: false, kept: true }, 'it is preferred as long as all is well');

  await six.silence(1);
  await lab.mwan('check');
  t.match(await addressOf(lab, FIRST), { deprecated: false }, 'and while it is not known for how long');
  await lab.later();
  t.match((await lab.mwan('check --dry-run')).stdout, `+ ${FIRST}/64 dev eth0 deprecated`);
  t.match(await addressOf(lab, FIRST), { deprecated: false }, 'a dry run does nothing');
  await lab.mwan('check');
  const dead = await addressOf(lab, FIRST);
  t.match(dead, { deprecated: true, preferred: 0, kept: true });
  t.ok(isNear(dead.valid, before.valid), `it is valid for as long: ${dead.valid} s of ${before.valid}`);
  t.match(await addressOf(lab, SECOND), { deprecated: false, preferred: Number.POSITIVE_INFINITY });
  t.ok(await six.reaches(1), 'a host that goes on with it is led by the other line');
  await lab.later();
  await expectQuiet6(t, lab);

  await six.heal(1);
  await rounds(lab, 2);
  const well = await addressOf(lab, FIRST);
  t.match(well, { deprecated: false, kept: true }, 'at once when the line is well');
  t.ok(isNear(well.preferred, before.preferred), `as it was: ${well.preferred} s of ${before.preferred}`);
  t.ok(Math.abs(well.valid - well.preferred - 2000) <= 1, 'they end as far apart as before');
});

scenario6('what netifd says meanwhile counts', [{}, {}], {}, async (t, lab, six) => {
  await renew(lab, 5000, 3000);
  await configure(six);
  await lab.mwan('check');
  await six.silence(1);
  await rounds(lab, 2);
  t.match(await addressOf(lab, FIRST), { deprecated: true });
  await renew(lab, 9000, 8000);
  await lab.later();
  await lab.mwan('check');
  t.match(await addressOf(lab, FIRST), { deprecated: true }, 'it is renewed, and the line is as dead');
  t.ok(isNear((await addressOf(lab, FIRST)).valid, 9000));

  const { stdout } = await lab.mwan('restore');
  t.match(stdout, `- ${FIRST}/64 dev eth0 deprecated`);
  const left = await addressOf(lab, FIRST);
  t.ok(isNear(left.preferred, 8000), `restore puts back what was last: ${left.preferred} s`);

  await rounds(lab, 2);
  t.match(await addressOf(lab, FIRST), { deprecated: true });
  await configure(six, { deprecate: 0 });
  await lab.mwan('check');
  t.ok(isNear((await addressOf(lab, FIRST)).preferred, 8000), 'nobody asks any more');
});

/** s that the announcements of a real server and the host's own work take on a busy machine. */
const SOON = 20_000;

scenario6(
  'a host with addresses of its own making follows what dnsmasq announces',
  [{}, {}],
  {},
  async (t, lab, six) => {
    await lab.client.ip('-6 addr flush dev eth0 scope global');
    await lab.client.ip('-6 route flush dev eth0');
    // Those that hide the host are renewed and deprecated like the others.
    const knobs = [
      'all.accept_dad=0',
      'eth0.accept_dad=0',
      'eth0.accept_ra=1',
      'eth0.autoconf=1',
      'eth0.use_tempaddr=2',
    ];
    await lab.client.sysctl(...knobs.map((knob) => `net.ipv6.conf.${knob}`));
    // Changed from forever to a time, the kernel's route to their network ends at once.
    await lab.router.ip('-6 addr flush dev eth0 scope global');
    for (const address of [FIRST, SECOND])
      await lab.router.ip(`-6 addr add ${address}/64 dev eth0 nodad valid_lft 7200 preferred_lft 3600`);
    const words = ['-k', '-C', '/dev/null', '--port=0', '--interface=eth0', '--user=root', '--enable-ra'];
    const files = ['leasefile', 'pid'].map((name) => `${lab.folder}/dnsmasq.${name}`);
    const range = '--dhcp-range=::,constructor:eth0,ra-only,64,2h';
    lab.router.start('dnsmasq', [...words, range, `--dhcp-leasefile=${files[0]}`, `--pid-file=${files[1]}`]);

    /** How many of the host's addresses are of this prefix, and may begin a connection. */
    const usable = async (prefix: string, more = '') => {
      const text = await lab.client.ip(`-o -6 addr show dev eth0 scope global -deprecated${more} to ${prefix}::/48`);
      return text.split('\n').filter(Boolean).length;
    };
    const online = async () => {
      const target = ['-6', '-n', '-c', '1', '-W', '1', '2606:4700:4700::1111'];
      return (await lab.client.run('ping', target, { reject: false })).exitCode === 0;
    };
    await until(async () => (await usable('2001:db8:100')) === 2 && (await usable('2001:db8:200')) === 2, SOON);
    t.equal(await usable('2001:db8:100', ' temporary'), 1, 'it hides behind one of them');

    await configure(six);
    await lab.mwan('check');
    t.ok(await online());
    await six.silence(1);
    await lab.mwan('check');
    t.equal(await usable('2001:db8:100'), 2);
    t.ok(await online(), 'it is online, whichever it takes, and not told of anything');
    await lab.later();
    await lab.mwan('check');
    await until(async () => (await usable('2001:db8:100')) === 0, SOON);
    t.equal(await usable('2001:db8:200'), 2);
    t.match(
      await lab.client.ip('-6 route get 2606:4700:4700::1111'),
      / src 2001:db8:200:/,
      'told of it, it takes others',
    );
    t.ok(await online());

    await six.heal(1);
    await rounds(lab, 2);
    await until(async () => (await usable('2001:db8:100')) === 2, SOON);
    t.ok(await online(), 'and both again');
  },
);
