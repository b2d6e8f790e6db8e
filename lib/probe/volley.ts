import type { TargetResult, Wan } from '../model.js';
import type { Child, Tools } from '../system/exec.js';
import { pingQuestion } from './ping.js';
import type { Question } from './question.js';
import type { Turnstile } from './turnstile.js';

/**
 * ms between two packets to one target, and until those are asked, too, whose turn it is not: long enough for most answers to
 * come first, short enough to know silence soon.
 */
export const SPACING = 300;
/** ms that a program may take beyond its own timeout before it counts as hanging. */
export const OVERTIME = 1000;

/** What probing needs. */
export interface Prober extends Tools {
  /** The arguments of ping that send a packet through a device. */
  bind(device: string): string[];
  turnstile: Turnstile;
  /** How those targets are asked that are not pinged. Absent: there are none. */
  methods?: typeof import('./methods/methods.js');
}

/** The packets to one target in one attempt. */
export interface Volley {
  result: Promise<TargetResult>;
  /** What is known of it by now. */
  known: TargetResult;
  /** Resolves with its first packet. */
  begun: Promise<void>;
  launched: number;
  sent: number;
  lost: number;
  /** Who asks. */
  program: Question['program'];
  /** What it said where it could not be understood. */
  broken?: string;
  understood: boolean;
  /** At least one ping could not be started. */
  unstarted: boolean;
  cancel(): void;
}

/** Single packets, SPACING apart, until one is answered or all are lost. @param others it is the turn of these first */
export function startVolley(
  prober: Prober,
  wan: Wan,
  device: string,
  target: string,
  others?: Promise<unknown>,
): Volley {
  const { engine, turnstile } = prober;
  const question = () =>
    prober.methods?.questionTo(wan, device, target) ?? pingQuestion(prober.bind(device), wan.timeout, target);
  const running = new Set<Child>();
  let cancelled = false;
  /** Ends the wait for the next packet's time, and for its turn. */
  let [hold, leave] = [() => {}, () => {}];
  const { volley, begin } = createVolley(target, () => {
    cancelled = true;
    hold();
    leave();
    for (const child of running) child.kill();
  });
  volley.result = new Promise((resolve) => {
    let ended = 0;
    const queue = () => {
      leave = turnstile.enter(launch);
    };
    const launch = async (makeRoom: () => void) => {
      const position = volley.launched++;
      begin();
      hold = engine.after(SPACING, () => {
        makeRoom();
        if (volley.launched < wan.count) queue();
      });
      const asked = question();
      volley.program = asked.program;
      const child = startProgram(prober, asked, wan.timeout);
      running.add(child);
      const said = await child.finished;
      running.delete(child);
      makeRoom();
      if (cancelled) return;
      ended += 1;
      const answer = asked.read(said);
      if (said.unstarted) volley.unstarted = true;
      if (answer) volley.understood = true;
      else volley.broken ??= said.failure ?? firstLine(said.stdout.trim() || said.stderr);
      if (answer?.answered) {
        // What was sent before and is not back yet has been overtaken: lost, or as good as. What was sent later is open.
        volley.lost = position;
        volley.sent = position + 1;
        volley.cancel();
        resolve({ target, outcome: 'answered', ...(answer.rtt === undefined ? {} : { rtt: answer.rtt }) });
      } else if (ended === wan.count) {
        volley.sent = volley.lost = ended;
        const instead = answer ? answer.instead : whyUnasked(volley);
        resolve({ target, outcome: 'lost', ...(instead === undefined ? {} : { instead }) });
      }
    };
    if (others === undefined) queue();
    else
      others.then(() => {
        if (!cancelled) hold = engine.after(SPACING, queue);
      });
  });
  return volley;
}

/** One of which nothing is known yet; `begin` tells that its first packet is sent. */
export function createVolley(target: string, cancel: () => void): { volley: Volley; begin: () => void } {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const known: TargetResult = { target, outcome: 'open' };
  const counts = { launched: 0, sent: 0, lost: 0 };
  const flags = { understood: false, unstarted: false };
  return {
    volley: { result: Promise.resolve(known), known, begun, ...counts, program: 'ping', ...flags, cancel },
    begin: () => begin(),
  };
}

function startProgram({ exec }: Prober, { program, args, input, maxOutput, output }: Question, timeout: number): Child {
  return exec.start(program, args, {
    timeout: timeout * 1000 + OVERTIME,
    maxOutput,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  });
}

/** In place of an answer. That ping itself does not work is said of all that it asks. */
function whyUnasked({ program, broken }: Volley): string | undefined {
  return program === 'ping' ? undefined : `${program}: ${broken}`;
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'printed nothing';
}
