import { appendFile, readFile } from 'node:fs/promises';
import tap from 'tap';
import { minutesLater, rounds, shaped } from './congestion.js';
import { type Lab, TARGETS, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 2;

/** UDP ports whose flows the LAN client marks with EF, and some whose flows have no DSCP. */
const [OLD, NEW, LATER, LAST, REST] = [4346, 4347, 4348, 4349, 4300];
/** TOS of EF. */
const FAST = ['-Q', '184'];

async function configure(lab: Lab, steering: Record<string, string | string[]> | undefined, mode = 'failover') {
  const measured = { ping_target: TARGETS, ping_count: 6, ping_timeout: 1, failure_threshold: 1 };
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ...measured });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { mode });
  if (!steering) return;
  const lines = Object.entries({ primary: 'wan1', alternate: 'wan2', ...steering }).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one) => `\tlist ${name} '${one}'`) : [`\toption ${name} '${value}'`],
  );
  await appendFile(lab.config, ["config steering 'voice'", ...lines, ''].join('\n'));
}

async function prepare(lab: Lab) {
  await lab.client.nft(`add table ip dscp; add chain ip dscp out { type filter hook output priority mangle; }
    add rule ip dscp out udp sport { ${OLD}, ${NEW}, ${LATER}, ${LAST} } ip dscp set ef`);
  for (const isp of lab.isps)
    await isp.nft(`add chain ip lab pings { type filter hook forward priority 2; }
      add rule ip lab pings icmp type echo-request ip dscp ef counter`);
}

const pings = (lab: Lab) =>
  Promise.all(
    lab.isps.map(async (isp) => {
      const { stdout } = await isp.run('nft', ['list', 'chain', 'ip', 'lab', 'pings']);
      return Number(/packets (\d+)/.exec(stdout)?.[1]);
    }),
  );
/** By which ISPs so many flows from a port go. */
const ways = async (lab: Lab, port: number, count = 50) => [...new Set(await lab.paths(count, port))].sort();
/** All that could be of ours beside the routes of table main. */
async function traces(lab: Lab) {
  const { stdout } = await lab.router.run('nft', ['list', 'tables']);
  const tables = stdout.split('\n').filter((line) => line.includes('mini_mwan'));
  const rules = (await lab.router.ip('rule show')).split('\n').filter((line) => line.includes('proto 77'));
  return [...tables, ...rules];
}

scenario('new flows go by another line while theirs is congested', [{}, {}], async (t, lab) => {
  await prepare(lab);
  const match = { dscp: 'EF', address: ['198.18.1.0/24', '203.0.113.7'] };
  await configure(lab, match);
  await shaped(lab, 'GREEN');
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await ways(lab, OLD), [1]);
  const flow = lab.client.start('ping', ['-n', '-q', '-i', '0.05', '-W', '1', ...FAST, '8.8.8.8']);
  flow.catch(() => {});
  await until(async () => ((await pings(lab))[0] ?? 0) > 2);

  // A dry run is what nobody has to ask for.
  const dry =
    /^steering voice: new flows would go by wan2 instead of wan1 for 0 s \(dry run; wan1: RED, 130 ms added; 90 of 100\)$/m;
  t.match((await rounds(lab, 'RED')).stdout, dry);
  t.strictSame(await traces(lab), [], 'a dry run does nothing');
  t.match((await lab.mwan('status')).stdout, /^steering voice: new flows would go by wan2/m);
  t.match(JSON.parse((await lab.mwan('status --json')).stdout).steering, [{ steered: true, dry_run: true, score: 90 }]);
  t.match(
    (await lab.mwan('validate', { hide: ['nft'] })).stdout,
    /program 'nft' is not there: no flow could be steered/,
  );

  await configure(lab, { ...match, dry_run: '0' });
  await shaped(lab, 'RED');
  t.match(await lab.mwan('check'), {
    exitCode: 0,
    stderr: '',
    stdout: /\+ nft table inet mini_mwan for new flows, voice by wan2/,
  });
  t.strictSame(await ways(lab, OLD), [1], 'flows that have begun stay, though nobody has answered them');
  t.strictSame(await ways(lab, NEW), [2], 'new ones do not');
  const rest = await lab.paths(300, REST);
  t.strictSame(
    [new Set(rest.slice(0, 256)), new Set(rest.slice(256))],
    [new Set([1]), new Set([2])],
    'of others, those to an address',
  );
  const [before, none] = await pings(lab);
  t.equal(none, 0, 'what is answered stays, too');
  await until(async () => ((await pings(lab))[0] ?? 0) > (before ?? 0) + 2);
  await shaped(lab, 'RED');
  await expectQuiet(t, lab);
  t.notMatch((await lab.mwan('status')).stdout, /differs/);

  t.match((await rounds(lab, 'GREEN')).stdout, /^~ nft table inet mini_mwan for new flows$/m);
  t.strictSame(await ways(lab, LATER), [1], 'it is over');
  t.strictSame(await ways(lab, NEW), [2], 'who was led there stays');

  await rounds(lab, 'RED');
  t.strictSame(await ways(lab, LAST), [2]);
  await lab.silence(2);
  await shaped(lab, 'RED');
  t.match((await lab.mwan('check')).stdout, /wan2 \(eth2\) down/);
  t.match((await lab.mwan('status')).stdout, /steering voice: nothing is led away \(wan2 is down/);
  t.strictSame(await ways(lab, LAST), [1], 'nothing is led to a dead line');
  flow.kill();
  await lab.heal(2);

  await configure(lab, undefined);
  await lab.mwan('check');
  t.strictSame(await traces(lab), [], 'without the section, nothing is left of it');
  t.notMatch(await readFile(lab.state, 'utf8'), /steering/);
});

scenario('where all share, and nothing but the probes says it', [{}, {}], async (t, lab) => {
  await prepare(lab);
  const delay = async (ms: number) => {
    const edit = `case "$*" in *eth1*) edit='s/time=[0-9.]*/time=${ms}/' ;; esac`;
    await lab.replace('ping', `edit=; ${edit}\n/usr/bin/ping "$@" | sed "$edit"`);
  };
  await delay(20);
  await configure(lab, { dry_run: '0' }, 'multiuplink');
  await lab.mwan('check');
  const [first = 0, second = 0] = await lab.flows(200, OLD);
  t.ok(first > 40 && second > 40, `${first} : ${second}`);
  await delay(190);
  await lab.mwan('check');
  await minutesLater(lab);
  t.match(
    (await lab.mwan('check')).stdout,
    /steering voice: new flows go by wan2 instead of wan1 .*wan1: 170 ms added; 60 of 100/,
  );
  t.strictSame(await ways(lab, NEW, 200), [2]);
  t.strictSame(await ways(lab, REST, 200), [1, 2], 'all others are shared');
  await configure(lab, { dry_run: '0', port: ['udp:8-9', 'tcp:5060'] }, 'multiuplink');
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await ways(lab, LAST, 200), [2], 'those to a port');
  await lab.mwan('restore');
  t.strictSame(await traces(lab), []);

  const nft = '$(PATH=/usr/sbin:/usr/bin command -v nft)';
  await lab.replace('nft', `case "$*" in *fib*) echo 'Error: no fib' >&2; exit 1;; esac\nexec ${nft} "$@"`);
  t.match(
    (await lab.mwan('check')).stderr,
    /config steering: nft takes no marks: Error: no fib; without marks, no flow is steered/,
  );
  t.strictSame(await traces(lab), []);
});
