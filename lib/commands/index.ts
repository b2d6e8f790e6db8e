import type { ExitCode } from '../explain.js';
import type { Context, Options } from '../run/context.js';
import { check } from './check.js';
import { status } from './status.js';

/** A command. What it takes besides the options of all has been checked by whoever read the arguments. */
// biome-ignore lint/suspicious/noExplicitAny: each has options of its own
export type Command = (context: Context, options: Options & any) => Promise<ExitCode>;

/** Loaded when one of them is called: a round pays for nothing else. */
const others = () => import('./others.js');

export const COMMANDS = {
  check: async (): Promise<Command> => check,
  status: async (): Promise<Command> => status,
  validate: async (): Promise<Command> => (await others()).validate,
  restore: async (): Promise<Command> => (await others()).restore,
  metrics: async (): Promise<Command> => (await others()).metrics,
  replay: async (): Promise<Command> => (await others()).replay,
  importMwan3: async (): Promise<Command> => (await others()).importMwan3,
  importMultiwanbond: async (): Promise<Command> => (await others()).importMultiwanbond,
  install: async (): Promise<Command> => (await others()).install,
  uninstall: async (): Promise<Command> => (await others()).uninstall,
  enable: async (): Promise<Command> => (await others()).enable,
  disable: async (): Promise<Command> => (await others()).disable,
  profileCreate: async (): Promise<Command> => (await others()).profileCreate,
  profileList: async (): Promise<Command> => (await others()).profileList,
  profileTest: async (): Promise<Command> => (await others()).profileTest,
  doctor: async (): Promise<Command> => (await others()).doctor,
  shape: async (): Promise<Command> => (await import('./shape.js')).shape,
  history: async (): Promise<Command> => (await import('./history.js')).history,
  cgi: async (): Promise<Command> => (await import('./cgi.js')).cgi,
  routeros: async (): Promise<Command> => (await import('./routeros.js')).routeros,
  announce: async (): Promise<Command> => (await others()).announceAll,
};

export type CommandName = keyof typeof COMMANDS;
