import { inCharge, isOurs } from '../actuators/routes/route.js';
import { STICKY } from '../actuators/routes/sticky.js';
import { isRoute } from '../actuators/routes/thing.js';
import { routeWords } from '../actuators/routes/words.js';
import { curesOf } from '../doctor/cures.js';
import { examine, examineProbing, examineStrangers, type Sysctl } from '../doctor/examine.js';
import { examineLines } from '../doctor/lines.js';
import { askersOf, examineNeighbours, whyMissing } from '../doctor/methods.js';
import { examineMptcp } from '../doctor/mptcp.js';
import { findObstacles } from '../doctor/obstacles.js';
import { examineRestarts } from '../doctor/restarts.js';
import { examineShapers } from '../doctor/shaper.js';
import { examineSteering } from '../doctor/steering.js';
import { examineSurroundings, examineTables, sightOfShapers, sightOfSix } from '../doctor/surroundings.js';
import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { isSix } from '../family.js';
import type { Config, Cure, Observation, Problem, View } from '../model.js';
import { withServers } from '../observe/tunnels.js';
import { plan } from '../plan.js';
import { type Platform, remedyLines } from '../platform/platform.js';
import { toJson } from '../report/json.js';
import { count, problemText, STOPPED, safe } from '../report/words.js';
import { loadConfiguration } from '../run/configuration.js';
import type { Context } from '../run/context.js';
import { examineKept } from '../run/kept.js';
import { examinePrograms } from '../run/programs.js';
import { examineMachines } from '../run/routeros-sight.js';
import { tryReadText } from '../system/files.js';
import { isStopped, startCommands } from '../system/service.js';
import { view, viewProblems } from '../view.js';

/** Says everything that is wrong with the configuration and with what is around it, with the remedy. Changes nothing. */
export async function validate(context: Context): Promise<ExitCode> {
  const { options, say } = context;
  const platform = await context.platform();
  const { config, problems } = await loadConfiguration(platform, options.config);
  const stopped = isStopped(context.engine) ? [{ text: STOPPED, remedy: startCommands(context.engine) }] : [];
  const all: Problem[] = [...stopped, ...problems, ...(await examineSystem(context, platform, config))];
  const fatal = all.some((problem) => problem.fatal);
  // Before anything is printed: their words are in a file of their own.
  const worded = await Promise.all(
    all.map(async (problem) => ({ problem, remedy: await remedyLines(platform, problem) })),
  );
  if (options.json) {
    const list = worded.map(({ problem, remedy }) => ({
      ...problem,
      ...(problem.remedy ? { remedy } : {}),
      message: problemText(problem, options.config),
    }));
    say(toJson({ config: options.config, works: !fatal, problems: list }));
  } else {
    for (const { problem, remedy } of worded) {
      say(`${problem.fatal ? 'error' : 'warning'}: ${problemText(problem, options.config)}`);
      for (const line of remedy) say(`    ${safe(line, 1000)}`);
    }
    const wans = config.wans.filter((wan) => wan.enabled).map((wan) => wan.name);
    say(`${options.config}: ${count(all.length, 'problem')}; WANs: ${wans.join(', ') || 'none'}`);
  }
  return fatal ? EXIT.config : EXIT.ok;
}

async function examineSystem(context: Context, platform: Platform, config: Config): Promise<Problem[]> {
  const missing: Problem[] = [];
  if (!(await context.exec.find('ping'))) {
    const remedy: Cure[] = [{ install: 'ping' }];
    missing.push({ text: "the program 'ping' is not there: nothing can be probed", remedy, fatal: true });
  }
  if (!(await context.exec.find('flock'))) {
    const remedy: Cure[] = [{ install: 'flock' }];
    missing.push({ text: "the program 'flock' is not there: rounds that meet are not kept apart", remedy });
  }
  for (const program of askersOf(config)) {
    if (!(await context.exec.find(program))) missing.push(whyMissing(config, program));
  }
  missing.push(...(await examinePrograms(context, config)), ...(await examineKept(context, config)));
  const seen = await observe(platform, config);
  if (!('routes' in seen)) return [...missing, seen];
  const shown = await view(config, seen, undefined);
  if (seen.red)
    return [...missing, ...examineLines(config, shown.paths), ...(await planProblems(platform, config, shown))];
  // What is asked of IPv4 is not meant for the other path of a WAN.
  const four = { ...config, wans: config.wans.filter((wan) => !isSix(wan)) };
  const paths = shown.paths.filter(({ wan }) => !isSix(wan));
  const obstacles = findObstacles(four, seen, paths);
  const devices = paths.flatMap(({ wan, device }) => (wan.enabled && device !== undefined ? [device] : []));
  const filters = ['all', ...devices].flatMap((device) => readReversePath(context, device));
  const allUp = new Map(config.wans.map((wan) => [wan.name, 'up' as const]));
  const actuators = await platform.actuators(config, seen);
  const planAll = (course: Config) => actuators.map((actuator) => plan(actuator, course, shown, allUp));
  const plain = planAll({ ...config, sticky: false });
  const conflicts = plain.flatMap((one) => one.problems);
  const things = plain.flatMap((one, i) => (actuators[i]?.family ? [] : one.things.filter(isRoute)));
  const noGroup = planAll(config).flatMap((one) => one.problems.filter(({ option }) => option === STICKY));
  const foreign = seen.routes.filter((route) => !isOurs(route));
  const first = things.length > 0 ? inCharge([...foreign, ...things]).filter((route) => !isOurs(route)) : [];
  return [
    ...missing,
    ...(await viewProblems(config, shown)),
    ...(seen.blind.length > 0 ? [] : examineRestarts(paths, seen.interfaces !== undefined)),
    ...obstacles,
    ...examineNeighbours(paths),
    ...examine(four, { seen, paths }, obstacles),
    ...conflicts.map(({ stranger, ...problem }) => ({
      ...problem,
      remedy: [...((stranger && curesOf(stranger, seen, paths)) ?? []), ...(problem.remedy ?? [])],
    })),
    ...noGroup,
    ...(conflicts.length > 0 ? [] : examineStrangers(first, routeWords, (route) => curesOf(route, seen, paths))),
    ...examineProbing(devices, new Map(filters)),
    ...examineMptcp(config, seen, {
      enabled: tryReadText(context.engine, '/proc/sys/net/mptcp/enabled'),
      netstat: tryReadText(context.engine, '/proc/net/netstat'),
    }),
    ...(await examineFamily(context, shown)),
    ...(config.steering ? examineSteering(four, (await context.exec.find('nft')) !== undefined) : []),
    ...(config.shapers ? examineShapers(config, shown, await sightOfShapers(context)) : []),
    ...(config.routeros ? await examineMachines(context, config) : []),
    ...(await examineTables(context.exec, config)),
    ...(await examineSurroundings(context.exec, seen)),
  ];
}

/** Loaded where a WAN has IPv6. */
async function examineFamily(context: Context, shown: View): Promise<Problem[]> {
  const devices = shown.paths.flatMap(({ wan, device }) => (isSix(wan) && device !== undefined ? [device] : []));
  if (!shown.paths.some(({ wan }) => isSix(wan))) return [];
  return (await import('../doctor/ipv6.js')).examineSix(shown, await sightOfSix(context, devices));
}

/** What keeps lines of an IPFire from being tested, or RED from being moved. */
async function planProblems(platform: Platform, config: Config, shown: View): Promise<Problem[]> {
  const allUp = new Map(config.wans.map((wan) => [wan.name, 'up' as const]));
  const actuators = await platform.actuators(config);
  return actuators.flatMap((actuator) => plan(actuator, config, shown, allUp).problems);
}

async function observe(platform: Platform, config: Config): Promise<Observation | Problem> {
  try {
    return withServers(await platform.observe(config), await platform.servers());
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return { text: error.message, remedy: error.remedy.length > 0 ? error.remedy : [{ install: 'ip' }], fatal: true };
  }
}

function readReversePath({ engine }: Context, device: string): Sysctl[] {
  const text = tryReadText(engine, `/proc/sys/net/ipv4/conf/${device}/rp_filter`);
  return text === undefined ? [] : [[device, Number(text)]];
}
