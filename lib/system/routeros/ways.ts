import type { Item, Order, Question } from '../../observe/routeros.js';
import {
  curlConfig,
  curlFailure,
  type Failure,
  isRefusal,
  NO_SUCCESS,
  type Request,
  readAnswer,
  readRequest,
  splitAnswers,
  statusFailure,
  writeRequest,
} from '../../observe/routeros-rest.js';
import { readCommand, readPrinted, sshArgs, sshFailure, writeCommand } from '../../observe/routeros-ssh.js';
import type { Routeros, Way } from '../../routeros.js';
import type { Tools } from '../exec.js';
import { exposedSecret, readSecret } from './secret.js';

/** Characters of all answers together. */
const MAX_OUTPUT = 3_000_000;

export type { Failure } from '../../observe/routeros-rest.js';

/** One way to a machine. What does not work is said by a value. */
export interface Line {
  way: Way;
  /** @returns of each question its entries; undefined: it is optional, and it or one before was refused */
  ask(questions: Question[]): Promise<(Item[] | undefined)[] | Failure>;
  /** Changes one entry. After a failure that may pass, nobody knows whether it was done. */
  set(order: Order): Promise<Failure | undefined>;
}

/** All ways to a machine, in their order. */
export function waysTo(tools: Pick<Tools, 'engine' | 'exec'>, machine: Routeros): Line[] {
  const { rest, ssh } = machine;
  const all = { rest: rest && byRest(tools, machine, rest), ssh: ssh && bySsh(tools, machine, ssh) };
  return machine.ways.flatMap((way) => all[way] ?? []);
}

/** Over HTTPS, by `curl`. */
function byRest(
  { engine, exec }: Pick<Tools, 'engine' | 'exec'>,
  { host, user, timeout }: Routeros,
  { secret: file, ...rest }: NonNullable<Routeros['rest']>,
): Line {
  const run = async (requests: Request[]) => {
    const read = readSecret(engine, file);
    if ('problem' in read) return { text: read.problem, again: false, elsewhere: true } as Failure;
    const input = curlConfig({ host, user, password: read.secret, timeout, ...rest }, requests);
    const options = { timeout: (timeout * requests.length + 2) * 1000, input, maxOutput: MAX_OUTPUT };
    // Nothing of a configuration of curl's own.
    const { stdout, stderr, exitCode, failure } = await exec.start('curl', ['-q', '--config', '-'], options).finished;
    return {
      answers: splitAnswers(stdout),
      broken: exitCode === 0 || exitCode === NO_SUCCESS ? undefined : curlFailure(exitCode, stderr, failure),
      // Whoever answers may say again what it was told.
      hide: <T>(answer: T | Failure): T | Failure =>
        isFailure(answer) ? { ...answer, text: answer.text.replaceAll(read.secret, '…') } : answer,
    };
  };
  return {
    way: 'rest',
    ask: async (questions) => {
      const done = await run(questions.map(readRequest));
      if (!('answers' in done)) return done;
      const read: Item[][] = [];
      for (const [i, { optional }] of questions.entries()) {
        const answer = done.answers[i];
        const isBroken = answer === undefined || answer.status === 0 || (done.broken && i >= done.answers.length - 1);
        const items = done.hide(isBroken || !answer ? (done.broken ?? UNFINISHED) : readAnswer(answer));
        if (Array.isArray(items)) read.push(items);
        // Behind that, curl asks for nothing more.
        else if (optional && items.refused) return questions.map((_, at) => read[at]);
        else return items;
      }
      return read;
    },
    set: async (order) => {
      const done = await run([writeRequest(order)]);
      if (!('answers' in done)) return done;
      const [answer] = done.answers;
      return done.hide(done.broken ?? (answer ? statusFailure(answer) : UNFINISHED));
    },
  };
}

function isFailure(answer: unknown): answer is Failure {
  return typeof answer === 'object' && answer !== null && 'text' in answer;
}

const UNFINISHED: Failure = { text: 'its answer is not whole', again: true, elsewhere: true };

/** By OpenSSH's `ssh`. */
function bySsh(
  { engine, exec }: Pick<Tools, 'engine' | 'exec'>,
  machine: Routeros,
  ssh: NonNullable<Routeros['ssh']>,
): Line {
  const run = async (command: string) => {
    const exposed = exposedSecret(engine, ssh.key);
    if (exposed !== undefined) return { text: exposed, again: false, elsewhere: true as const };
    const options = { timeout: (machine.timeout * 2 + 1) * 1000, maxOutput: MAX_OUTPUT };
    const { stdout, stderr, exitCode, failure } = await exec.start('ssh', [...sshArgs(machine, ssh), command], options)
      .finished;
    return sshFailure(exitCode, stderr, failure) ?? { stdout };
  };
  return {
    way: 'ssh',
    ask: async (questions) => {
      const done = await run(readCommand(questions));
      if (!('stdout' in done)) return done;
      const read = readPrinted(questions, done.stdout);
      const missing = questions.find((_, i) => !read[i]);
      // It ends with the first complaint.
      const said = done.stdout.trim().split('\n').at(-1) ?? '';
      if (!missing || (missing.optional && isRefusal(said))) return read;
      return {
        text: `its answer to /${missing.menu} print is not understood: ${said.slice(0, 100)}`,
        again: true,
        elsewhere: true,
      };
    },
    set: async (order) => {
      const done = await run(writeCommand(order));
      if (!('stdout' in done)) return done;
      // It says nothing where all is well.
      const said = done.stdout.trim();
      if (said === '') return undefined;
      const gone = said.includes('no such item') ? { gone: true as const } : {};
      return { text: said.split('\n')[0]?.slice(0, 200) ?? '', again: false, ...gone };
    },
  };
}
