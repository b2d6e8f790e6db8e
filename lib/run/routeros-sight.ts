import { examineRouteros, type WaySight } from '../doctor/routeros.js';
import type { Config, Problem } from '../model.js';
import { questionsFor, toSight } from '../observe/routeros.js';
import { safe } from '../report/words.js';
import type { Routeros, Way } from '../routeros.js';
import type { Tools } from '../system/exec.js';
import { exposedSecret, readSecret } from '../system/routeros/secret.js';
import { waysTo } from '../system/routeros/ways.js';

/** ms. It prints its version. */
const TIMEOUT = 5000;

/** Tries each way to each machine, and says what keeps it from being steered. */
export async function examineMachines(tools: Tools, { routeros = [] }: Config): Promise<Problem[]> {
  const all = routeros.map(async (machine) =>
    examineRouteros(machine, await Promise.all(machine.ways.map((way) => lookBy(tools, machine, way)))),
  );
  return (await Promise.all(all)).flat();
}

async function lookBy(tools: Tools, machine: Routeros, way: Way): Promise<WaySight> {
  const program = await programOf(tools, way);
  if (program !== true) return { way, program };
  const exposed = exposureOf(tools, machine, way);
  if (exposed !== undefined) return { way, program, exposed };
  const questions = questionsFor(machine, []);
  const [line] = waysTo(tools, { ...machine, ways: [way] });
  const answers = await line?.ask(questions);
  if (!answers) return { way, program };
  return { way, program, found: Array.isArray(answers) ? toSight(questions, answers) : safe(answers.text, 300) };
}

function exposureOf({ engine }: Tools, { rest, ssh }: Routeros, way: Way): string | undefined {
  if (way === 'ssh') return ssh && exposedSecret(engine, ssh.key);
  const read = rest && readSecret(engine, rest.secret);
  return read && 'problem' in read ? read.problem : undefined;
}

async function programOf({ exec }: Tools, way: Way): Promise<WaySight['program']> {
  if (way === 'rest') return (await exec.find('curl')) !== undefined;
  if (!(await exec.find('ssh'))) return false;
  const { stdout, stderr } = await exec.start('ssh', ['-V'], { timeout: TIMEOUT }).finished;
  return /dropbear/i.test(stdout + stderr) ? 'dropbear' : true;
}
