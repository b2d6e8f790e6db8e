import { uciConfiguration } from '../../lib/platform/uci.js';
import { type Context, createContext, type Options } from '../../lib/run/context.js';
import { runAndTell } from '../../lib/run/notify.js';
import { type Ended, runRound, type Start } from '../../lib/run/perform.js';
import { realWorld } from '../../lib/run/real-world.js';
import { loadState } from '../../lib/run/store.js';
import { parseState } from '../../lib/state/parse.js';
import type { World } from '../../lib/world.js';
import { Machine } from '../machine.js';
import { FakeWorld } from '../world.js';

export const CONFIG_FILE = '/etc/mini-mwan';
export const STATE_FILE = '/var/run/mini-mwan.status';
export const HASH_POLICY = '/proc/sys/net/ipv4/fib_multipath_hash_policy';

/** Two WANs, with more lines of the section settings, and of the first WAN. */
export function configText(settings = '', wan = ''): string {
  const section = (i: number) =>
    `config interface 'wan${i}'\n\toption device 'eth${i}'\n\toption metric '${i}0'\n\tlist ping_target '${i}.1.1.1'\n`;
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => (line === '' ? '' : `\toption ${line}\n`))
      .join('');
  return `config settings 'settings'\n\toption enabled '1'\n${lines(settings)}${section(1)}${lines(wan)}${section(2)}`;
}

/** A router on which commands run: a machine in memory, a kernel and lines in memory. */
export class Router {
  readonly machine = new Machine();
  readonly fake = new FakeWorld();
  /** As they are given to each command. */
  options: Options = { config: CONFIG_FILE, state: STATE_FILE, verbose: false, json: false, color: false };

  constructor(text = configText()) {
    this.machine.put(CONFIG_FILE, text);
    this.machine.put(HASH_POLICY, '0\n');
    const tools = { engine: this.machine.engine, exec: this.machine.exec };
    this.fake.platform = { ...this.fake.platform, configuration: uciConfiguration(tools) };
  }

  /** What the next command works with. */
  context(): Context {
    const context = createContext(this.options, { ...this.machine.engine, uid: this.machine.uid }, this.machine.exec);
    return { ...context, platform: async () => this.fake.platform };
  }

  async world(): Promise<World> {
    return { ...(await realWorld(this.context())), probe: this.fake.probe };
  }

  /** What a round begins with, a minute after the one before. */
  start(more: Partial<Start> = {}): Start {
    this.machine.pass(60);
    this.fake.clock = { ...this.fake.clock, uptime: this.machine.uptime, bootId: this.machine.bootId };
    return { dryRun: false, remembered: loadState(this.machine.engine, STATE_FILE, true), ...more };
  }

  /** A round, which is not told to anybody but who watches. */
  async round(more: Partial<Start> = {}): Promise<Ended> {
    return runRound(this.context(), this.start(more), await this.world());
  }

  /** A round, told to all. @returns its exit code */
  async check(isRecorded = false): Promise<number> {
    const context = this.context();
    const run = async (start: Start) => runRound(context, start, await this.world());
    return runAndTell(context, run, this.start(), isRecorded);
  }

  /** The state that is kept. */
  state() {
    return parseState(this.machine.text(STATE_FILE) ?? '');
  }
}

/** A router that has come to rest, with nothing more to say. */
export async function settled(text?: string): Promise<Router> {
  const router = new Router(text);
  await router.check();
  await router.check();
  router.machine.printed();
  return router;
}
