import { COMMANDS } from '../commands/index.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, type ExitCode, explain } from '../explain.js';
import { createContext, toComplaint } from '../run/context.js';
import { defaultsOn, readPlain } from './argv.js';

/** Runs the command that the arguments name. Resolves to the exit code; whatever goes wrong has been told. */
export async function main(engine: Engine): Promise<ExitCode> {
  try {
    const plain = readPlain(engine.args, defaultsOn(engine));
    // What hotplug, cron and keepalived start need not wait for yargs.
    if (plain === undefined) return await (await import('./behind.js')).runBehind(engine);
    if (plain.command !== 'version') {
      const command = await COMMANDS[plain.command]();
      return await command(createContext(plain.options, engine), plain.options);
    }
    const { versionText } = await import('../version.js');
    engine.out.write(`${versionText(engine.name)}\n`);
    return EXIT.ok;
  } catch (error) {
    return tell(engine, error);
  }
}

/** Tells what went wrong. Returns the exit code. */
export function tell(engine: Engine, error: unknown): ExitCode {
  const { lines, exitCode } = explain(error);
  engine.err.write(toComplaint(lines));
  return exitCode;
}
