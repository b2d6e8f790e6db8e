import type { Word } from '../model.js';

/** Colours a text by what it says; without colour it is the text itself. */
export interface Colour {
  status(word: Word, text: string): string;
  bold(text: string): string;
}

export const COLOURLESS: Colour = { status: (_, text) => text, bold: (text) => text };

/** Colour for a terminal. Loaded when there is one: cron and hotplug have none. */
export async function createColour(): Promise<Colour> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    status: (word, text) => {
      if (word === 'up') return chalk.green(text);
      if (word === 'disabled' || word === 'unknown') return chalk.dim(text);
      return word === 'down' ? chalk.red(text) : chalk.yellow(text);
    },
    bold: (text) => chalk.bold(text),
  };
}
