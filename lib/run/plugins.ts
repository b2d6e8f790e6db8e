import type { Plugin } from '../model.js';
import { messageOf } from '../report/alert-text.js';
import { atLevel, type LogLine } from '../report/log.js';
import { metricsBody } from '../report/metric-formats.js';
import type { PluginWork } from '../report/plugin-work.js';
import { safe } from '../report/words.js';
import type { Finished } from '../system/exec.js';
import { attempt, readOwn, removeFile, tryReadText, writeAtomically } from '../system/files.js';
import { type Lock, takeLock } from '../system/lock.js';
import { log } from '../system/log.js';
import { findExposure } from '../system/trust.js';
import { exposureProblem } from './configuration.js';
import type { Context } from './context.js';

/** ms that a plugin may take each time. */
const LIMIT = 30_000;
/** ms for all alerts of a round. */
const LONGEST = 90_000;
/** ms to wait for the alerts of the rounds before. Figures do not wait: the next ones are newer. */
const PATIENCE = 90_000;
/** Characters that it may print: more than is of use to anybody. */
const MOST_OUTPUT = 100_000;

/** Runs the plugins side by side: none of them waits for another. */
export async function runPlugins(context: Context, work: PluginWork): Promise<void> {
  const host = tryReadText(context.engine, '/proc/sys/kernel/hostname')?.trim() || 'router';
  await Promise.all(work.plugins.map((plugin) => runInTurn(context, plugin, work, host)));
}

/** One at a time of each plugin, in the order of the rounds. */
async function runInTurn(context: Context, plugin: Plugin, work: PluginWork, host: string): Promise<void> {
  const isAlert = plugin.type === 'alert';
  const path = pathOf(context, plugin, 'lock');
  const lock = await takeLock(context, path, isAlert ? PATIENCE : 1).catch((): Lock | undefined => undefined);
  const say = (lines: LogLine[]) => log(context, atLevel(lines, work.logLevel));
  if (!lock) {
    const text = `plugin ${plugin.name} is still at work of rounds before; alerts are not told`;
    if (isAlert) await say([{ priority: 'err', text }]);
    return;
  }
  try {
    const exposed = findExposure(context.engine, plugin.program);
    const warnings = exposed ? [exposureProblem(exposed).text] : [];
    const failures = await (isAlert ? tell(context, plugin, work, host) : send(context, plugin, work, host));
    await say(news(context, plugin, [...warnings, ...failures]));
  } finally {
    lock.release();
  }
}

/** @returns what went wrong, in words */
async function tell(context: Context, plugin: Plugin, work: PluginWork, host: string): Promise<string[]> {
  const { engine } = context;
  const begun = engine.ticks();
  const own = work.notices.filter((notice) => notice.plugin === plugin.name);
  const failures: string[] = [];
  for (const [i, notice] of own.entries()) {
    const left = begun + LONGEST - engine.ticks();
    if (left <= 0) return [...failures, `no time for more; ${own.length - i} alerts are not told`];
    const { env, input } = messageOf(notice, { host, time: work.time }, plugin.format, plugin.variables);
    failures.push(...failureOf(await run(context, plugin, env, input, Math.min(LIMIT, left))));
  }
  return [...new Set(failures)];
}

async function send(context: Context, plugin: Plugin, { metrics, time }: PluginWork, host: string): Promise<string[]> {
  if (!metrics) return [];
  const { format, variables } = plugin;
  const env = { ...variables, HOST: host, TIME: `${Math.round(time)}` };
  const input = metricsBody(metrics, host, format, variables.PREFIX);
  return failureOf(await run(context, plugin, env, input, LIMIT));
}

function run({ exec }: Context, { program }: Plugin, env: Record<string, string>, input: string, timeout: number) {
  // Whatever it leaves in the background and still prints is waited for, and ends at the same time.
  return exec.start(program, [], { timeout, input, env, maxOutput: MOST_OUTPUT }).finished;
}

function failureOf({ exitCode, failure, stdout, stderr }: Finished): string[] {
  if (exitCode === 0) return [];
  const said = [stderr, stdout].flatMap((text) => text.trim().split('\n')[0] || []).slice(0, 1);
  return [[failure ?? `exit ${exitCode}`, ...said].join(': ')];
}

/** What is said of a plugin: what is wrong, once, and that it is over. */
function news(context: Context, plugin: Plugin, problems: string[]): LogLine[] {
  const { engine } = context;
  const path = pathOf(context, plugin, 'failure');
  // Numbers, as ms and ports, differ each time.
  const now = problems
    .join('\n')
    .replace(/\d+/g, '0')
    .replace(/[^ -~\n]/g, '?')
    .slice(0, 2000);
  const before = lastFailure(context, path);
  if (now === before) return [];
  if (now === '') attempt(() => removeFile(engine, path));
  else attempt(() => writeAtomically(engine, path, now));
  const name = `plugin ${plugin.name}, ${plugin.program}`;
  if (now === '') return [{ priority: 'notice', text: safe(`${name}: it works again`, 400) }];
  return problems.map((text) => ({ priority: 'err', text: safe(`${name}: ${text}`, 400) }));
}

function lastFailure({ engine }: Context, path: string): string {
  try {
    return readOwn(engine, path) ?? '';
  } catch {
    return '';
  }
}

function pathOf({ options }: Context, { name }: Plugin, what: string): string {
  return `${options.state}.plugin.${name}.${what}`;
}
