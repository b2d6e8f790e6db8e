import { isIPv4 } from '../address.js';
import { isMeasured } from '../health/health.js';
import type { Probe, TargetResult, Wan } from '../model.js';
import type { Tools } from '../system/exec.js';
import { sleep } from '../system/sleep.js';
import { SPACING } from './ping.js';
import { Turnstile } from './turnstile.js';
import { type Prober, startVolley, type Volley } from './volley.js';

/** ms that the other targets get once enough of them have answered; their RTT is nice to know, not worth a longer round. */
const GRACE = 50;
/** ms after which no attempt may end, but the first: the next round, a minute later, goes on counting. */
const DEADLINE = 50_000;

/**
 * Pings of less than SPACING that wait for an answer, and other programs that run, of all WANs. A small router starts and hears
 * that many pings within SPACING; with more it would not have heard the first answers when it is time for the second packets, and
 * so would make it worse.
 */
const AT_ONCE = 16;

/** One attempt that is under way, and what came of it. */
interface Attempt {
  volleys: Volley[];
  /** Resolves when those are asked whose turn it is. */
  begun: Promise<unknown>;
  /** Resolves when it is decided. */
  settled: Promise<unknown>;
  targets?: TargetResult[];
  answered?: boolean;
}

/** How targets are asked that are not pinged: loaded when there is one. */
const loadMethods = () => import('./methods/methods.js');
/** What measures, where quality is judged. */
const loadMeasurement = () => import('./measurement.js');

/** Whoever probes the WANs of a round, all at a time. */
export function createProbe(tools: Omit<Prober, 'turnstile' | 'methods'>) {
  const prober = { ...tools, turnstile: new Turnstile(AT_ONCE) };
  return async (wan: Wan, device: string, attempts: number, turn: string[]) => {
    const methods = wan.family || wan.targets.every(isIPv4) ? {} : { methods: await loadMethods() };
    return probeWan({ ...prober, ...methods }, wan, device, attempts, turn);
  };
}

/**
 * Probes a WAN through its device until `reliability` targets answer, or `attempts` attempts in a row have failed. The next
 * attempt begins when the first packet of the one before is given up; that one may still be answered.
 *
 * @param attempts at least 1
 * @param turn the targets that are asked at once; the others, where these do not answer soon
 */
async function probeWan(tools: Prober, wan: Wan, device: string, attempts: number, turn: string[]): Promise<Probe> {
  const { ticks } = tools.engine;
  const timeout = wan.timeout * 1000;
  const begun = ticks();
  // As long as the slowest answer can take: what is not there by then is silence.
  const inTime = () => ticks() - begun + (wan.count - 1) * pauseOf(tools, wan, wan.targets) + timeout < DEADLINE;
  const all: Attempt[] = [];
  const answered = () => all.find((attempt) => attempt.answered);
  while (!answered() && all.length < attempts && (all.length === 0 || inTime())) {
    const attempt =
      all.length > 0
        ? startAttempt(tools, wan, device, wan.targets)
        : isMeasured(wan)
          ? measure(wan, (await loadMeasurement()).startMeasurement(tools, wan, device))
          : startAttempt(tools, wan, device, turn);
    all.push(attempt);
    await attempt.begun;
    await Promise.race([attempt.settled, sleep(tools.engine, timeout)]);
  }
  await firstAnswer(all);
  // What is measured is heard out.
  if (isMeasured(wan)) await all[0]?.settled;
  for (const { volleys } of all) for (const volley of volleys) volley.cancel();
  const probe = summarize(wan, all, answered());
  return isMeasured(wan)
    ? { ...probe, ...(await loadMeasurement()).samplesOf(all[0]?.volleys, all[0]?.targets) }
    : probe;
}

/** Resolves when an attempt is answered, or all are settled. */
async function firstAnswer(all: Attempt[]): Promise<void> {
  await new Promise<void>((resolve) => {
    let open = all.length;
    for (const attempt of all) {
      attempt.settled.then(() => {
        open -= 1;
        if (attempt.answered || open === 0) resolve();
      });
    }
  });
}

function startAttempt(tools: Prober, wan: Wan, device: string, turn: string[]): Attempt {
  const first = turn.map((target) => startVolley(tools, wan, device, target));
  const begun = Promise.all(first.map((volley) => volley.begun));
  const volleys = wan.targets.map(
    (target) =>
      first[turn.indexOf(target)] ?? startVolley(tools, wan, device, target, begun, pauseOf(tools, wan, turn)),
  );
  return attemptOf(wan, volleys, begun, settle(tools, volleys, wan));
}

/** ms that each of these gets until it is asked again, and the others, too. */
function pauseOf({ methods }: Prober, wan: Wan, targets: string[]): number {
  return methods?.pauseOf(wan, targets) ?? SPACING;
}

/** It is heard out, whatever is answered. */
function measure(wan: Wan, volleys: Volley[]): Attempt {
  const begun = Promise.all(volleys.map((volley) => volley.begun));
  return attemptOf(wan, volleys, begun, Promise.all(volleys.map(({ result }) => result)));
}

function attemptOf(
  { reliability }: Wan,
  volleys: Attempt['volleys'],
  begun: Promise<unknown>,
  results: Promise<TargetResult[]>,
): Attempt {
  const attempt: Attempt = { volleys, begun, settled: Promise.resolve() };
  attempt.settled = results.then((targets) => {
    attempt.targets = targets;
    attempt.answered = targets.filter(({ outcome }) => outcome === 'answered').length >= reliability;
  });
  return attempt;
}

/** Those before the one that was answered have failed; those after it need not have been. */
function summarize(wan: Wan, all: Attempt[], answered: Attempt | undefined): Probe {
  const counted = answered ? all.slice(0, all.indexOf(answered) + 1) : all;
  const volleys = counted.flatMap((attempt) => attempt.volleys);
  // What was overtaken by a later attempt is lost, or as good as.
  for (const volley of counted.slice(0, -1).flatMap((attempt) => attempt.volleys)) {
    if (volley.sent === 0) volley.sent = volley.lost = volley.launched;
  }
  const sum = (count: (volley: Volley) => number) => volleys.reduce((total, volley) => total + count(volley), 0);
  const unstarted = answered === undefined && counted.some((attempt) => isUndecided(wan, attempt));
  const { broken, program = 'ping' } = volleys.find((volley) => volley.broken !== undefined) ?? {};
  const understood = !unstarted && volleys.some((volley) => volley.understood);
  return {
    answered: answered !== undefined,
    failures: answered ? counted.length - 1 : counted.length,
    targets: counted.at(-1)?.targets ?? [],
    sent: sum(({ sent }) => sent),
    lost: sum(({ lost }) => lost),
    ...(broken === undefined || understood ? {} : { broken, ...(program === 'ping' ? {} : { asker: program }) }),
    ...(unstarted && { unstarted }),
  };
}

/** Pings could not be started, and those that ran and were lost do not settle it. */
function isUndecided(wan: Wan, { volleys }: Attempt): boolean {
  const lost = volleys.filter(({ understood, known }) => understood && known.outcome === 'lost').length;
  return volleys.some((volley) => volley.unstarted) && lost <= wan.targets.length - wan.reliability;
}

/** Waits until the attempt is decided, then stops what still runs. */
async function settle({ engine }: Tools, volleys: Volley[], { reliability, targets }: Wan): Promise<TargetResult[]> {
  let cancel: (() => void) | undefined;
  await new Promise<void>((decided) => {
    const count = (outcome: TargetResult['outcome']) => volleys.filter(({ known }) => known.outcome === outcome).length;
    const isAwaited = ({ launched, known }: Volley) => launched > 0 && known.outcome === 'open';
    volleys.forEach(async (volley) => {
      volley.known = await volley.result;
      const enough = count('answered') >= reliability;
      const over = count('lost') > targets.length - reliability || count('open') === 0;
      if (over || (enough && !volleys.some(isAwaited))) decided();
      else if (enough) cancel ??= engine.after(GRACE, decided);
    });
  });
  cancel?.();
  for (const volley of volleys) volley.cancel();
  return volleys.map(({ launched, known }) => (launched === 0 ? { ...known, outcome: 'unasked' } : known));
}
