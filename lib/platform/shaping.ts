import type { Actuator } from '../actuators/actuator.js';
import { qdisc } from '../actuators/qdisc/qdisc.js';
import { parseJson } from '../json.js';
import type { Arrivals, Config, Link, Queues } from '../model.js';
import { refusals } from '../observe/batch.js';
import { parseFilters, parseQdiscs } from '../observe/qdiscs.js';
import type { Finished, Tools } from '../system/exec.js';
import { formerQueues, lastRates } from '../system/queues.js';

/** ms. It prints what the kernel has, in a few. */
const TIMEOUT = 5000;

/** How one looks at the queues of all devices, as often as one likes. Who does not answer is not asked again. */
export function createLook(tools: Tools): (links: Link[]) => Promise<Queues> {
  let obstacle: string | undefined;
  return async (links) => {
    const found = obstacle === undefined ? await look(tools, links) : obstacle;
    const kept = { former: formerQueues(tools), last: lastRates(tools) };
    if (typeof found !== 'string') return { ...found, ...kept };
    obstacle = found;
    return { roots: [], arrivals: [], ...kept, obstacle };
  };
}

/** What there is; or why it cannot be seen, in words. */
async function look({ exec }: Tools, links: Link[]): Promise<Pick<Queues, 'roots' | 'arrivals'> | string> {
  const devices = links.map(({ device }) => device).filter((device) => device !== 'lo');
  const questions = ['qdisc show', ...devices.map((device) => `filter show dev ${device} ingress`)];
  const input = questions.map((line) => `${line}\n`).join('');
  const answer = await exec.start('tc', ['-j', '-force', '-batch', '-'], { timeout: TIMEOUT, input }).finished;
  const lines = answer.stdout.split('\n').filter(Boolean);
  const qdiscs = parseQdiscs(parseJson(lines[0] ?? ''));
  if (!qdiscs) return `tc -j qdisc show: ${answer.failure ?? (said(answer) || 'its answer is not understood')}`;
  // A device that has gone meanwhile is complained of, and has no answer.
  const failed = refusals(answer.stderr);
  const answered = devices.filter((_, i) => !failed.has(i + 2));
  const filters = new Map(answered.map((device, i) => [device, parseFilters(parseJson(lines[i + 1] ?? ''))]));
  const arrivals = qdiscs.arrivals.filter(({ device }) => answered.includes(device));
  if (arrivals.some(({ device }) => !filters.get(device))) return 'tc -j filter show: its answer is not understood';
  return {
    roots: qdiscs.roots,
    arrivals: arrivals.map((one): Arrivals => ({ ...one, filters: filters.get(one.device) ?? [] })),
  };
}

function said({ stderr, exitCode }: Finished): string {
  return stderr.trim().split('\n')[0] || (exitCode === 0 ? '' : `exit ${exitCode}`);
}

/** What queues what passes the lines. Without a configuration, nothing of it is wanted. */
export function shaping(tools: Tools, config: Config | undefined): Actuator {
  return qdisc(tools, config?.shapers ?? []) as Actuator;
}
