import { EXIT, Trouble } from '../explain.js';
import type { Tools } from './exec.js';

/** ms. It sets one bit of the terminal. */
const TIMEOUT = 2000;

/** Whoever sits at the terminal, or what stands in for them: answers by lines of standard input. */
export interface Terminal {
  /** @param secret what is typed is not shown. Throws a Trouble on Ctrl-C, or where no answer comes */
  ask(question: string, secret?: boolean): Promise<string>;
}

export function openTerminal({ engine, exec }: Tools): Terminal {
  const interrupted = new Promise<never>((_, reject) => {
    engine.onInterrupt(() => reject(new Trouble(EXIT.cannotRun, 'interrupted; nothing was written')));
  });
  // It may be pressed when nobody waits.
  interrupted.catch(() => {});
  // What is no terminal has no echo.
  const echo = (word: string) => exec.start('stty', [word], { timeout: TIMEOUT, inherit: 0 }).finished;
  const hear = async (question: string) => {
    engine.err.write(question);
    const line = await Promise.race([engine.line(), interrupted]);
    if (line === undefined)
      throw new Trouble(EXIT.config, 'no answer; nothing was written', ['see: --help, for options']);
    return line.replace(/\r$/, '');
  };
  return {
    ask: async (question, secret = false) => {
      if (!secret) return (await hear(question)).trim();
      await echo('-echo');
      try {
        return await hear(question);
      } finally {
        await echo('echo');
        // The end of the line was not shown either.
        engine.err.write('\n');
      }
    },
  };
}
