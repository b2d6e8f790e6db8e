import { ETHERNET, SETTINGS } from '../actuators/red/places.js';
import type { Engine } from '../engine/engine.js';
import type { Options } from '../run/context.js';
import { exists } from '../system/tree.js';

/** Arguments as they are written most often, understood without a parser. */
export interface Plain {
  command: 'check' | 'status' | 'cgi' | 'version';
  options: Options & { dryRun: boolean; ifStarted: boolean; ifDue: boolean; check: boolean };
}

export const DEFAULTS = {
  config: '/etc/config/mini-mwan',
  state: '/var/run/mini-mwan.status',
  verbose: false,
  json: false,
  color: true,
};

/** The same where a system has a place of its own for the configuration. */
export function defaultsOn(engine: Engine): typeof DEFAULTS {
  return exists(engine, ETHERNET) ? { ...DEFAULTS, config: SETTINGS } : DEFAULTS;
}

/** Flags of each command, and what they set. */
const SHARED = {
  '-v': { verbose: true },
  '--verbose': { verbose: true },
  '--json': { json: true },
  '--no-color': { color: false },
};
const FLAGS: Record<'check' | 'status' | 'cgi', Record<string, Partial<Plain['options']>>> = {
  check: {
    ...SHARED,
    '-n': { dryRun: true },
    '--dry-run': { dryRun: true },
    '--if-started': { ifStarted: true },
    '--if-due': { ifDue: true },
  },
  status: { ...SHARED, '--check': { check: true } },
  cgi: {},
};

/**
 * The commands that start every few seconds, each option at most once and in its plainest spelling. Everything else, and
 * everything that is wrong, is for yargs.
 *
 * @param defaults of this system
 * @returns undefined if it is for yargs
 */
export function readPlain(argv: string[], defaults = DEFAULTS): Plain | undefined {
  const options = { ...defaults, dryRun: false, ifStarted: false, ifDue: false, check: false };
  if (argv.length === 1 && argv[0] === '--version') return { command: 'version', options };
  const [first = 'check'] = argv;
  const command = first.startsWith('-') ? 'check' : first;
  if (command !== 'check' && command !== 'status' && command !== 'cgi') return undefined;
  const words = argv.slice(first.startsWith('-') ? 0 : 1);
  const known = new Map(Object.entries(FLAGS[command]));
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const value = words[at + 1];
    if (words.indexOf(word) !== at) return undefined;
    if (known.has(word)) Object.assign(options, known.get(word));
    else if ((word === '--config' || word === '--state') && value?.startsWith('/')) {
      options[word === '--config' ? 'config' : 'state'] = value;
      at += 1;
    } else return undefined;
  }
  return { command, options };
}
