import { type PingResult, parsePing } from '../health/ping.js';
import type { Probe, TargetResult, Wan } from '../model.js';
import type { Child, Exec } from './exec.js';

/** ms between two packets to one target: long enough for most answers to come first, short enough to know silence soon. */
const SPACING = 300;
/** ms that the other targets get once enough of them have answered; their RTT is nice to know, not worth a longer round. */
const GRACE = 50;
/** ms that ping may take beyond its own timeout before it counts as hanging. */
const OVERTIME = 1000;

/** ms after which no attempt may end, but the first: the next round, a minute later, goes on counting. */
const DEADLINE = 50_000;

/** Characters that ping may print for one packet: ten times what it does. */
const MAX_OUTPUT = 5000;

/** The packets to one target in one attempt. */
interface Volley {
  result: Promise<TargetResult>;
  sent: number;
  lost: number;
  /** What ping said where it could not be understood. */
  broken?: string;
  understood: boolean;
  cancel(): void;
}

/**
 * Probes a WAN through its device until `reliability` targets answer, or `attempts` attempts in a row have failed.
 *
 * @param attempts at least 1
 */
export async function probeWan(exec: Exec, wan: Wan, device: string, attempts: number): Promise<Probe> {
  const total: Probe = { answered: false, failures: 0, targets: [], sent: 0, lost: 0 };
  let understood = false;
  let broken: string | undefined;
  // As long as the slowest answer can take: what is not there by then is silence.
  const attempt = (wan.count - 1) * SPACING + wan.timeout * 1000;
  const begun = performance.now();
  while (
    !total.answered &&
    total.failures < attempts &&
    (total.failures === 0 || performance.now() - begun + attempt < DEADLINE)
  ) {
    const volleys = wan.targets.map((target) => startVolley(exec, wan, device, target));
    total.targets = await settle(volleys, wan);
    total.answered = total.targets.filter((target) => target.outcome === 'answered').length >= wan.reliability;
    if (!total.answered) total.failures += 1;
    for (const volley of volleys) {
      total.sent += volley.sent;
      total.lost += volley.lost;
      understood ||= volley.understood;
      broken ??= volley.broken;
    }
  }
  return understood || broken === undefined ? total : { ...total, broken };
}

/** Waits until the attempt is decided, then stops what still runs. */
async function settle(volleys: Volley[], { reliability, targets }: Wan): Promise<TargetResult[]> {
  const results: TargetResult[] = targets.map((target) => ({ target, outcome: 'open' }));
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((decided) => {
    const count = (outcome: TargetResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
    volleys.forEach(async (volley, i) => {
      results[i] = await volley.result;
      if (count('open') === 0 || count('lost') > targets.length - reliability) decided();
      else if (count('answered') >= reliability) timer ??= setTimeout(decided, GRACE);
    });
  });
  clearTimeout(timer);
  for (const volley of volleys) volley.cancel();
  return results;
}

/** Single packets, SPACING apart, until one is answered or all are lost. */
function startVolley(exec: Exec, wan: Wan, device: string, target: string): Volley {
  const running = new Set<Child>();
  let cancelled = false;
  let timer: NodeJS.Timeout | undefined;
  const volley: Volley = {
    result: Promise.resolve({ target, outcome: 'open' }),
    sent: 0,
    lost: 0,
    understood: false,
    cancel: () => {
      cancelled = true;
      clearTimeout(timer);
      for (const child of running) child.kill();
    },
  };
  volley.result = new Promise((resolve) => {
    let launched = 0;
    let ended = 0;
    const launch = async () => {
      const position = launched++;
      if (launched < wan.count) timer = setTimeout(launch, SPACING);
      const child = startPing(exec, wan, device, target);
      running.add(child);
      const { stdout, stderr, failure } = await child.finished;
      running.delete(child);
      if (cancelled) return;
      ended += 1;
      const ping: PingResult | undefined = parsePing(stdout);
      if (ping) volley.understood = true;
      else volley.broken ??= failure ?? firstLine(stderr || stdout);
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
    launch();
  });
  return volley;
}

function startPing(exec: Exec, wan: Wan, device: string, target: string): Child {
  const { timeout } = wan;
  const args = ['-n', '-c', '1', '-W', String(timeout), '-I', device, target];
  return exec.start('ping', args, { timeout: timeout * 1000 + OVERTIME, maxOutput: MAX_OUTPUT });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'printed nothing';
}
