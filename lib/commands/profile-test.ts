import { LEASE_SCRIPT } from '../actuators/tables/lease-script.js';
import { tables } from '../actuators/tables/tables.js';
import { profilesIn } from '../config/ipfire/defaults.js';
import { isProfileName } from '../config/ipfire/profile.js';
import { readIpfire } from '../config/ipfire/settings.js';
import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { Config, Path, Probe, View } from '../model.js';
import { isReachable } from '../observe/paths.js';
import type { Platform } from '../platform/platform.js';
import { createProbe } from '../probe/probe.js';
import { reconcile } from '../reconcile.js';
import { toJson } from '../report/json.js';
import { testLines } from '../report/profile-test.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { requireIpfire } from '../run/ipfire.js';
import { readClock } from '../system/clock.js';
import { clientsOn } from '../system/dhcpcd.js';
import { ground } from '../system/ipfire/ground.js';
import { LAST_PATIENCE } from '../system/lock.js';
import { sleep } from '../system/sleep.js';
import { exists } from '../system/tree.js';
import { createLook } from '../view.js';

/** s until a DHCP server must have answered, and a device that was set up have a carrier; ms between two looks. */
const PATIENCE = 20;
const PAUSE = 500;

/** Tests one line beside the one that holds RED, as a round does, and leaves nothing behind. */
export async function profileTest(context: Context, { name }: { name: string }): Promise<ExitCode> {
  requireIpfire(context, 'profile test');
  requireRoot(context, 'profile test');
  return withLock(context, LAST_PATIENCE, () => test(context, name));
}

async function test(context: Context, name: string): Promise<ExitCode> {
  const { options, say } = context;
  const files = await ground(context).files();
  const usual = readIpfire(files).config;
  const config = withLine(usual, files, name);
  const platform = await context.platform();
  let stopped = false;
  context.engine.onInterrupt(() => {
    stopped = true;
  });
  try {
    const { path, obstacle, seen } = await prepare(context, platform, config, name, () => stopped);
    if (stopped) throw new Trouble(EXIT.cannotRun, 'interrupted');
    const result = obstacle === undefined && path ? await probe(context, platform, path, seen) : undefined;
    if (options.json) say(toJson(toValue(name, path, result, obstacle)));
    else for (const line of testLines(name, path, result, obstacle)) say(line);
    return result?.answered ? EXIT.ok : EXIT.noneUp;
  } finally {
    await steer(context, platform, usual);
  }
}

/** The configuration as it is, with one more line behind the others, unless it is one of them. */
function withLine(usual: Config, files: Parameters<typeof readIpfire>[0], name: string): Config {
  const known = profilesIn(files.settings ?? '');
  const settings = `${files.settings ?? ''}\nBACKUP_PROFILES='${[...known.filter((other) => other !== name), name].join(' ')}'\n`;
  const { config, problems } = readIpfire({ ...files, settings, enabled: true });
  const wan = name === 'primary' || isProfileName(name) ? config.wans.find((line) => line.name === name) : undefined;
  if (!wan) throw new Trouble(EXIT.config, `there is no profile '${name}'`, ['see: mini-mwan profile list']);
  if (wan.unusable !== undefined) {
    const about = problems.filter(({ option }) => option?.startsWith(`profile ${name}`)).map(({ text }) => text);
    throw new Trouble(EXIT.config, `profile ${name} cannot be used: ${wan.unusable}`, about.slice(1));
  }
  // Others keep their places, which are the numbers of their tables.
  const isThere = usual.wans.some((line) => line.name === name);
  const wans = isThere
    ? usual.wans.map((line) => (line.name === name ? { ...wan, metric: line.metric } : line))
    : [...usual.wans, wan];
  return { ...config, wans };
}

/** Makes what the test needs. Returns the line as it is then, and why nothing can be learned of it. */
async function prepare(context: Context, platform: Platform, config: Config, name: string, isStopped: () => boolean) {
  const begun = readClock(context.engine).uptime;
  for (;;) {
    const { seen, paths } = await steer(context, platform, config);
    const path = paths.find(({ wan }) => wan.name === name);
    const obstacle = path ? whyNot(context, path, { seen, paths }, platform) : 'it is not there';
    const isOver = isStopped() || readClock(context.engine).uptime - begun > PATIENCE;
    if (obstacle === undefined || isOver) return { path, obstacle, seen };
    await sleep(context.engine, PAUSE);
  }
}

function whyNot({ engine }: Context, path: Path, { seen }: View, platform: Platform): string | undefined {
  const { device, link, wan } = path;
  if (device === undefined || !link) return `there is no device ${wan.uplink?.device ?? ''}`;
  if (link.state !== 'up')
    return link.state === 'no_carrier' ? `${device} has no carrier` : `${device} is ${link.state}`;
  if (!isReachable(path)) {
    if (wan.uplink?.type !== 'DHCP') return 'it has no gateway';
    return exists(engine, LEASE_SCRIPT)
      ? 'no DHCP server answers'
      : `there is no ${LEASE_SCRIPT}; run: mini-mwan install`;
  }
  return platform.whyNoProbe(path, seen);
}

/** What lines are tested with as the configuration asks for, and nothing more. */
async function steer(context: Context, platform: Platform, config: Config): Promise<View> {
  const { options, note, engine } = context;
  const look = createLook(platform, config, undefined, readClock(engine).bootId);
  const changing = (changes: { command: string[] }[]) => {
    if (options.verbose) for (const { command } of changes) note(`[#] ${command.join(' ')}`);
  };
  const task = {
    actuator: tables({ exec: context.exec, clients: clientsOn(context.engine) }),
    course: config,
    look,
    changing,
    dryRun: false,
  };
  return (await reconcile(task, await look(), new Map())).view;
}

async function probe(context: Context, platform: Platform, path: Path, seen: View['seen']): Promise<Probe> {
  const { wan, device = '' } = path;
  const ping = createProbe({ ...context, bind: platform.bind });
  return (await platform.inspect?.(wan, device, seen)) ?? ping(wan, device, wan.failureThreshold, wan.targets);
}

function toValue(name: string, path: Path | undefined, result: Probe | undefined, obstacle: string | undefined) {
  return {
    name,
    type: path?.wan.uplink?.type ?? null,
    device: path?.device ?? null,
    gateway: path?.gateway ?? null,
    works: result?.answered ?? false,
    seen: result?.seen ?? obstacle ?? null,
    targets: (result?.targets ?? []).map(({ target, outcome, rtt }) => ({ target, outcome, rtt_ms: rtt ?? null })),
  };
}
