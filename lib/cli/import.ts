import type { Argv } from 'yargs';
import type { CommandName } from '../commands/index.js';

/** The commands that read another program's configuration, which `run` runs by their names. */
export function importCommands(parser: Argv, run: (name: CommandName) => (args: unknown) => Promise<void>): Argv {
  const file = (describe: string) => (args: Argv) => args.positional('file', { type: 'string', describe });
  return parser
    .command('mwan3 <file>', "from mwan3's", file('as /etc/config/mwan3'), run('importMwan3'))
    .command('multiwanbond <file>', "from MultiWANBond's", file('its JSON'), run('importMultiwanbond'))
    .demandCommand(1, 'import: mwan3 or multiwanbond');
}
