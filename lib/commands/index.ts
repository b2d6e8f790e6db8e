import type { ExitCode } from '../explain.js';
import type { Context, Options } from '../run/context.js';

/** A command. What it takes besides the options of all has been checked by whoever read the arguments. */
// biome-ignore lint/suspicious/noExplicitAny: each has options of its own
export type Command = (context: Context, options: Options & any) => Promise<ExitCode>;

/** Each is loaded when it is called: a round pays for nothing else, and nothing for a round. */
const others = () => import('./others.js');
const other = (name: keyof Awaited<ReturnType<typeof others>>) => async (): Promise<Command> => (await others())[name];

export const COMMANDS = {
  check: async (): Promise<Command> => (await import('./check.js')).check,
  status: async (): Promise<Command> => (await import('./status.js')).status,
  validate: other('validate'),
  restore: other('restore'),
  metrics: other('metrics'),
  replay: other('replay'),
  importMwan3: other('importMwan3'),
  importMultiwanbond: other('importMultiwanbond'),
  install: other('install'),
  uninstall: other('uninstall'),
  enable: other('enable'),
  disable: other('disable'),
  profileCreate: other('profileCreate'),
  profileList: other('profileList'),
  profileTest: other('profileTest'),
  doctor: other('doctor'),
  shape: async (): Promise<Command> => (await import('./shape.js')).shape,
  history: async (): Promise<Command> => (await import('./history.js')).history,
  cgi: async (): Promise<Command> => (await import('./cgi.js')).cgi,
  routeros: async (): Promise<Command> => (await import('./routeros.js')).routeros,
  announce: other('announceAll'),
};

export type CommandName = keyof typeof COMMANDS;
