import { createRefusals } from '../observe/batch.js';
import { type Child, EXCESS, type Tools } from '../system/exec.js';

/** ms that an answer may take: tc only asks the kernel, but a router may have much to do. */
const PATIENCE = 5000;
/** Characters of an answer that are too many. */
const MOST = 1_000_000;
/** ms: whoever has started it ends it before. */
const FOR_EVER = 86_400_000;

/** What came of a question, and of the commands before it. */
export interface Reply {
  /** JSON. */
  answer?: string;
  /** Why there is none. */
  why?: string;
  /** Why commands were refused. */
  refused: string[];
}

/** A tc that goes on for as long as it is asked: to start one takes a router longer than all that it does. */
export interface Tc {
  /** One after the other. @param commands what is to be done before @param question one that is answered in a line */
  ask(commands: string[], question: string): Promise<Reply>;
  stop(): void;
}

/** What is waited for. */
interface Open {
  /** The number of the question: of a line, from 1. */
  number: number;
  reply: Reply;
  end(): void;
}

export function createTc({ engine, exec }: Pick<Tools, 'engine' | 'exec'>): Tc {
  let child: Child | undefined;
  /** Lines that it was given. */
  let lines = 0;
  let open: Open | undefined;
  const stop = () => {
    child?.kill();
    child = undefined;
  };
  const begin = (): Child => {
    lines = 0;
    let line = '';
    const hear = (piece: string) => {
      const [first = '', ...more] = piece.split('\n');
      line += first;
      for (const next of more) {
        if (open && line.trim() !== '') {
          open.reply.answer ??= line;
          open.end();
        }
        line = next;
      }
      if (line.length <= MOST || !open) return;
      open.reply.why ??= EXCESS;
      open.end();
    };
    const refusals = createRefusals((number, why) => {
      if (!open) return;
      if (number < open.number) open.reply.refused.push(why);
      else {
        open.reply.why ??= why;
        open.end();
      }
    });
    const own = exec.start('tc', ['-j', '-force', '-batch', '-'], {
      ...{ timeout: FOR_EVER, talk: true, hear, hearErrors: refusals },
    });
    own.finished.then(({ failure, exitCode }) => {
      if (child !== own) return;
      child = undefined;
      if (open) open.reply.why ??= failure ?? `exit ${exitCode}`;
      open?.end();
    });
    return own;
  };
  return {
    ask: async (commands, question) => {
      child ??= begin();
      const reply: Reply = { refused: [] };
      const { say } = child;
      await new Promise<void>((resolve) => {
        const cancel = engine.after(PATIENCE, () => {
          reply.why = `no answer in ${PATIENCE / 1000} s`;
          resolve();
        });
        // What it complains of may be heard behind the answer.
        const end = () => {
          cancel();
          engine.after(0, resolve);
        };
        open = { number: lines + commands.length + 1, reply, end };
        lines += commands.length + 1;
        say?.([...commands, question].map((line) => `${line}\n`).join(''));
      });
      open = undefined;
      // It keeps in mind which number a device has, and would not see that another one has its name now.
      if (reply.why !== undefined || reply.refused.length > 0) stop();
      return reply;
    },
    stop,
  };
}
