import yargs, { type Argv } from 'yargs';
import { COMMANDS, type CommandName } from '../commands/index.js';
import type { Engine } from '../engine/engine.js';
import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { createContext, type Options } from '../run/context.js';
import { description, versionText } from '../version.js';
import { DEFAULTS, defaultsOn } from './argv.js';
import { historyOptions } from './history.js';
import { importCommands } from './import.js';
import { profileCommands } from './profile.js';

const DRY_RUN = { type: 'boolean', alias: 'n', default: false, describe: 'change nothing, print the plan' } as const;

const DESCRIPTION = `${description}.

Started by hotplug and cron, it runs one round: look at links, gateways and routes,
probe every WAN, put the default routes right, and exit.`;

const EPILOGUE = `Exit codes:
  0  a round ran and a WAN is up, or mini-mwan is disabled
  1  it ran and no WAN is up; or status --check found none, profile test or doctor a fault
  2  wrong usage or configuration
  3  it could not run: a program is missing, not root, the lock is held
  4  a route could not be changed

Its own routes:      ip route show proto 77 (and, if sticky, ip nexthop show proto 77)
Remove all of them:  mini-mwan restore`;

/** The options of install and uninstall. */
const ROOT = {
  root: {
    type: 'string',
    describe: 'a folder that stands for /, where nothing is started',
    requiresArg: true,
  },
} as const;

/** Of install: few need it, and docs/http.md says who. */
const HTTP = { http: { type: 'boolean', default: false, hidden: true } } as const;

/**
 * Reads the arguments by yargs and runs the command; help, version and completion are texts to print. Throws a Trouble if
 * they are wrong, and what the command throws.
 */
export async function runByYargs(engine: Engine): Promise<ExitCode> {
  const { args: argv, out } = engine;
  let exitCode: ExitCode = EXIT.ok;
  const parser = createParser(engine, (code) => {
    exitCode = code;
  });
  const output = await parse(parser, argv);
  if (output !== '') out.write(`${output}\n`);
  return exitCode;
}

/** yargs' output as text: help, version, completion. */
async function parse(parser: Argv, argv: string[]): Promise<string> {
  const asked = argv.indexOf('--get-yargs-completions');
  return new Promise((resolve, reject) => {
    if (asked >= 0) {
      parser.getCompletion(argv.slice(asked + 1), (error, words) =>
        error ? reject(error) : resolve(words.join('\n')),
      );
    } else {
      parser.parseAsync(argv, {}, (error, _, output) => (error ? reject(error) : resolve(output))).catch(reject);
    }
  });
}

function usageTrouble(message: string): Trouble {
  return new Trouble(EXIT.config, message.split('\n')[0] ?? '', ['see: mini-mwan --help']);
}

function createParser(engine: Engine, done: (code: ExitCode) => void): Argv {
  const { args: argv } = engine;
  const defaults = defaultsOn(engine);
  const run = (name: CommandName) => async (args: unknown) => {
    const options = args as Options;
    done(await (await COMMANDS[name]())(createContext(options, engine), options));
  };
  const parser = yargs(argv);
  return parser
    .scriptName('mini-mwan')
    .usage(`$0 [command] [options]\n\n${DESCRIPTION}`)
    .locale('en')
    .parserConfiguration({ 'duplicate-arguments-array': false, 'dot-notation': false })
    .options({
      config: {
        type: 'string',
        default: defaults.config,
        describe: defaults.config === DEFAULTS.config ? 'configuration, in UCI format' : 'configuration',
        requiresArg: true,
      },
      state: {
        type: 'string',
        default: defaults.state,
        describe: 'what one round remembers for the next',
        requiresArg: true,
      },
      verbose: { type: 'boolean', alias: 'v', default: false, describe: 'show what is seen, decided and done' },
      json: { type: 'boolean', default: false, describe: 'print JSON' },
      color: { type: 'boolean', default: true, describe: 'colour on a terminal; --no-color or NO_COLOR turns it off' },
    })
    .command(
      ['check', '$0'],
      'run one round (the default)',
      (args) =>
        args
          .option('dry-run', DRY_RUN)
          .option('if-started', {
            type: 'boolean',
            default: false,
            describe: 'do nothing while the service is stopped; so cron and hotplug call it',
          })
          .option('if-due', {
            type: 'boolean',
            default: false,
            describe: 'probe before check_interval is over only if something has changed; so cron calls it',
          })
          .option('record', {
            type: 'string',
            describe: 'new folder for all that the round sees; implies --verbose',
            requiresArg: true,
          }),
      run('check'),
    )
    .command(
      'status',
      'show the last round and the routes',
      (args) =>
        args
          .option('check', { type: 'boolean', describe: 'print nothing; exit 0 if a WAN is up, else 1' })
          .option('watch', { type: 'boolean', describe: 'show it again every 2 s, until Ctrl-C' })
          .conflicts('check', 'watch'),
      run('status'),
    )
    .command(
      'metrics [also]',
      'print the last round for Prometheus',
      (args) =>
        args
          .positional('also', { type: 'string', describe: 'mwan3 or multiwanbond: by the names of its exporter, too' })
          .check(({ also }) => {
            if (also === undefined || also === 'mwan3' || also === 'multiwanbond') return true;
            throw usageTrouble('metrics: also by the names of mwan3 or multiwanbond');
          }, false),
      run('metrics'),
    )
    .command(
      'shape [shaper..]',
      'keep lines quick that are full, until they are quiet',
      (args) =>
        args
          .positional('shaper', { type: 'string', array: true, describe: 'begin with these only' })
          .option('dry-run', {
            type: 'boolean',
            alias: 'n',
            default: false,
            describe: 'set no rate, print what would be',
          })
          // For rounds, which start the next one then.
          .option('seconds', { type: 'number', hidden: true, requiresArg: true })
          .check(({ seconds }) => {
            if (seconds === undefined || seconds > 0) return true;
            throw usageTrouble('--seconds needs a number of seconds');
          }, false),
      run('shape'),
    )
    .command('history', 'show what the past was like', historyOptions, run('history'))
    .command(
      'routeros',
      'steer RouterOS machines by what the last round found',
      (args) =>
        args
          .option('dry-run', DRY_RUN)
          .option('record', {
            type: 'string',
            describe: 'new folder for all that it sees; implies --verbose',
            requiresArg: true,
          })
          // For rounds, which start the next one then.
          .option('seconds', { type: 'number', hidden: true, requiresArg: true }),
      run('routeros'),
    )
    .command('validate', 'say all that is wrong, with the remedy', {}, run('validate'))
    .command('restore', 'remove all routes of mini-mwan', {}, run('restore'))
    .command('import', "print a configuration that is made of another program's", (args) => importCommands(args, run))
    .command('enable', 'IPFire: turn it on', {}, run('enable'))
    .command('disable', 'IPFire: fail back, and hand the line to IPFire', {}, run('disable'))
    .command('profile', 'IPFire: backup lines', (args) => profileCommands(args, run))
    .command('doctor', 'IPFire: say whether its scripts are those that mini-mwan knows', {}, run('doctor'))
    .command('announce', false, {}, run('announce'))
    .command('cgi', false, {}, run('cgi'))
    .command('install', 'lay down all that it needs to run by itself', { ...ROOT, ...HTTP }, run('install'))
    .command(
      'uninstall',
      'remove them again, and all routes; a configuration of your own stays',
      ROOT,
      run('uninstall'),
    )
    .command(
      'replay <folder>',
      'decide a recorded round again; touches nothing',
      (args) => args.positional('folder', { type: 'string', describe: 'what --record has written' }),
      run('replay'),
    )
    .command('completion', 'print a script for bash completion', {}, () => void parser.showCompletionScript())
    .epilogue(EPILOGUE)
    .version(versionText(engine.name))
    .help()
    .alias('help', 'h')
    .strict()
    .check(({ config, state, record }) => {
      // yargs takes every value of a flag but `true` for false: --dry-run=1 would be a real round.
      const valued = argv.find((word) =>
        /^(-[vn]+|--(no-)?(verbose|json|color|dry-run|if-started|if-due|check|watch|http|summary|transitions|csv))=/.test(
          word,
        ),
      );
      if (valued !== undefined) throw usageTrouble(`${valued.split('=')[0]} takes no value`);
      const ignored = argv.includes('--') ? argv[argv.indexOf('--') + 1] : undefined;
      if (ignored !== undefined) throw usageTrouble(`what stands behind -- is not read: ${ignored}`);
      if (!config || !state) throw usageTrouble('--config and --state need the name of a file');
      if (record !== undefined && !record) throw usageTrouble('--record needs the name of a folder');
      return true;
    }, true)
    .demandCommand(0, 0)
    .wrap(100)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // What yargs itself finds wrong is a YError; anything else was thrown by the command.
      throw error && error.name !== 'YError' ? error : usageTrouble(message);
    });
}
