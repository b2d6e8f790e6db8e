import type { Actuator } from '../actuators/actuator.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { routes6 } from '../actuators/six/six.js';
import { TABLE } from '../actuators/translation/table.js';
import { translation } from '../actuators/translation/translation.js';
import { type Json, parseJson } from '../json.js';
import type { Config, Observation } from '../model.js';
import { parseMarks } from '../observe/marks.js';
import { parseRules } from '../observe/rules.js';
import { parseAddresses6, parseInterfaces6, parseRoutes6 } from '../observe/six.js';
import { formerAddresses } from '../system/deprecated.js';
import type { Tools } from '../system/exec.js';

/** Loaded where hosts are told of what is dead. */
const loadDeprecation = () => import('../actuators/deprecation/deprecation.js');

/** What `ip -6 -j` is asked for: a line each. */
const QUESTIONS = ['addr show', 'route show table main', 'rule show'];

/** What there is of IPv6, beside what was seen of the rest. @param config absent: nobody asks, and something may be left */
export async function lookAtSix(tools: Tools, seen: Observation, config?: Config): Promise<Observation> {
  const { exec } = tools;
  const input = QUESTIONS.map((line) => `${line}\n`).join('');
  const [ip, nft] = await Promise.all([
    exec.start('ip', ['-6', '-N', '-j', '-batch', '-'], { timeout: IP_TIMEOUT, input }).finished,
    exec.start('nft', ['list', 'table', ...TABLE.split(' ')], { timeout: IP_TIMEOUT }).finished,
  ]);
  const [first = '', second = '', third = ''] = ip.stdout.split('\n');
  const [addresses, routes] = [parseAddresses6(parseJson(first)), parseRoutes6(parseJson(second))];
  if (!addresses || !routes) {
    const said = ip.failure ?? (ip.stderr.trim().split('\n')[0] || `exit ${ip.exitCode}`);
    return { ...seen, blind: [...seen.blind, `IPv6 cannot be seen (ip -6: ${said})`] };
  }
  const rules = parseRules(parseJson(third)) ?? [];
  const former =
    mayTell(config) || addresses.some(({ preferred }) => preferred === 0) ? formerAddresses(tools) : undefined;
  return { ...seen, six: { addresses, routes, rules, ...(former ? { former } : {}), translation: parseMarks(nft) } };
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
  return [routes6(exec), translation(exec), ...told] as Actuator[];
}
