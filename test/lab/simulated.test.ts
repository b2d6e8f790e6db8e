// What the simulator's kernel is told, told to a real one: any difference is a fault of the simulated one.
// By hand, from another seed and for longer: SEED=100 SEEDS=50 STEPS=60 npx tap --timeout 3000 test/lab/simulated.test.ts
import { execa } from 'execa';
import tap from 'tap';
import type { FullKernel } from '../simulator/kernel.js';
import { loadSimulator } from '../simulator/load.js';
import { until } from './lab.js';
import { createHosts, type Host } from './namespaces.js';

const SEED = Number(process.env.SEED ?? 1);
const SEEDS = Number(process.env.SEEDS ?? 3);
const STEPS = Number(process.env.STEPS ?? 12);

/** What was done to the kernel, and what it was like afterwards. */
interface Deed {
  line: string;
  refused?: string | undefined;
  routes: string;
  objects: string;
}

const { answerOf, networkOf, run, scheduleOf } = await loadSimulator();

const QUESTIONS = ['route show table main', 'nexthop show'];

/** What of an answer of `ip -N -j` counts, in an order that is the same for the same. */
function plainly(json: string): string[] {
  const list = JSON.parse(json) as Record<string, unknown>[];
  const ways = (hop: Record<string, unknown>) => [
    hop.gateway,
    hop.dev,
    hop.weight,
    [...((hop.flags ?? []) as string[])].sort(),
  ];
  const entries = list.map((entry) => {
    const { dst, type = '1', metric, protocol, prefsrc, nhid, nexthops, id, group } = entry;
    const members = (nexthops as Record<string, unknown>[] | undefined)?.map(ways);
    const parts = (group as { id: number; weight?: number }[] | undefined)?.map((part) => [part.id, part.weight ?? 1]);
    const own = members || parts ? [] : ways(entry);
    return {
      key: `${id ?? dst} ${metric ?? 0}`,
      value: { dst, type, metric, protocol, prefsrc, nhid, members, id, parts, own },
    };
  });
  entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return entries.map(({ value }) => JSON.stringify(value));
}

/** Behind a number in the same batch, ip 6.1 takes a protocol's name for that number (rtnl_rtprot_a2n in lib/rt_names.c). */
function numbered(line: string): string {
  return line.replace(/ proto static\b/, ' proto 4');
}

/** All that the kernel of a schedule hears, while its rounds run. */
async function deedsOf(seed: number): Promise<{ devices: string[]; deeds: Deed[] }> {
  const network = networkOf(seed);
  const steps = scheduleOf(seed, 1000, network, true).slice(0, STEPS);
  const deeds: Deed[] = [];
  let kernel: FullKernel | undefined;
  const outcome = await run(seed, network, steps, {
    heard(this: FullKernel, line, refused) {
      kernel = this;
      const [routes = '', objects = ''] = QUESTIONS.map((question) => answerOf(this, question));
      deeds.push({ line, refused, routes, objects });
    },
  });
  if (outcome.violation) throw new Error(outcome.violation.text);
  return { devices: kernel?.devices.map(({ name }) => name) ?? [], deeds };
}

/** Both ends of each cable are here: whoever sets down the other one pulls it. */
async function plug(host: Host, devices: string[]): Promise<void> {
  await host.ipAll(
    devices.flatMap((name) => [`link add ${name} type veth peer name far-${name}`, `link set far-${name} up`]),
  );
}

/** Does the deeds one after the other. Returns what the kernel was like after each, and in which of them it refused. */
async function repeat(host: Host, deeds: Deed[]): Promise<{ refused: boolean; answers: string[] }[]> {
  const found: { refused: boolean; answers: string[] }[] = [];
  let batch: Deed[] = [];
  const flush = async () => {
    const lines = batch.flatMap(({ line }) => [numbered(line), ...QUESTIONS]);
    const args = ['-n', host.namespace, '-N', '-j', '-force', '-batch', '-'];
    const { stdout, stderr } = await execa('ip', args, { input: `${lines.join('\n')}\n`, reject: false });
    const failed = new Set([...stderr.matchAll(/Command failed -:(\d+)/g)].map(([, number]) => Number(number)));
    // Whoever flushes says how much.
    const answers = stdout.split('\n').filter((line) => line.startsWith('['));
    for (const at of batch.keys())
      found.push({ refused: failed.has(3 * at + 1), answers: answers.slice(2 * at, 2 * at + 2) });
    batch = [];
  };
  for (const deed of deeds) {
    const [, name, state] = /^carrier (\S+) (\S+)$/.exec(deed.line) ?? [];
    if (name === undefined) {
      batch.push(deed);
      continue;
    }
    await flush();
    await host.ip(`link set far-${name} ${state}`);
    await until(async () => {
      const text = await host.ip(`-br link show ${name}`);
      return !/[<,]UP[,>]/.test(text) || text.includes('NO-CARRIER') === (state === 'down');
    });
    batch.push({ ...deed, line: '# carrier' });
    await flush();
  }
  await flush();
  return found;
}

tap.test('the simulated kernel does what a real one does', async (t) => {
  for (let seed = SEED; seed < SEED + SEEDS; seed++) {
    const { devices, deeds } = await deedsOf(seed);
    const { hosts, remove } = await createHosts([{ name: `mwan-sim-${process.pid}-${seed}`, ip: [] }]);
    t.teardown(remove);
    const [host] = hosts as [Host];
    await plug(host, devices);
    const found = await repeat(host, deeds);
    for (const [at, deed] of deeds.entries()) {
      const what = `seed ${seed}, ${at}: ${deed.line}`;
      const { refused, answers } = found[at] as (typeof found)[number];
      const same = t.strictSame(
        [refused, ...answers.map(plainly)],
        [deed.refused !== undefined, plainly(deed.routes), plainly(deed.objects)],
        what,
      );
      // What comes after follows from it.
      if (!same) break;
    }
    remove();
  }
});
