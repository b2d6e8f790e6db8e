import tap from 'tap';
import { type Means, perform } from '../../../lib/actuators/red/apply.js';
import { PLANNER } from '../../../lib/actuators/red/red.js';
import type { Place, Step } from '../../../lib/actuators/red/step.js';
import { SystemError } from '../../../lib/engine/engine.js';
import type { Finished } from '../../../lib/system/exec.js';
import { Machine } from '../../machine.js';

const PLACE: Place = { device: 'red1', address: '192.0.2.2', prefix: 24, gateway: '192.0.2.1' };
const ROUTE: Step = { do: 'ip', args: ['route', 'replace', '192.0.2.1', 'dev', 'red1'], why: 'it is on red1' };
const SWAP: Step[] = [
  { do: 'remember', why: 'backup is to hold it' },
  { do: 'hang up' },
  { do: 'stop' },
  { do: 'write', line: 'backup', block: {} },
  { do: 'dial', line: 'backup', dial: { link: 1 } },
  { do: 'release', device: 'red1', ours: true },
  { do: 'start' },
];
const HOOKS = ['10-multicast', '20-firewall', '30-ddns'];

interface Answers {
  /** By program; else each ends well. */
  programs?: Record<string, Partial<Finished>>;
  /** Steps whose files cannot be written. */
  full?: Step['do'][];
  detaches?: boolean;
}

/** Takes the steps. What is done is a word for each: of a step in files, or of a program. */
async function take(steps: Step[], { programs = {}, full = [], detaches = true }: Answers = {}) {
  const machine = new Machine();
  machine.detaches = detaches;
  const done: string[] = [];
  for (const name of ['killall', 'network', 'ip', 'pkill', ...HOOKS]) {
    machine.programs[name] = (args) => {
      done.push(HOOKS.includes(name) ? `hook ${name} ${args}` : name);
      // Whoever waits for a start waits for a quarter of an hour.
      if (name === 'network' && args[0] === 'start') throw new Error('a round waits for the start of RED');
      return programs[name] ?? {};
    };
    if (programs[name]?.unstarted) delete machine.programs[name];
  }
  const ground = {
    write: async (step: Step) => {
      if (full.includes(step.do)) throw new SystemError('ENOSPC');
      done.push(step.do === 'stop' ? 'not active' : step.do);
    },
    hooks: () => HOOKS.map((name) => ({ program: `/hooks/${name}`, args: name === '30-ddns' ? ['restart'] : [] })),
  } as unknown as Means['ground'];
  const failures: string[] = [];
  const changes = PLANNER.changes(steps, {} as never);
  const detached = () => machine.detached.map(({ words }) => words.slice(1).join(' '));
  let told: string[] = [];
  const starting = () => {
    told = detached();
  };
  const refusal = await perform({ exec: machine.exec, ground, starting }, changes, failures);
  return { done, failures, refusal, detached: detached(), told };
}

tap.test('all steps, in their order; nobody waits for a start', async (t) => {
  t.strictSame(await take(SWAP), {
    done: ['remember', 'killall', 'network', 'not active', 'write', 'dial', 'pkill'],
    failures: [],
    refusal: undefined,
    detached: ['start red'],
    told: ['start red'],
  });
  const undone = { refusal: { index: 6, reason: /could not be started/ }, told: [] };
  t.match(await take(SWAP, { detaches: false }), undone);
});

tap.test('what there is nothing to do for fails, and says nothing', async (t) => {
  const failing = { exitCode: 1, stderr: 'no process found\n' };
  for (const name of ['killall', 'network', 'pkill'])
    t.match(
      await take(SWAP, { programs: { [name]: failing } }),
      { refusal: undefined, failures: [], detached: ['start red'] },
      name,
    );
  const careless: Step = { ...ROUTE, careless: true };
  const programs = { ip: { exitCode: 2, stderr: 'RTNETLINK answers: No such process\n' } };
  t.match(await take([careless, { do: 'hooks' }], { programs }), { refusal: undefined, failures: [] });
  t.match(await take([{ do: 'keep', block: {} }, ROUTE, { do: 'hooks' }], { programs }), {
    done: ['keep', 'ip'],
    refusal: { index: 1, reason: /No such process$/ },
  });
});

tap.test('a stop or a hook that hangs is told, and the rest is done', async (t) => {
  const hanging = { failure: 'no end after 60 s' };
  const stop = await take(SWAP, { programs: { network: hanging } });
  t.match(stop.failures, [/network stop red: no end after 60 s/]);
  t.match(stop, { refusal: undefined, detached: ['start red'] });
  t.ok(stop.done.includes('not active'), 'what it left behind is not taken for the next line’s');

  const promote: Step[] = [ROUTE, { do: 'claim', place: PLACE }, { do: 'hooks' }, { do: 'remember', why: 'it has it' }];
  const hook = await take(promote, { programs: { '20-firewall': { failure: 'no end after 30 s' } } });
  t.match(hook.failures, [/20-firewall: no end after 30 s/]);
  t.strictSame(hook.done, [
    ...['ip', 'claim', 'ip'],
    ...['hook 10-multicast ', 'hook 20-firewall ', 'hook 30-ddns restart', 'remember'],
  ]);
  t.equal(hook.refusal, undefined);
  // Whatever it ends with: IPFire asks none of them either.
  t.match(await take(promote, { programs: { '20-firewall': { exitCode: 1 } } }), { refusal: undefined, failures: [] });
});

tap.test('what is missing, or cannot be written, ends it where it is', async (t) => {
  const missing = { failure: 'not found', unstarted: true as const };
  for (const [name, index] of [
    ['killall', 1],
    ['network', 2],
    ['pkill', 5],
  ] as const) {
    const { refusal, failures, detached } = await take(SWAP, { programs: { [name]: missing } });
    t.match(refusal, { index, reason: new RegExp(`${name}.*: not found`) });
    t.strictSame([failures, detached], [[], []], `${name}: nothing is started by settings that are not written`);
  }
  for (const [step, index] of [
    ['remember', 0],
    ['write', 3],
    ['dial', 4],
  ] as const) {
    const { refusal, done, detached } = await take(SWAP, { full: [step] });
    t.match(refusal, { index, reason: /space/i }, step);
    const steps = done.filter((word) => word !== 'not active');
    t.equal(steps.length, index, `${step}: what comes behind it is not done`);
    t.strictSame(detached, []);
  }
});
