import type { TargetResult, Wan } from '../model.js';
import { safe } from '../report/words.js';
import type { Child, Tools } from '../system/exec.js';
import { pingQuestion, SPACING } from './ping.js';
import type { Question } from './question.js';
import type { Turnstile } from './turnstile.js';

/** ms that a program may take beyond its own timeout before it counts as hanging. */
export const OVERTIME = 1000;

/** What probing needs. */
export interface Prober extends Tools {
  /** The arguments of ping that send a packet through a device. */
  bind(device: string, family?: 6): string[];
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

/**
 * Single questions, until one is answered or all are lost. A ping comes SPACING after the one before; of other programs, the next
 * one is started when the last one has ended, or has taken its pause.
 *
 * @param others it is the turn of these first
 * @param pause ms that they get
 */
export function startVolley(
  prober: Prober,
  wan: Wan,
  device: string,
  target: string,
  others?: Promise<unknown>,
  pause = SPACING,
): Volley {
  const { engine, turnstile } = prober;
  const question = () =>
    prober.methods?.questionTo(wan, device, target) ??
    pingQuestion(prober.bind(device, wan.family), wan.timeout, target);
  const ownPause = prober.methods?.pauseOf(wan, [target]) ?? SPACING;
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
      const asked = question();
      volley.program = asked.program;
      const isPing = asked.program === 'ping';
      let [isEarly, isOver, waits] = [true, false, true];
      const goOn = () => {
        if (isEarly || !waits) return;
        waits = false;
        hold();
        if (volley.launched < wan.count) queue();
      };
      hold = engine.after(SPACING, () => {
        isEarly = false;
        // What weighs more than a ping keeps its place while it runs.
        if (isPing) makeRoom();
        if (isPing || isOver) goOn();
        else hold = engine.after(ownPause - SPACING, goOn);
      });
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
      } else if (!isPing) {
        isOver = true;
        goOn();
      }
    };
    if (others === undefined) queue();
    else
      others.then(() => {
        if (!cancelled) hold = engine.after(pause, queue);
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

/** In place of an answer; scripts are told of it. That ping itself does not work is said of all that it asks. */
function whyUnasked({ program, broken }: Volley): string | undefined {
  return program === 'ping' ? undefined : safe(`${program}: ${broken}`.slice(0, 100), 100);
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'printed nothing';
}
