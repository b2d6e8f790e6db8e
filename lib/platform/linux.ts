import type { Actuator } from '../actuators/actuator.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { whyNoProbe } from '../actuators/routes/bound.js';
import { PARTS } from '../actuators/routes/route.js';
import { routes } from '../actuators/routes/routes.js';
import { EXIT, Trouble } from '../explain.js';
import { parseJson } from '../json.js';
import type { Config, Observation, Route } from '../model.js';
import { parseLinks } from '../observe/links.js';
import { fillNexthops, parseObjects } from '../observe/nexthops.js';
import { parseRoutes } from '../observe/routes.js';
import { parseRules } from '../observe/rules.js';
import { parseServers } from '../observe/tunnels.js';
import { safe } from '../report/words.js';
import { EXCESS, type Exec, type Finished, type Tools } from '../system/exec.js';
import type { Platform } from './platform.js';
import { uciConfiguration } from './uci.js';

/** ms. For each of the parts the kernel goes through the whole table, which is long then. */
const PARTS_TIMEOUT = 30_000;
/**
 * Characters of its output; it prints 500 for a device and 150 for a route. A router with more routes, as one that speaks BGP,
 * is asked only for those to places that stand for all parts of the Internet, which are all that concern us.
 */
const MAX_OUTPUT = 1_000_000;
/** ms. wg prints a line for each peer. */
const WG_TIMEOUT = 2000;

/** What `ip -j` is to be asked for of MPTCP: its list is JSON, the limits are text (iproute2 6.1). */
const MPTCP_QUESTIONS = ['mptcp endpoint show', 'mptcp limits show'];

/** Loaded when something is to be cured. */
const loadWords = () => import('./words.js');

/** Any Linux with iproute2: links and routes from `ip`, gateways from the default routes that are there. */
export function linux(tools: Tools): Platform {
  const { exec } = tools;
  return {
    configuration: uciConfiguration(tools),
    observe: (config) => look(tools, config),
    servers: () => findServers(exec),
    whyNoProbe: (path, seen) => whyNoProbe(path, seen.routes),
    bind: (device) => ['-I', device],
    actuators: async (config) => [routes(exec), ...(await further(tools, config))],
    words: async (cure) => (await loadWords()).linuxWords(cure),
  };
}

/** What a configuration steers beside routes; without one, all that could be. */
async function further(tools: Tools, config: Config | undefined): Promise<Actuator[]> {
  const isAsked = !config || config.wans.some(({ mptcp }) => mptcp);
  return isAsked ? [(await import('../actuators/mptcp/mptcp.js')).mptcp(tools) as Actuator] : [];
}

/** What `ip` shows, and of MPTCP what concerns us: of no configuration, all that could be ours. */
async function look(tools: Tools, config: Config | undefined): Promise<Observation> {
  const isAsked = !config || config.wans.some(({ mptcp }) => mptcp);
  const { seen, answers } = await observe(tools.exec, isAsked ? MPTCP_QUESTIONS : []);
  return isAsked ? (await import('./mptcp.js')).withMptcp(tools, seen, answers) : seen;
}

/**
 * What `ip` shows.
 *
 * @param further what else it is asked, and its answers; not each ip and kernel gets that far
 */
export async function observe(exec: Exec, further: string[] = []): Promise<{ seen: Observation; answers: string[] }> {
  // One process for all questions; it prints one line of JSON for each. -N: our protocol by its number, whatever
  // /etc/iproute2/rt_protos calls it. Not every ip and kernel knows the last ones, which stops nobody who need not.
  const ask = (routes: string[], timeout: number, maxOutput?: number) => {
    const input = ['addr show', ...routes, 'rule show', 'nexthop show', ...further].map((line) => `${line}\n`).join('');
    const options = { timeout, input, ...(maxOutput === undefined ? {} : { maxOutput }) };
    return exec.start('ip', ['-N', '-j', '-s', '-batch', '-'], options).finished;
  };
  let asked = ['route show table main'];
  let result = await ask(asked, IP_TIMEOUT, MAX_OUTPUT);
  const partial = result.failure === EXCESS;
  if (partial) {
    asked = PARTS.map((part) => `route show table main match ${part.split('/')[0]}/8`);
    result = await ask(asked, PARTS_TIMEOUT);
  }
  const [first = '', ...more] = result.stdout.split('\n');
  const links = parseLinks(parseJson(first));
  const routes = joinRoutes(more.slice(0, asked.length).map((line) => parseRoutes(parseJson(line))));
  const [third = '', fourth = '', ...rest] = more.slice(asked.length);
  const rules = parseRules(parseJson(third));
  // ip ends at the first line that it does not know.
  const failed = Number(/Command failed -:(\d{1,6})/.exec(result.stderr)?.[1] ?? 0);
  const objects = result.exitCode === 0 || failed > asked.length + 3 ? parseObjects(parseJson(fourth)) : undefined;
  const answered = result.exitCode === 0 || failed > 1 + asked.length;
  if (!answered || !links || !routes) throw await unusable(result);
  const seen = { links, ...(rules && { rules }), ...(partial ? { partial } : {}), blind: [] };
  return {
    seen: objects ? { ...seen, routes: fillNexthops(routes, objects), objects } : { ...seen, routes },
    answers: rest.slice(0, further.length),
  };
}

/** Those that lead to one place of each part of the Internet are in several answers. */
function joinRoutes(answers: (Route[] | undefined)[]): Route[] | undefined {
  if (answers.length === 1) return answers[0];
  const known = new Map<string, Route>();
  for (const routes of answers) {
    if (!routes) return undefined;
    for (const route of routes) known.set(JSON.stringify(route), route);
  }
  return [...known.values()];
}

/** Those of WireGuard; of other tunnels in user space, nobody else can tell. */
async function findServers(exec: Exec): Promise<Map<string, string>> {
  const { stdout } = await exec.start('wg', ['show', 'all', 'endpoints'], { timeout: WG_TIMEOUT }).finished;
  return parseServers(stdout);
}

async function unusable({ stdout, stderr, failure, exitCode }: Finished): Promise<Trouble> {
  const { INSTALL_IP } = await loadWords();
  if (failure === 'not found' || failure === 'not executable') {
    return new Trouble(EXIT.cannotRun, "the program 'ip' is not there; nothing was changed", INSTALL_IP);
  }
  const said = safe((stderr || stdout).trim().split('\n')[0] ?? '', 200);
  if (/busybox|invalid option|unrecognized option|unknown option/i.test(stderr)) {
    return new Trouble(
      EXIT.cannotRun,
      "this 'ip' knows no -json (BusyBox has a small one); nothing was changed",
      INSTALL_IP,
    );
  }
  const what = failure ?? (exitCode === 0 ? 'printed what is not JSON of links and routes' : `exit ${exitCode}`);
  return new Trouble(EXIT.cannotRun, `'ip -j' could not be used: ${what}; nothing was changed`, [
    ...(said === '' ? [] : [said]),
    'try: ip -j addr show; ip -j route show',
  ]);
}
