import { Chalk } from 'chalk';
import type { Status } from '../model.js';

/** Colours a text by what it says; without colour it is the text itself. */
export interface Colour {
  status(status: Status, text: string): string;
  bold(text: string): string;
}

export function createColour(enabled: boolean): Colour {
  const chalk = new Chalk({ level: enabled ? 1 : 0 });
  return {
    status: (status, text) => {
      if (status === 'up') return chalk.green(text);
      if (status === 'disabled' || status === 'unknown') return chalk.dim(text);
      return status === 'down' ? chalk.red(text) : chalk.yellow(text);
    },
    bold: (text) => chalk.bold(text),
  };
}
