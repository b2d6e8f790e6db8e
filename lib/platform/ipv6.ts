import type { Actuator } from '../actuators/actuator.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { PROTOCOL } from '../actuators/routes/route.js';
import { routes6 } from '../actuators/six/six.js';
import { TABLE } from '../actuators/translation/table.js';
import { translation } from '../actuators/translation/translation.js';
import { type Json, parseJson } from '../json.js';
import type { Config, Observation, Rule, TableRoute } from '../model.js';
import { parseMarks } from '../observe/marks.js';
import { parseRules } from '../observe/rules.js';
import { parseAddresses6, parseInterfaces6, parseRoutes6 } from '../observe/six.js';
import type { Exec, Tools } from '../system/exec.js';

/** Loaded where hosts are told of what is dead. */
const loadDeprecation = () => import('../actuators/deprecation/deprecation.js');

/** Loaded where they are, or could be. */
const loadFormer = () => import('../system/deprecated.js');

/** Loaded where answers or flows are led. */
const loadInbound = () => import('./inbound6.js');

/** What `ip -6 -j` is asked for: a line each. */
const QUESTIONS = ['route show table main', 'rule show'];

/**
 * What there is of IPv6, beside the rest.
 *
 * @param look sees the rest, and says what `ip -j addr show` does
 * @param config absent: nobody asks, and something may be left
 */
export async function lookAtSix(
  tools: Tools,
  look: () => Promise<{ seen: Observation; devices: Json }>,
  config?: Config,
): Promise<Observation> {
  const { exec } = tools;
  const led = isLed(config) ? await loadInbound() : undefined;
  const [{ seen, devices }, ip, nft] = await Promise.all([
    look(),
    ask(exec, [...QUESTIONS, ...(led ? [led.TABLES] : [])]),
    askNft(exec),
  ]);
  const [first = '', second = '', third = ''] = ip.stdout.split('\n');
  const [addresses, routes] = [parseAddresses6(devices), parseRoutes6(parseJson(first))];
  if (!addresses || !routes) {
    const said = ip.failure ?? (ip.stderr.trim().split('\n')[0] || `exit ${ip.exitCode}`);
    return { ...seen, blind6: `IPv6 cannot be seen (ip -6: ${said})` };
  }
  const rules = parseRules(parseJson(second)) ?? [];
  const isTold = mayTell(config) || addresses.some(({ preferred }) => preferred === 0);
  const former = isTold ? (await loadFormer()).formerAddresses(tools) : undefined;
  const tables = led?.readTables(third) ?? (isLeft(rules) ? await whatIsLeft(exec) : undefined);
  return {
    ...seen,
    six: {
      ...{ addresses, routes, rules, ...(former && { former }), translation: parseMarks(nft) },
      ...(tables && { tables }),
    },
  };
}

/** Routes in tables of lines, for which nobody asks any more. */
async function whatIsLeft(exec: Exec): Promise<TableRoute[] | undefined> {
  const { TABLES, readTables } = await loadInbound();
  return readTables((await ask(exec, [TABLES])).stdout);
}

async function ask(exec: Exec, questions: string[]) {
  const input = questions.map((line) => `${line}\n`).join('');
  return exec.start('ip', ['-6', '-N', '-j', '-batch', '-'], { timeout: IP_TIMEOUT, input }).finished;
}

/** What nft shows of our table. */
async function askNft(exec: Exec) {
  return exec.start('nft', ['list', 'table', ...TABLE.split(' ')], { timeout: IP_TIMEOUT }).finished;
}

/** Are answers or flows led by tables of lines, or could they be? */
function isLed(config: Config | undefined): boolean {
  return !config || config.wans.some(({ family, inbound }) => family && inbound);
}

function isLeft(rules: Rule[] = []): boolean {
  return rules.some(({ protocol }) => protocol === PROTOCOL);
}

/** Are hosts told of what is dead, or could they have been? */
function mayTell(config: Config | undefined): boolean {
  return !config || config.wans.some(({ deprecate }) => deprecate);
}

/** The same with what netifd answers. */
export function withNetifd(seen: Observation, dump: Json): Observation {
  return seen.six ? { ...seen, six: { ...seen.six, interfaces: parseInterfaces6(dump) } } : seen;
}

/** Flows are decided on anew when they are led elsewhere, and not before: by then it is known by which line they leave. */
export async function actuators6(tools: Tools, config?: Config, seen?: Observation): Promise<Actuator[]> {
  const { exec } = tools;
  const told = mayTell(config) || seen?.six?.former ? [(await loadDeprecation()).deprecation(tools)] : [];
  const led = isLed(config) || isLeft(seen?.six?.rules) ? await loadInbound() : undefined;
  const ways = led ? [led.inbound6(exec)] : [];
  return [routes6(exec), ...ways, translation(exec, led?.marking6), ...told] as Actuator[];
}
