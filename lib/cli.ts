import manifest from '../package.json' with { type: 'json' };
import { readPlain } from './argv.js';
import { createContext, type Io, toComplaint } from './commands/context.js';
import { COMMANDS } from './commands/index.js';
import { EXIT, type ExitCode, explain } from './explain.js';

/** Runs the command that argv names. Resolves to the exit code; whatever goes wrong has been told. */
export async function main(argv: string[], io: Io): Promise<ExitCode> {
  try {
    const plain = readPlain(argv);
    // What hotplug, cron and keepalived start need not wait for yargs.
    if (plain === undefined) return await (await import('./usage.js')).runByYargs(argv, io);
    if (plain.command !== 'version') {
      const command = await COMMANDS[plain.command]();
      return await command(createContext(plain.options, io), plain.options);
    }
    io.out.write(`${manifest.version}\n`);
    return EXIT.ok;
  } catch (error) {
    const { lines, exitCode } = explain(error);
    io.err.write(toComplaint(lines));
    return exitCode;
  }
}
