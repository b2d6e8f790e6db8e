import type { Actuator } from '../actuators/actuator.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { routes6 } from '../actuators/six/six.js';
import { TABLE } from '../actuators/translation/table.js';
import { translation } from '../actuators/translation/translation.js';
import { type Json, parseJson } from '../json.js';
import type { Observation } from '../model.js';
import { parseMarks } from '../observe/marks.js';
import { parseRules } from '../observe/rules.js';
import { parseAddresses6, parseInterfaces6, parseRoutes6 } from '../observe/six.js';
import type { Exec } from '../system/exec.js';

/** What `ip -6 -j` is asked for: a line each. */
const QUESTIONS = ['addr show', 'route show table main', 'rule show'];

/** What there is of IPv6, beside what was seen of the rest. */
export async function lookAtSix(exec: Exec, seen: Observation): Promise<Observation> {
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
  return { ...seen, six: { addresses, routes, rules, translation: parseMarks(nft) } };
}

/** The same with what netifd answers. */
export function withNetifd(seen: Observation, dump: Json): Observation {
  return seen.six ? { ...seen, six: { ...seen.six, interfaces: parseInterfaces6(dump) } } : seen;
}

/** Flows are decided on anew when they are led elsewhere, and not before: by then it is known by which line they leave. */
export function actuators6(exec: Exec): Actuator[] {
  return [routes6(exec) as Actuator, translation(exec) as Actuator];
}
