import type { ExitCode } from '../explain.js';
import type { Context, Options } from './context.js';

/** A command. What it takes besides the options of all has been checked by whoever read the arguments. */
// biome-ignore lint/suspicious/noExplicitAny: each has options of its own
export type Command = (context: Context, options: Options & any) => Promise<ExitCode>;

/** All commands. Each is loaded when it is called: a round pays for nothing else. */
export const COMMANDS = {
  check: async (): Promise<Command> => (await import('./check.js')).check,
  status: async (): Promise<Command> => (await import('./status.js')).status,
  validate: async (): Promise<Command> => (await import('./validate.js')).validate,
  restore: async (): Promise<Command> => (await import('./restore.js')).restore,
  metrics: async (): Promise<Command> => (await import('./metrics.js')).metrics,
  replay: async (): Promise<Command> => (await import('./replay.js')).replay,
  install: async (): Promise<Command> => (await import('./install.js')).install,
  uninstall: async (): Promise<Command> => (await import('./uninstall.js')).uninstall,
  announce: async (): Promise<Command> => (await import('./announce.js')).announceAll,
};

export type CommandName = keyof typeof COMMANDS;
