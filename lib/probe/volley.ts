import type { TargetResult, Wan } from '../model.js';
import type { Child, Tools } from '../system/exec.js';
import { type PingResult, parsePing } from './ping.js';
import type { Turnstile } from './turnstile.js';

/**
 * ms between two packets to one target, and until those are asked, too, whose turn it is not: long enough for most answers to
 * come first, short enough to know silence soon.
 */
export const SPACING = 300;
/** ms that ping may take beyond its own timeout before it counts as hanging. */
export const OVERTIME = 1000;

/** Characters that ping may print for one packet: ten times what it does. */
export const MAX_OUTPUT = 5000;

/** What probing needs. */
export interface Prober extends Tools {
  /** The arguments of ping that send a packet through a device. */
  bind(device: string): string[];
  turnstile: Turnstile;
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
  /** What ping said where it could not be understood. */
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
      const child = startPing(prober, wan, device, target);
      running.add(child);
      const { stdout, failure, unstarted = false } = await child.finished;
      running.delete(child);
      makeRoom();
      if (cancelled) return;
      ended += 1;
      const ping: PingResult | undefined = parsePing(stdout);
      if (unstarted) volley.unstarted = true;
      if (ping) volley.understood = true;
      else volley.broken ??= failure ?? firstLine(stdout);
      if (ping?.answered) {
        // What was sent before and is not back yet has been overtaken: lost, or as good as. What was sent later is open.
        volley.lost = position;
        volley.sent = position + 1;
        volley.cancel();
        resolve({ target, outcome: 'answered', ...(ping.rtt === undefined ? {} : { rtt: ping.rtt }) });
      } else if (ended === wan.count) {
        volley.sent = volley.lost = ended;
        resolve({ target, outcome: 'lost' });
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
  const result = Promise.resolve<TargetResult>({ target, outcome: 'open' });
  const known: TargetResult = { target, outcome: 'open' };
  return {
    volley: { result, known, begun, launched: 0, sent: 0, lost: 0, understood: false, unstarted: false, cancel },
    begin: () => begin(),
  };
}

function startPing({ exec, bind }: Prober, wan: Wan, device: string, target: string): Child {
  const args = [...askArguments(wan), '-c', '1', ...bind(device), target];
  return exec.start('ping', args, {
    timeout: wan.timeout * 1000 + OVERTIME,
    maxOutput: MAX_OUTPUT,
    output: 'mixed',
  });
}

/** Arguments of ping for any question: no names, and s to wait for an answer. */
export function askArguments({ timeout }: Wan): string[] {
  return ['-n', '-W', String(timeout)];
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'printed nothing';
}
