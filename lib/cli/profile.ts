import type { Argv } from 'yargs';
import type { CommandName } from '../commands/index.js';

/** The commands for backup lines of IPFire, which `run` runs by their names. */
export function profileCommands(parser: Argv, run: (name: CommandName) => (args: unknown) => Promise<void>): Argv {
  const text = (describe: string) => ({ type: 'string', describe, requiresArg: true }) as const;
  const name = { type: 'string', describe: 'its name' } as const;
  return parser
    .command(
      'create <name>',
      'make one; what is not given is asked for',
      (args) =>
        args.positional('name', name).options({
          type: text('DHCP, STATIC, PPPOE, QMI, PPTP or VDSL'),
          device: text('network device, as red1; of QMI, the modem, as /dev/cdc-wdm0'),
          ip: text('of STATIC: IPv4 address'),
          netmask: text('of STATIC: netmask, as 255.255.255.0'),
          gateway: text('of STATIC: gateway'),
          username: text('of what is dialled: user name'),
          'password-file': text('of what is dialled: file whose first line is the password'),
          apn: text('of QMI: APN of the provider'),
          'dial-profile': text("number of one of IPFire's dial profiles, in place of all that"),
        }),
      run('profileCreate'),
    )
    .command('list', 'show all, and what is wrong with them', {}, run('profileList'))
    .command(
      'test <name>',
      'test one beside the line that is in use; exit 0 if it works, else 1',
      (args) => args.positional('name', name),
      run('profileTest'),
    )
    .demandCommand(1, 1, 'profile: create, list or test');
}
