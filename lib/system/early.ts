import { fstatSync, readFileSync } from 'node:fs';
import { parsePing } from '../health/ping.js';
import type { Now, Probe, Wan } from '../model.js';
import type { Exec, Finished } from './exec.js';

/**
 * What `cron/early` has asked of other programs before we were started, because a process costs a shell a fraction of what it
 * costs Node: what they printed, by the call.
 */
export type Answers = Map<string, string>;

/** Bytes of all answers: `ip` prints 500 for a route or a device, and a thousand of them are worth a process. */
const MAX_BYTES = 1_000_000;

/** What whoever started us hands over, all at once; nothing if it is a terminal, or too much. */
export function readHandedOver(): Answers {
  const found = fstatSync(0);
  if (!found.isFIFO() && !found.isFile()) return new Map();
  const text = readFileSync(0);
  return text.length > MAX_BYTES ? new Map() : readAnswers(text.toString());
}

/**
 * Answers as text: of each a line with the call, what was printed, and a line with a dot. One that is cut off, or of a ping that
 * could not do its work, is none.
 */
export function readAnswers(text: string): Answers {
  const whole = text.split('\n.\n').slice(0, -1);
  const answers = whole.map((answer): [string, string] => {
    const [call = ''] = answer.split('\n', 1);
    return [call, answer.slice(call.length + 1)];
  });
  return new Map(answers.filter(([call, output]) => output !== '' && (!call.startsWith('ping ') || parsePing(output))));
}

/**
 * Starts programs, but has the answers of some before, each for one call. Once a program other than ping must be started, what
 * is left of them is not used any more: it may be from before something was changed. Nor is the silence of a target: a look
 * waits for a second, whatever the configuration says.
 */
export function withAnswers(exec: Exec, answers: Answers): Exec {
  const left = new Map([...answers].filter(([call, output]) => !isSilence(call, output)));
  return {
    ...exec,
    start: (program, args, options) => {
      // How long a ping waits does not matter where there was an answer.
      const call =
        program === 'ping' ? pingCall(...(args.slice(-2) as [string, string])) : [program, ...args].join(' ');
      const stdout = left.get(call);
      left.delete(call);
      if (stdout === undefined) {
        if (program !== 'ping') left.clear();
        return exec.start(program, args, options);
      }
      const finished: Finished = { stdout, stderr: '', exitCode: 0 };
      return { finished: Promise.resolve(finished), kill: () => {} };
    },
  };
}

/** What a round takes from outside that answers concern beside programs. */
interface Senses {
  now(): Now;
  probe(wan: Wan, device: string, attempts: number): Promise<Probe>;
}

/** A round with answers began when they were asked for, and has lost the packets that were silence. */
export function withBeginning<T extends Senses>(senses: T, answers: Answers): T {
  const asked = Number(answers.get('uptime'));
  let begun = false;
  return {
    ...senses,
    now: () => {
      const now = senses.now();
      const isBeginning = !begun && asked <= now.uptime;
      begun = true;
      return isBeginning ? { ...now, uptime: asked } : now;
    },
    probe: async (wan, device, attempts) => {
      const probe = await senses.probe(wan, device, attempts);
      const calls = wan.targets.map((target) => pingCall(device, target));
      const silent = calls.filter((call) => isSilence(call, answers.get(call) ?? '')).length;
      return { ...probe, sent: probe.sent + silent, lost: probe.lost + silent };
    },
  };
}

function pingCall(device: string, target: string): string {
  return `ping ${device} ${target}`;
}

function isSilence(call: string, output: string): boolean {
  return call.startsWith('ping ') && parsePing(output)?.answered === false;
}
