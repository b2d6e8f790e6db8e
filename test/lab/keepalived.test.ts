import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, TARGETS, until } from './lab.js';
import { createHosts, type Host } from './namespaces.js';
import { scenario } from './scenario.js';

const SHARED = '192.168.1.254';
/** ms that VRRP gets: it takes 4 s, on a slow machine more. */
const PATIENCE = 60_000;

/** The other router of the LAN, with a WAN of its own. */
interface Second {
  host: Host;
  /** Runs mini-mwan on it. */
  mwan(command: string): Promise<number | undefined>;
  state: string;
}

/** A second router beside the first: the client becomes the switch that joins them, and uses the address they share. */
async function addRouter(lab: Lab, host: Host): Promise<Second> {
  await lab.client.ipAll([
    'link add lan type bridge',
    'link set lan up',
    'addr flush dev eth0',
    'link set eth0 master lan',
    `link add second type veth peer name eth0 netns ${host.namespace}`,
    'link set second master lan up',
    'addr add 192.168.1.2/24 dev lan',
    `route add default via ${SHARED}`,
  ]);
  await lab.internet.ipAll([
    `link add second type veth peer name eth1 netns ${host.namespace}`,
    'addr add 100.64.9.1/24 dev second',
    'link set second up',
    'route add 192.168.1.0/24 via 100.64.9.2',
  ]);
  await host.ipAll([
    'addr add 192.168.1.3/24 dev eth0',
    'link set eth0 up',
    'addr add 100.64.9.2/24 dev eth1',
    'link set eth1 up',
    'route add default via 100.64.9.1 metric 1000',
  ]);
  const [config, state] = [join(lab.folder, 'second'), join(lab.folder, 'second.status')];
  await writeFile(
    config,
    `config settings\n\toption enabled 1\nconfig interface wan\n\toption device eth1\n\toption ping_target ${TARGETS[0]}\n`,
  );
  const mwan = async (command: string) => {
    const [engine = '', ...words] = lab.program;
    const args = [...words, command, '--config', config, '--state', state];
    return (await host.run(engine, args, { reject: false })).exitCode;
  };
  return { host, mwan, state };
}

/** The configuration that docs/integration.md shows. */
const [, SHOWN = ''] = /```\n(global_defs .*?)```/s.exec(readFileSync('docs/integration.md', 'utf8')) ?? [];

/** Starts keepalived with it, but for what is otherwise in the lab; it ends with the namespace. */
async function keepalive(lab: Lab, host: Host, state: string, priority: number): Promise<void> {
  const files = join(lab.folder, `keepalived-${priority}`);
  const replaced: [shown: string, here: string][] = [
    ['/usr/bin/mini-mwan status --check', `${lab.program.join(' ')} status --check --state ${state}`],
    ['interval 5', 'interval 1'],
    ['timeout 5', 'timeout 30'],
    ['interface br-lan', 'interface eth0'],
    ['priority 100', `priority ${priority}`],
  ];
  let text = SHOWN;
  for (const [shown, here] of replaced) {
    if (!text.includes(shown)) throw new Error(`docs/integration.md shows keepalived without: ${shown}`);
    text = text.replace(shown, here);
  }
  await writeFile(`${files}.conf`, text);
  host.start('keepalived', ['-n', '-l', '-P', '-f', `${files}.conf`, '-p', `${files}.pid`, '-r', `${files}.vrrp.pid`]);
}

scenario('two routers share an address, and the one with Internet has it', [{}, {}], async (t, lab) => {
  const { hosts, remove } = await createHosts([{ name: `${lab.router.namespace}-2`, ip: [], forwards: true }]);
  t.teardown(remove);
  const second = await addRouter(lab, hosts[0] as Host);
  await lab.configureAll();
  t.equal((await lab.mwan('check')).exitCode, 0);
  t.equal(await second.mwan('check'), 0);
  await keepalive(lab, lab.router, lab.state, 100);
  await keepalive(lab, second.host, second.state, 90);

  /** Which router a packet of the client meets first: one that may not travel further tells. */
  const firstHop = async () => {
    const { stdout } = await lab.client.run('ping', ['-n', '-c', '1', '-W', '1', '-t', '1', '1.1.1.1'], {
      reject: false,
    });
    return /^From (\S+) .*Time to live exceeded/m.exec(stdout)?.[1];
  };
  const goesBy = async (address: string, why: string) => {
    await until(async () => (await firstHop()) === address, PATIENCE);
    t.pass(why);
  };
  await goesBy('192.168.1.1', 'both have Internet: the first has the address');
  t.ok(await lab.reaches());

  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'one of two WANs: no matter for VRRP');
  await lab.silence(2);
  t.equal((await lab.mwan('check')).exitCode, 1);
  await goesBy('192.168.1.3', 'the first has none: the second takes over');
  t.ok(await lab.reaches());

  await second.host.ip('link set eth1 down');
  t.equal(await second.mwan('check'), 1);
  await goesBy('192.168.1.1', 'nobody has any: as if both had');
  await second.host.ipAll(['link set eth1 up', 'route add default via 100.64.9.1 metric 1000']);
  t.equal(await second.mwan('check'), 0);
  await goesBy('192.168.1.3', 'the second has it again');

  await lab.heal(2);
  t.equal((await lab.mwan('check')).exitCode, 0);
  await goesBy('192.168.1.1', 'and gives it back');
  t.ok(await lab.reaches());
});
