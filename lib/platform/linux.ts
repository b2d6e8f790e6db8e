import { GROUP } from '../actuators/qdisc/group.js';
import { IP_TIMEOUT } from '../actuators/routes/apply.js';
import { whyNoProbe } from '../actuators/routes/bound.js';
import { PARTS, PROTOCOL } from '../actuators/routes/route.js';
import { routes } from '../actuators/routes/routes.js';
import { isSix } from '../family.js';
import { type Json, parseJson } from '../json.js';
import type { Config, Observation, Route } from '../model.js';
import { parseLinks } from '../observe/links.js';
import { fillNexthops, parseObjects } from '../observe/nexthops.js';
import { parseRoutes } from '../observe/routes.js';
import { parseRules } from '../observe/rules.js';
import { EXCESS, type Exec, type Tools } from '../system/exec.js';
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

/** Loaded when something is to be cured. */
const loadWords = () => import('./words.js');

const loadInbound = () => import('./inbound.js');
const loadShaping = () => import('./shaping.js');
const loadSix = () => import('./ipv6.js');

/** By some WAN, by who has no configuration and wants to know of all, or once, so that rules of ours are left. */
function isAsked(config?: Config, seen?: Observation): boolean | undefined {
  return (
    !config || config.wans.some(({ inbound }) => inbound) || seen?.rules?.some(({ protocol }) => protocol === PROTOCOL)
  );
}

/** By some line, by who wants to know of all, or once, so that what is left of it goes: devices show where that may be. */
async function isShaped(tools: Tools, config: Config | undefined, { links }: Observation): Promise<boolean> {
  if (!config || config.shapers || links.some(({ group }) => group === GROUP)) return true;
  return links.some(({ cake }) => cake) && (await import('../system/beside.js')).hasQueues(tools);
}

/** Any Linux with iproute2: links and routes from `ip`, gateways from the default routes that are there. */
export function linux(tools: Tools): Platform {
  const { exec } = tools;
  let queues: ReturnType<Awaited<ReturnType<typeof loadShaping>>['createLook']> | undefined;
  return {
    configuration: uciConfiguration(tools),
    observe: async (config, isLeft = !config) => {
      const six = isLeft || config?.wans.some(isSix) ? await loadSix() : undefined;
      const seen = six ? await six.lookAtSix(tools, () => observe(exec), config) : (await observe(exec)).seen;
      const further = isAsked(config, seen) ? await (await loadInbound()).lookFurther(tools, seen, config) : seen;
      const more =
        config?.steering || (config?.shapers && config.plugins)
          ? (await import('./steering.js')).withCongestion(tools, further)
          : further;
      if (!(await isShaped(tools, config, seen))) return more;
      queues ??= (await loadShaping()).createLook(tools);
      return { ...more, queues: await queues(seen.links) };
    },
    // Those of WireGuard; of other tunnels in user space, nobody else can tell.
    servers: async () => {
      const { stdout } = await exec.start('wg', ['show', 'all', 'endpoints'], { timeout: WG_TIMEOUT }).finished;
      return (await import('../observe/servers.js')).parseServers(stdout);
    },
    whyNoProbe: (path, seen) => (path.wan.family ? undefined : whyNoProbe(path, seen.routes)),
    bind: (device, family) => [...(family ? ['-6'] : []), '-I', device],
    actuators: async (config, seen) => [
      routes(exec),
      ...(!config || seen?.six ? await (await loadSix()).actuators6(tools, config, seen) : []),
      ...(isAsked(config, seen) ? (await loadInbound()).further(tools, config) : []),
      ...(!config || config.shapers || seen?.queues ? [(await loadShaping()).shaping(tools, config)] : []),
    ],
    words: async (cure) => (await loadWords()).linuxWords(cure),
  };
}

/**
 * What `ip` shows.
 *
 * @param further what else it is asked, and answers as JSON; not each ip and kernel gets that far
 * @returns `devices`: its answer for them, which has the addresses of both families
 */
export async function observe(
  exec: Exec,
  further: string[] = [],
): Promise<{ seen: Observation; devices: Json; answers: Json[] }> {
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
  const devices = parseJson(first);
  const links = parseLinks(devices);
  const routes = joinRoutes(more.slice(0, asked.length).map((line) => parseRoutes(parseJson(line))));
  const [third = '', fourth = '', ...rest] = more.slice(asked.length);
  const rules = parseRules(parseJson(third));
  // ip ends at the first line that it does not know.
  const failed = Number(/Command failed -:(\d{1,6})/.exec(result.stderr)?.[1] ?? 0);
  const objects = result.exitCode === 0 ? parseObjects(parseJson(fourth)) : undefined;
  const answered = result.exitCode === 0 || failed > 1 + asked.length;
  if (!answered || !links || !routes) throw (await import('./unusable.js')).unusable(result);
  const seen = { links, ...(rules && { rules }), ...(partial && { partial }), blind: [] };
  return {
    seen: objects ? { ...seen, routes: fillNexthops(routes, objects), objects } : { ...seen, routes },
    devices,
    answers: rest.slice(0, further.length).map(parseJson),
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
