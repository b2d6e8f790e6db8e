import { fileError } from '../../explain.js';
import type { Change } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Ground } from '../../system/ipfire/ground.js';
import type { Refusal } from '../actuator.js';
import type { Step } from './step.js';
import { stepCommand } from './words.js';

/** How things are done on IPFire: by its programs, and in its files. */
export interface Means {
  exec: Exec;
  ground: Ground;
  /** Told that RED is being started. */
  starting(): void;
}

/** ms. It waits for DHCP clients and for hooks. */
const STOP_TIMEOUT = 60_000;
/** ms for what only sends a signal or a message. */
const SHORT = 5000;
/** ms for one of IPFire's hooks; the one for squid takes five seconds, always. */
const HOOK_TIMEOUT = 30_000;

/** Programs that fail where there was nothing to do: their exit code says nothing. */
const CARELESS: Step['do'][] = ['hang up', 'stop', 'release'];

function isCareless(step: Step): boolean {
  return step.do === 'ip' ? step.careless === true : CARELESS.includes(step.do);
}

/**
 * Takes the steps one after the other. A stop or a hook that hangs is ended and told, and the rest is done all the same: where RED
 * is half torn down, to go on is the only way to a line. Stops at what cannot be written, or at a program that is missing.
 *
 * @param failures what went wrong on the way is added to it, in words
 */
export async function perform(means: Means, changes: Change<Step>[], failures: string[]): Promise<Refusal | undefined> {
  for (const [index, { thing, command }] of changes.entries()) {
    const reason = await take(means, thing, failures).catch(fileError);
    if (reason !== undefined) return { index, reason: `${command.join(' ')}: ${reason}` };
  }
  return undefined;
}

async function take({ exec, ground, starting }: Means, step: Step, failures: string[]): Promise<string | undefined> {
  const [program = '', ...args] = stepCommand(step);
  switch (step.do) {
    case 'remember':
    case 'keep':
    case 'write':
    case 'dial':
      await ground.write(step);
      return undefined;
    case 'start':
      // It may wait for a quarter of an hour; its end is seen by what it leaves.
      if (!(await exec.detach(args[0] ?? '', args.slice(1), ''))) return 'it could not be started';
      starting();
      return undefined;
    case 'hooks':
      for (const hook of ground.hooks()) {
        const { failure } = await exec.start(hook.program, hook.args, { timeout: HOOK_TIMEOUT, output: 'none' })
          .finished;
        if (failure !== undefined) failures.push(`${hook.program}: ${failure}`);
      }
      return undefined;
    case 'claim':
      await ground.write(step);
  }
  const timeout = step.do === 'stop' ? STOP_TIMEOUT : SHORT;
  const { exitCode, stderr, failure, unstarted } = await exec.start(program, args, {
    timeout,
    ...(step.do === 'stop' ? { output: 'none' as const } : {}),
  }).finished;
  if (unstarted) return failure;
  if (step.do === 'stop') await ground.write(step);
  if (failure !== undefined) failures.push(`${[program, ...args].join(' ')}: ${failure}`);
  else if (exitCode !== 0 && !isCareless(step)) return stderr.trim().split('\n')[0] || `exit ${exitCode}`;
  return undefined;
}
