import type { Actuator } from '../actuators/actuator.js';
import { inbound } from '../actuators/inbound/inbound.js';
import { LEADING, type Leading } from '../actuators/inbound/leads.js';
import { marksOf, TABLE } from '../actuators/inbound/marks.js';
import { rivalOf } from '../actuators/inbound/obstacle.js';
import { mptcp } from '../actuators/mptcp/mptcp.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { PROTOCOL } from '../actuators/tables/thing.js';
import { parseJson } from '../json.js';
import type { Config, Marks, Observation } from '../model.js';
import { parseMarks, whyFailed } from '../observe/marks.js';
import { parseEndpoints, parseLimits } from '../observe/mptcp.js';
import { parseTables, tablesQuestion } from '../observe/tables.js';
import type { Exec, Tools } from '../system/exec.js';
import { formerLimit } from '../system/mptcp-limit.js';

/** What `ip -j` is asked for: the last answer is text (iproute2 6.1). It ends at the first that it does not know. */
const QUESTIONS = [tablesQuestion(PROTOCOL), 'mptcp endpoint show', 'mptcp limits show'];

/** What is there of ours beyond table main and the rules. */
export async function lookFurther(tools: Tools, seen: Observation, config: Config | undefined): Promise<Observation> {
  const { exec } = tools;
  const input = QUESTIONS.map((line) => `${line}\n`).join('');
  const [ip, nft] = await Promise.all([
    exec.start('ip', ['-N', '-j', '-batch', '-'], { timeout: IP_TIMEOUT, input }).finished,
    exec.start('nft', ['list', 'table', ...TABLE.split(' ')], { timeout: IP_TIMEOUT }).finished,
  ]);
  const [routes = '', list = '', limits = ''] = ip.stdout.split('\n');
  const tables = parseTables(parseJson(routes), PROTOCOL);
  const [endpoints, subflows, former] = [parseEndpoints(parseJson(list)), parseLimits(limits), formerLimit(tools)];
  return {
    ...seen,
    ...(tables ? { tables } : {}),
    marks: await withRefusal(exec, parseMarks(nft), seen, config),
    ...(endpoints && subflows !== undefined
      ? { mptcp: { endpoints, subflows, ...(former === undefined ? {} : { former }) } }
      : {}),
  };
}

/**
 * Whether there can be a table of marks that is wanted and not there, and one that leads flows. If it were only found out when it is
 * made, the rules for its marks would come and go in each round.
 */
async function withRefusal(
  exec: Exec,
  marks: Marks,
  { rules = [] }: Observation,
  config: Config | undefined,
): Promise<Marks> {
  const wans = config?.wans.filter(({ enabled }) => enabled) ?? [];
  const mask = wans.find(({ inbound }) => inbound?.mask)?.inbound?.mask ?? 0;
  const [isAnswered, isLed] = (['mark', 'led'] as const).map((of) =>
    wans.some(({ inbound }) => inbound?.[of] !== undefined),
  );
  const isThere = isLed ? marks.comments?.includes(LEADING) : marks.comments !== undefined || !isAnswered;
  if (isThere || marks.obstacle !== undefined || rivalOf(wans, rules)) return marks;
  // Which device it names means nothing to nft.
  const line = { name: 'lo', device: 'lo', mask, mark: mask };
  const leads = [{ of: 'fast' as const, dscp: [46], line }];
  const ask = async (leading?: Leading) => {
    const { text = '' } = marksOf(isAnswered ? [line] : [], leading);
    return whyFailed(await exec.start('nft', ['-c', text], { timeout: IP_TIMEOUT }).finished);
  };
  const refusal = await ask(isLed ? { devices: ['lo'], staying: [line], leads, steers: [], mask } : undefined);
  if (refusal === undefined) return marks;
  const canAnswer = isLed && isAnswered && (await ask()) === undefined;
  return { ...marks, [canAnswer ? 'leadless' : 'refusal']: refusal };
}

/**
 * What leads answers, and what uses several lines at once. Nothing begins on a line before packets are led there; and rules of ours,
 * by which it is known that something is left, go last.
 */
export function further(tools: Tools, config: Config | undefined): Actuator[] {
  const [ways, endpoints] = [inbound(tools.exec) as Actuator, mptcp(tools) as Actuator];
  return config?.wans.some((wan) => wan.mptcp) ? [ways, endpoints] : [endpoints, ways];
}
