import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROUNDS } from '../../lib/health/health.js';
import { Ipv6, TARGETS6 } from '../lab/ipv6/ipv6.js';
import { type Lab, TARGETS, until } from '../lab/lab.js';
import { ENGINES } from './engines.js';
import { type Cost, costOf, head, median, memoryOf, row } from './measure.js';
import { settledLab } from './settled.js';

const TIMES = 9;
/** Runs of a command in one measurement. */
const RUNS = 5;
/** ms after which fewer have to do, on a slow machine. */
const PATIENCE = 180_000;

/** What a healthy round starts, from a shell. */
const LEAST = `
flock -x 0 <$1/run/mini-mwan.status.lock
printf 'addr show\\nroute show table main\\nrule show\\nnexthop show\\n' | ip -N -j -s -batch - >/dev/null
for device in eth1 eth2; do ping -n -c 1 -W 1 -I $device ${TARGETS[0]} >/dev/null & done
wait
`;

/** Commands against an empty file on Node, in turns. Works in a kernel without nftables, too. */
export async function commands(): Promise<void> {
  const lab = await settledLab(60, { filters: false });
  const { hook } = await lab.scripts();
  const empty = join(lab.folder, 'empty.mjs');
  await writeFile(empty, '');
  await writeFile(join(lab.folder, 'least.sh'), LEAST);
  const measured = await measuredWords(lab);
  const six = await sixWords(lab);
  const list = new Map([
    ['an empty file on Node', `node ${empty}`],
    ['an empty file on QuickJS', `qjs -m ${empty}`],
    ['`flock`, `ip` and two `ping`s, by a shell', `sh ${lab.folder}/least.sh ${lab.folder}`],
  ]);
  for (const [engine, program] of ENGINES) {
    const start = program.join(' ');
    for (const words of ['--version', 'status --check', 'status']) list.set(`${engine}: ${words}`, `${start} ${words}`);
    list.set(`${engine}: a healthy round`, `${start} check --if-started`);
    list.set(`${engine}: with check_quality`, `${start} check --if-started ${measured}`);
    if (six !== undefined) list.set(`${engine}: with ipv6`, `${start} check --if-started ${six}`);
  }
  const costs = new Map([...list.keys()].map((name) => [name, [] as Cost[]]));
  const events: number[] = [];
  const end = performance.now() + PATIENCE;
  for (let i = 0; i < TIMES && performance.now() < end; i++) {
    for (const [name, command] of list) costs.get(name)?.push(await costOf(lab, command, RUNS));
  }
  // Behind all others: a cable that was out takes its IPv6 along.
  for (let i = 0; i < TIMES; i++) events.push(await event(lab, hook));
  const middle = (name: string) => {
    const all = costs.get(name) as Cost[];
    return { cpu: median(all.map(({ cpu }) => cpu)), wall: median(all.map(({ wall }) => wall)) };
  };
  const bare = middle('an empty file on Node');
  const of = (value: number, all: number) => `${Math.round(value)} ms | ${(value / all).toFixed(2)}`;
  head('two healthy WANs', 'CPU', 'of Node', 'wall', 'of Node', 'peak memory');
  for (const [name, command] of list) {
    const { cpu, wall } = middle(name);
    const memory = await memoryOf(lab, command);
    row(name, of(cpu, bare.cpu), of(wall, bare.wall), `${memory.toFixed(1)} MB`);
  }
  row('QuickJS: from an ifdown event to the table', '', '', of(median(events), bare.wall), '');
  lab.remove();
}

/** The options by which both WANs are measured, by a state of its own, in which their windows are full. */
async function measuredWords(lab: Lab): Promise<string> {
  const [config, state] = [join(lab.folder, 'measured'), join(lab.folder, 'measured.status')];
  const text = await readFile(lab.config, 'utf8');
  await writeFile(config, text.replace(/^config interface.*$/gm, "$&\n\toption check_quality '1'"));
  const words = `--config ${config} --state ${state}`;
  await lab.system(`for i in ${'1 '.repeat(ROUNDS)}; do mini-mwan check ${words}; done`);
  return words;
}

/** The options by which both WANs have a path in each family, by a state of its own; nothing where nft could not translate. */
async function sixWords(lab: Lab): Promise<string | undefined> {
  if ((await lab.router.run('nft', ['list', 'tables'], { reject: false })).exitCode !== 0) return undefined;
  await Ipv6.add(lab);
  const [config, state] = [join(lab.folder, 'six'), join(lab.folder, 'six.status')];
  const text = await readFile(lab.config, 'utf8');
  const targets = TARGETS6.map((target) => `\n\tlist ping_target6 '${target}'`).join('');
  const asked = text.replace(/^config settings.*$/gm, "$&\n\toption ipv6 '1'");
  await writeFile(config, asked.replace(/^config interface.*$/gm, `$&${targets}`));
  const words = `--config ${config} --state ${state}`;
  const { stdout } = await lab.system(`mini-mwan check ${words}; mini-mwan check ${words}; mini-mwan status ${words}`);
  if (!/wan2\/ipv6 .* up/.test(stdout)) throw new Error(`IPv6 of the lab does not work:\n${stdout}`);
  return words;
}

/** ms from the call of the hook, with the cable out, until the kernel tells that the route is gone. */
async function event(lab: Lab, hook: string): Promise<number> {
  await lab.unplug(1);
  const { stdout } = await lab.system(
    `coproc timeout 10 ip monitor route
    sleep 0.1; begun=\${EPOCHREALTIME/./}
    ACTION=ifdown INTERFACE=wan1 DEVICE=eth1 sh ${hook}
    while read -r line <&"\${COPROC[0]}"; do [[ $line != Deleted*'proto 77'* ]] || break; done
    echo $(( \${EPOCHREALTIME/./} - begun )); kill "$COPROC_PID"`,
    { shell: 'bash' },
  );
  await lab.plug(1);
  await until(async () => {
    // Without a memory of the last times, the line is trusted at once.
    await lab.system('rm -f /run/mini-mwan.status; mini-mwan check');
    return (await lab.exit()) === 'eth1';
  }, 30_000);
  return Number(stdout) / 1000;
}
