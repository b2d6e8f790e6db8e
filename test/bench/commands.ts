import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Lab, PROGRAM, until } from '../lab/lab.js';
import { type Cost, costOf, head, median, memoryOf, row } from './measure.js';
import { settledLab } from './settled.js';

const HOOK = resolve('hotplug/iface/25-mini-mwan');
const TIMES = 31;

/** Commands against bare node, in turns; then what a round starts, and whether anybody notices one. */
export async function commands(): Promise<void> {
  const lab = await settledLab(10);
  const empty = join(lab.folder, 'empty.cjs');
  await writeFile(empty, '');
  const list = new Map([['bare node', `node ${empty}`]]);
  for (const words of ['--version', 'status --check', 'status', 'check']) {
    list.set(`mini-mwan ${words}`, `mini-mwan ${words}`);
  }
  const costs = new Map([...list.keys()].map((name) => [name, [] as Cost[]]));
  const events: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    for (const [name, command] of list) costs.get(name)?.push(await costOf(lab, command));
    events.push(await event(lab));
  }
  const middle = (name: string) => {
    const all = costs.get(name) as Cost[];
    return { cpu: median(all.map(({ cpu }) => cpu)), wall: median(all.map(({ wall }) => wall)) };
  };
  const bare = { ...middle('bare node'), memory: await memoryOf(lab, list.get('bare node') as string) };
  const of = (value: number, unit: string, all: number) => `${Math.round(value)} ${unit} | ${(value / all).toFixed(2)}`;
  head('two healthy WANs', 'CPU', 'of node', 'wall', 'of node', 'memory', 'of node');
  for (const [name, command] of list) {
    const { cpu, wall } = middle(name);
    const memory = await memoryOf(lab, command);
    row(name, of(cpu, 'ms', bare.cpu), of(wall, 'ms', bare.wall), of(memory, 'MB', bare.memory));
  }
  row('from an ifdown event to the table', '', '', of(median(events), 'ms', bare.wall), '', '');
  await processes(lab);
  const traffic = lab.traffic(0.002);
  for (let i = 0; i < 20; i++) await lab.mwan('check');
  const { sent, lost } = await traffic.stop();
  console.log(`A LAN client lost ${lost} of ${sent} packets during 20 healthy rounds.`);
  lab.remove();
}

/** ms from the call of the hook, with the cable out, until the kernel tells that the route is gone. */
async function event(lab: Lab): Promise<number> {
  await lab.unplug(1);
  const { stdout } = await lab.system(
    `coproc timeout 10 ip monitor route
    sleep 0.1; begun=\${EPOCHREALTIME/./}
    ACTION=ifdown INTERFACE=wan1 DEVICE=eth1 sh ${HOOK}
    while read -r line <&"\${COPROC[0]}"; do [[ $line != Deleted*'proto 77'* ]] || break; done
    echo $(( \${EPOCHREALTIME/./} - begun ))`,
    { shell: 'bash' },
  );
  await lab.plug(1);
  await until(async () => {
    await lab.system('mini-mwan check');
    return (await lab.exit()) === 'eth1';
  }, 30_000);
  return Number(stdout) / 1000;
}

/** Programs that a healthy round starts, counted by strace. */
async function processes(lab: Lab): Promise<void> {
  // A file for each process: in one for all, lines are torn.
  const logs = join(lab.folder, 'strace');
  await mkdir(logs);
  await lab.system(`strace -ff -qq -e trace=execve -o ${logs}/log ${process.execPath} ${PROGRAM} check`);
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
  const started = texts.flatMap((text) =>
    [...text.matchAll(/execve\("[^"]*?([^/"]+)".* = 0$/gm)].map(([, name]) => name),
  );
  console.log(`\nA healthy round starts: ${started.sort().join(', ')}.`);
}
