import { EXIT, Trouble } from '../explain.js';
import type { Json } from '../json.js';
import type { Call } from './folder.js';

/** Answers a call as it was recorded; `read` understands the answer. Throws a Trouble if there is none to be had. */
export type Take = <T>(call: string, read: (answer: Json) => T | undefined, input?: string) => T;

/**
 * The recorded answers, in their order for each call. A round that goes another way than the recorded one may ask a question
 * once more: as long as it has done nothing, the answer is the last one again. What it does must have been recorded.
 *
 * @param isAction tells the calls that change something from those that only ask
 */
export function createTape(calls: Call[], isAction: (call: string) => boolean): Take {
  const waiting = new Map<string, Json[]>();
  for (const { call, input, answer } of calls) {
    const key = keyOf(call, input);
    const answers = waiting.get(key);
    if (answers) answers.push(answer);
    else waiting.set(key, [answer]);
  }
  const known = new Map<string, Json>();
  return (call, read, input) => {
    const key = keyOf(call, input);
    const next = waiting.get(key)?.shift();
    const answer = next === undefined ? known.get(key) : next;
    if (answer === undefined) throw unrecorded(call, input);
    if (isAction(call)) known.clear();
    else known.set(key, answer);
    const value = read(answer);
    if (value !== undefined) return value;
    throw new Trouble(EXIT.config, `calls.json cannot be replayed: the answer to '${call}' is none`);
  };
}

function keyOf(call: string, input: string | undefined): string {
  return JSON.stringify([call, input]);
}

function unrecorded(call: string, input = ''): Trouble {
  return new Trouble(EXIT.config, `the recorded round did not do this, so its recording ends here: ${call}`, [
    ...input.split('\n').filter(Boolean),
  ]);
}
