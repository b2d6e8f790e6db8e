/**
 * A command in a kernel of its own, by hand:
 *
 *     npm run uml -- [--memory MB] [--seconds LIMIT] COMMAND [ARGUMENT...]
 *
 * It ends with the command's exit code, or after LIMIT seconds with 124.
 */
import { parseArgs } from 'node:util';
import { runInKernel } from './kernel.js';

/** The options come before the command, whose own are not ours. */
async function run(argv: string[]): Promise<number> {
  const first = argv.findIndex((word, i) => !word.startsWith('--') && !argv[i - 1]?.startsWith('--'));
  if (first < 0) throw new Error('which command?');
  const { values } = parseArgs({
    args: argv.slice(0, first),
    options: { memory: { type: 'string', default: '128' }, seconds: { type: 'string', default: '120' } },
  });
  return (await runInKernel(argv.slice(first), Number(values.memory), Number(values.seconds))).status;
}

process.exitCode = await run(process.argv.slice(2)).catch((error: Error) => {
  console.error(`uml: ${error.message}`);
  return 1;
});
