import { SystemError } from '../engine/engine.js';
import { asList, asRecord, asText, type Json } from '../json.js';
import type { Sight } from '../observe/red.js';
import type { Ground } from '../system/ipfire/ground.js';
import type { Take } from './tape.js';

/** How calls to IPFire's files begin; a recording with one of them is of an IPFire. */
export const IPFIRE = 'IPFire: ';
const LOOK = `${IPFIRE}look`;
const HOOKS = `${IPFIRE}hooks`;
const WRITE = `${IPFIRE}write`;

/** Does the call change something? */
export function isDeed(call: string): boolean {
  return call === WRITE;
}

/** IPFire's files, with a witness of what they show and of what is done in them. */
export function heardGround(ground: Ground, keep: <T>(call: string, answer: T, input?: string) => T): Ground {
  return {
    ...ground,
    look: async (devices) => keep(LOOK, await ground.look(devices)),
    hooks: () => keep(HOOKS, ground.hooks()),
    write: async (step) => {
      const failure = await ground.write(step).then(
        () => null,
        (error: Error) => error.message,
      );
      keep(WRITE, failure, JSON.stringify(step));
      if (failure !== null) throw new SystemError(failure);
    },
  };
}

/** The same from a recording. */
export function playedGround(take: Take): Ground {
  return {
    // What was configured is in the recording's own file.
    files: async () => ({ enabled: false, profiles: {}, dials: {}, macs: {} }),
    look: async () => take(LOOK, asSight),
    // What dhcpcd did was recorded, and is all there is of it.
    clients: { prepare: () => {}, end: () => {}, isRunning: () => false },
    hooks: () => take(HOOKS, asHooks),
    write: async (step) => {
      const { failure } = take(WRITE, asFailure, JSON.stringify(step));
      if (failure !== undefined) throw new SystemError(failure);
    },
  };
}

function asSight(answer: Json): Sight | undefined {
  const { now, ethernet, leases, clients } = asRecord(answer) ?? {};
  const whole = asRecord(now) && asText(ethernet) !== undefined && asRecord(leases) && asList(clients);
  return whole ? (answer as Sight) : undefined;
}

function asHooks(answer: Json): ReturnType<Ground['hooks']> | undefined {
  const hooks = asList(answer)?.map(asRecord);
  const whole = hooks?.every((hook) => asText(hook?.program) !== undefined && asList(hook?.args)?.every(isText));
  return whole ? (answer as ReturnType<Ground['hooks']>) : undefined;
}

function isText(value: Json): boolean {
  return typeof value === 'string';
}

function asFailure(answer: Json): { failure: string | undefined } | undefined {
  return answer === null || typeof answer === 'string' ? { failure: answer ?? undefined } : undefined;
}
