import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import tap, { type Test } from 'tap';
import { tables } from '../../lib/actuators/tables/tables.js';
import { PROTOCOL } from '../../lib/actuators/tables/thing.js';
import type { Engine, Files } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import type { View } from '../../lib/model.js';
import { parseTables, tablesQuestion } from '../../lib/observe/tables.js';
import { observe } from '../../lib/platform/linux.js';
import { reconcile } from '../../lib/reconcile.js';
import { clientsOn, findClients } from '../../lib/system/dhcpcd.js';
import type { Exec, Tools } from '../../lib/system/exec.js';
import type { Uplink } from '../../lib/uplink.js';
import { makeRedOn } from '../actuators/tables/make.js';
import { makeWan } from '../make.js';
import { Lab, until } from './lab.js';
import { Machine } from './machine.js';

/** s that the DHCP server gives an address for: the least that it can. */
const LEASE_TIME = 120;

/** The lines of the lab, as IPFire would have them. */
function uplink(
  i: number,
  type: 'STATIC' | 'DHCP',
  fixed = { address: `100.64.${i}.2`, gateway: `100.64.${i}.1` },
): Uplink {
  const block = { RED_TYPE: type, RED_DEV: `eth${i}` };
  return { type, device: `eth${i}`, block, ...(type === 'STATIC' ? { fixed: { ...fixed, prefix: 24 } } : {}) };
}

/** A router whose default leads through eth1, and that tests other lines beside it. */
class Router {
  readonly tools: Tools;

  constructor(
    readonly lab: Lab,
    readonly machine: Machine,
    private readonly pid: string,
  ) {
    const start: Exec['start'] = (program, args, { input = '', output }) => {
      const heard = output === 'none' ? 'ignore' : 'pipe';
      const options = { input, reject: false, stdout: heard, stderr: heard } as const;
      const ended = execa('nsenter', ['-t', this.pid, '-n', '-m', program, ...args], options);
      const finished = ended.then(({ exitCode = -1, stdout, stderr }) => ({
        stdout: String(stdout),
        stderr: String(stderr),
        exitCode,
      }));
      return { finished, kill: () => {} };
    };
    const exec: Exec = { start, detach: async () => false, find: async () => undefined };
    this.tools = { exec, engine: this.engineOf(createEngine()) };
  }

  /** The machine has a /run of its own. */
  private engineOf(engine: Engine): Engine {
    const there = (path: string) => path.replace(/^\/var\/run/, join(this.lab.folder, 'run'));
    const files = Object.fromEntries(
      Object.entries(engine.files).map(([name, work]: [string, (...args: unknown[]) => unknown]) => [
        name,
        (...args: unknown[]) => work(...args.map((arg) => (typeof arg === 'string' ? there(arg) : arg))),
      ]),
    ) as unknown as Files;
    return { ...engine, files };
  }

  async look(uplinks: Uplink[], holder = 1): Promise<View> {
    const names = ['primary', 'two', 'three'];
    const red = makeRedOn(`eth${holder}`, { holder: names[holder - 1] ?? '' });
    const paths = uplinks.map((uplink, i) => ({
      wan: makeWan({ name: names[i] ?? '', uplink }),
      pointToPoint: false,
      onlink: false,
    }));
    const { seen, answers } = await observe(this.tools.exec, [tablesQuestion(PROTOCOL)]);
    const clients = findClients(this.tools.engine);
    return { seen: { ...seen, tables: parseTables(answers[0], PROTOCOL) ?? [], clients, red }, paths };
  }

  /** What a round does so that these lines can be tested. */
  async steer(uplinks: Uplink[], holder = 1) {
    const look = () => this.look(uplinks, holder);
    const course = { mode: 'failover' as const, sticky: false };
    const task = {
      actuator: tables({ exec: this.tools.exec, clients: clientsOn(this.tools.engine) }),
      course,
      look,
      changing: () => {},
      dryRun: false,
    };
    const { changes, problems, refused } = await reconcile(task, await look(), new Map());
    return { changes: changes.map(({ sentence }) => sentence), problems: problems.map(({ text }) => text), refused };
  }

  /** Does a target answer through the device? */
  async answers(device: string): Promise<boolean> {
    const args = ['-c', '1', '-W', '0.5', '-I', device, '1.1.1.1'];
    return (await this.lab.router.run('ping', args, { reject: false })).exitCode === 0;
  }

  /** All that could be left behind. */
  async everything(): Promise<string> {
    const input = ['addr', 'rule', 'route show table all'].map((line) => `${line}\n`).join('');
    return (await this.tools.exec.start('ip', ['-batch', '-'], { input, timeout: 0 }).finished).stdout;
  }

  main(): Promise<string> {
    return this.lab.router.ip('route show table main');
  }
}

async function create(t: Test): Promise<Router> {
  const lab = await Lab.create([{ systemMetric: 0 }, { systemMetric: 'none' }, { systemMetric: 'none' }]);
  t.teardown(lab.remove);
  const machine = await Machine.create(lab);
  await machine.write('/usr/lib/mini-mwan/lease', await readFile('lib/ipfire/lease', 'utf8'), '755');
  await machine.run('mkdir -p /var/lib/dhcpcd && mount -t tmpfs tmpfs /var/lib/dhcpcd; echo noarp >/etc/dhcpcd.conf');
  await lab.router.ipAll(['addr flush dev eth2', 'addr flush dev eth3']);
  await lab.router.sysctl(
    // Its addresses come and go by themselves.
    'net.ipv6.conf.all.disable_ipv6=1',
    ...['all', 'eth1', 'eth2', 'eth3'].flatMap((name) => [
      `net.ipv4.conf.${name}.rp_filter=1`,
      `net.ipv4.conf.${name}.arp_filter=1`,
    ]),
  );
  // What gets an answer gets it by another line.
  await lab.silence(1);
  const router = new Router(lab, machine, (await readFile(join(lab.folder, 'pid'), 'utf8')).trim());
  // The kernel takes up to a second to see that a new cable is plugged in.
  await until(async () => !(await router.everything()).includes('NO-CARRIER'));
  return router;
}

/** A DHCP server at ISP i, for one address; returns what ends it. */
function serve(lab: Lab, i: number, address: string): () => Promise<void> {
  const server = lab
    .isp(i)
    .start('dnsmasq', [
      ...'--keep-in-foreground --conf-file=/dev/null --port=0 --interface=wan --bind-dynamic --user=root'.split(' '),
      '--dhcp-authoritative',
      '--no-ping',
      `--pid-file=${lab.folder}/dnsmasq.pid`,
      `--dhcp-leasefile=${lab.folder}/leases-${address}`,
      `--dhcp-range=${address},${address},255.255.255.0,${LEASE_TIME}`,
      `--dhcp-option=option:router,100.64.${i}.1`,
    ]);
  return async () => {
    process.kill(Number(await readFile(`${lab.folder}/dnsmasq.pid`, 'utf8')));
    await server;
  };
}

tap.test('lines that stand by, beside the one that carries the traffic', async (t) => {
  const router = await create(t);
  const { lab } = router;
  const [one, two] = [uplink(1, 'STATIC'), uplink(2, 'STATIC')];
  const [before, main] = [await router.everything(), await router.main()];

  await t.test('a fixed address', async (t) => {
    t.notOk(await router.answers('eth2'), 'without anything, no answer comes');
    const { refused, problems } = await router.steer([one, two]);
    t.strictSame({ refused, problems }, { refused: false, problems: [] });
    await until(() => router.answers('eth2'));
    t.match(await lab.router.ip('route get 1.1.1.1'), /dev eth1 /, 'nothing else goes there');
    t.equal(await router.main(), main, 'table main is as it was');
    t.strictSame((await router.steer([one, two])).changes, [], 'and there is nothing left to do');
    await lab.silence(2);
    t.notOk(await router.answers('eth2'), 'a line that is dead does not answer');
    await lab.heal(2);
  });

  await t.test('neither rule does it alone', async (t) => {
    for (const which of ['from 100.64.2.2', 'oif eth2']) {
      await lab.router.ip(`rule del ${which} lookup 7701`);
      t.notOk(await router.answers('eth2'), `without ${which}`);
      t.equal((await router.steer([one, two])).changes.length, 1, 'the next round mends it');
      await until(() => router.answers('eth2'));
    }
  });

  await t.test('taken back, all is as it was', async (t) => {
    await router.steer([]);
    t.equal(await router.everything(), before);
  });

  await t.test('what others have there is left alone', async (t) => {
    const add = [
      'addr add 100.64.2.9/24 dev eth2 noprefixroute',
      'rule add from 100.64.2.9 lookup 7701 priority 7701',
      'route add 198.51.100.0/24 dev eth2 table 7701',
    ];
    const remove = [...add].reverse().map((line) => line.replace(' add ', ' del '));
    await lab.router.ipAll(add);
    const theirs = await router.everything();
    await router.steer([one, two]);
    await until(() => router.answers('eth2'));
    await router.steer([]);
    t.equal(await router.everything(), theirs);
    await lab.router.ipAll(remove);
    t.equal(await router.everything(), before);
    await router.steer([one, two]);
    await lab.router.ipAll(add);
    await router.steer([]);
    t.equal(await router.everything(), theirs, 'also what came later');
    await lab.router.ipAll(remove);
  });

  await t.test('a device that was down', async (t) => {
    await lab.router.ip('link set eth2 down');
    const down = await router.everything();
    await router.steer([one, two]);
    await until(() => router.answers('eth2'));
    await router.steer([]);
    t.equal(await router.everything(), down, 'it is down again');
    await router.steer([one, two]);
    await until(() => router.answers('eth2'));
    // IPFire puts its own address there when the line becomes RED.
    await lab.router.ip('addr add 100.64.2.2/24 dev eth2');
    await router.steer([one, two], 2);
    await router.steer([], 2);
    const { seen } = await router.look([]);
    t.match(
      seen.links.find(({ device }) => device === 'eth2'),
      { state: 'up', addresses: [{ address: '100.64.2.2', prefix: 24 }] },
      'it stays up as RED, with the address of the system alone',
    );
    await lab.router.ip('addr del 100.64.2.2/24 dev eth2');
    await router.steer([]);
    t.equal(await router.everything(), down);
    await lab.router.ip('link set eth2 up');
  });

  await t.test('a line with the same subnet and the same gateway', async (t) => {
    await lab.isp(2).ipAll(['addr flush dev wan', 'addr add 100.64.1.1/24 dev wan']);
    await lab
      .isp(2)
      .nft('table ip nat { chain post { type nat hook postrouting priority 100; oifname "core" masquerade; }; }');
    const same = uplink(2, 'STATIC', { address: '100.64.1.3', gateway: '100.64.1.1' });
    const start = await router.everything();
    await router.steer([one, same]);
    await until(() => router.answers('eth2'));
    t.equal(await router.main(), main);
    await router.steer([]);
    t.equal(await router.everything(), start);
  });

  await t.test('an address that is RED’s', async (t) => {
    const start = await router.everything();
    const twin = uplink(2, 'STATIC', { address: '100.64.1.2', gateway: '100.64.1.1' });
    t.match(await router.steer([one, twin]), { changes: [], problems: [/100\.64\.1\.2 is that of eth1/] });
    t.equal(await router.everything(), start);
  });

  const lines = [one, two, uplink(3, 'DHCP')];
  const leaseOf = async () => (await router.look([])).seen.clients?.find(({ device }) => device === 'eth3')?.lease;
  let stop = async () => {};

  await t.test('a line by DHCP', async (t) => {
    const etc = async () => (await router.machine.run('find /etc -type f -exec sha256sum {} +')).stdout;
    const files = await etc();
    stop = serve(lab, 3, '100.64.3.50');
    await router.steer(lines);
    t.match((await router.look([])).seen.clients, [{ device: 'eth3', ours: true, running: true }]);
    t.notOk(
      (await router.steer(lines)).changes.some((sentence) => /client/.test(sentence)),
      'it is started once',
    );
    await until(async () => (await leaseOf())?.address === '100.64.3.50');
    t.match(await leaseOf(), { prefix: 24, gateway: '100.64.3.1' });
    await router.steer(lines);
    await until(() => router.answers('eth3'));
    t.equal(await router.main(), main, 'table main is as it was');
    t.equal(await etc(), files, 'and so are name servers and all else');
  });

  await t.test('the lease is lost', async (t) => {
    await stop();
    const again = serve(lab, 3, '100.64.3.60');
    // The client asks for the address that it had, which this server does not give.
    await lab.unplug(3);
    await lab.plug(3);
    await until(async () => (await leaseOf())?.address !== '100.64.3.50');
    t.equal(await router.main(), main, 'that touches nothing of table main');
    await until(async () => (await leaseOf())?.address === '100.64.3.60');
    await router.steer(lines);
    await until(() => router.answers('eth3'));
    t.notMatch(await router.everything(), /100\.64\.3\.50/, 'nothing of the old one is left');
    t.equal(await router.main(), main);
    await again();
  });

  await t.test('a client that was killed is started again', async (t) => {
    const pid = (await router.machine.run('cat /run/dhcpcd/eth3-4.pid')).stdout;
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => (await router.look([])).seen.clients?.[0]?.running === false);
    const { changes } = await router.steer(lines);
    t.ok(changes.some((sentence) => /client on eth3/.test(sentence)));
    await until(async () => (await router.look([])).seen.clients?.[0]?.running === true);
  });

  await t.test('taken back, all is as it was', async (t) => {
    await router.steer([]);
    t.equal(await router.everything(), before);
    t.strictSame((await router.look([])).seen.clients, []);
    t.notMatch((await router.machine.run('ls /run /run/dhcpcd')).stdout, /lease|eth3/);
  });
});
