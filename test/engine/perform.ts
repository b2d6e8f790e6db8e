import { type Engine, type Order, SystemError } from '../../lib/engine/engine.js';
import { race } from './race.js';

/** What a test asks of an engine, by name; the rest of the arguments is its own. */
const TASKS: Record<string, (engine: Engine, args: string[]) => unknown> = {
  facts: ({ files: _, out, err, ...engine }) => ({ ...engine, folder: engine.folder(), tty: [out.isTTY, err.isTTY] }),
  files: useFiles,
  race,
  start: startAll,
  detach: ({ detach }, [order = '']) => detach(toOrder(JSON.parse(order))),
  inherit: lockInherited,
  children: countChildren,
  input: async ({ input }, [max = '']) => {
    const text = await input(Number(max));
    return { length: text.length, ends: [text.slice(0, 10), text.slice(-10)] };
  },
  lines: async ({ line }, [many = '']) => {
    const lines: unknown[] = [];
    for (let i = 0; i < Number(many); i++) lines.push((await line()) ?? null);
    return lines;
  },
  time: tellTime,
  busy: hearWhenBusy,
  alive: ({ isAlive }, pids) => pids.map((pid) => isAlive(Number(pid))),
  write: ({ out, err }, [stdout = '[]', stderr = '[]']) => {
    for (const [text, times] of JSON.parse(stdout)) out.write(text.repeat(times));
    for (const [text, times] of JSON.parse(stderr)) err.write(text.repeat(times));
  },
  interrupt: async ({ onInterrupt, out, after }, [marks = '0']) => {
    const told = new Promise((resolve) => onInterrupt(() => resolve('told')));
    const tick = () => {
      if (Number(marks) > 0) out.write('.\n');
      after(20, tick);
    };
    out.write('ready\n');
    tick();
    return told;
  },
};

/** Does what the arguments say and prints what came of it, to the file `$RESULT` where that is set; the last one is the exit code. */
export async function perform(engine: Engine): Promise<never> {
  const [name = '', ...args] = engine.args;
  const result = await attempt(async () => TASKS[name]?.(engine, args));
  const { RESULT, CODE = '0' } = engine.env;
  const text = JSON.stringify(result);
  if (RESULT) engine.files.writeText(engine.files.create(RESULT, 0o600), text);
  else if (name !== 'write') engine.out.write(text);
  return engine.exit(Number(CODE));
}

async function attempt(work: () => unknown): Promise<object> {
  try {
    const value = await work();
    return value === undefined ? {} : { value };
  } catch (error) {
    return error instanceof SystemError ? { code: error.code } : { error: String(error) };
  }
}

/** A part of an order, as a test writes it; `input` may be a piece, and how often it comes. */
export type Draft = Partial<Omit<Order, 'input' | 'hear' | 'hearErrors' | 'talk'>> & {
  input?: string | [string, number];
  killAfter?: number;
  /** What is heard of it is written down, or printed at once. */
  hear?: 'noted' | 'printed';
  /** A file that is made as soon as something is heard. */
  answer?: string;
  /** It is told this, as often as it says, and again what it prints, until it has printed so many pieces; then it is killed. */
  talk?: { first: [string, number]; times: number };
};

function toOrder({ input, killAfter: _, hear: __, answer: ___, talk, ...rest }: Draft): Order {
  const more = { ...rest, ...(talk ? { talk: true as const } : {}) };
  const order = { file: '/bin/sh', args: [], env: { PATH: '/usr/bin:/bin' }, maxOutput: 1_000_000, ...more };
  if (input === undefined) return order;
  return { ...order, input: typeof input === 'string' ? input : input[0].repeat(input[1]) };
}

/** Starts all at once. Of each, what came of it, and after how many ms. */
async function startAll(engine: Engine, [drafts = '']: string[]) {
  const begun = engine.ticks();
  const results = (JSON.parse(drafts) as Draft[]).map(async (draft) => {
    const pieces: string[] = [];
    const hear = (piece: string) => {
      if (draft.hear === 'printed') engine.out.write(piece);
      if (draft.answer !== undefined && pieces.length === 0) engine.files.create(draft.answer, 0o600);
      pieces.push(piece);
      if (!draft.talk) return;
      if (pieces.length < draft.talk.times) say?.(piece);
      else kill();
    };
    const hearErrors = (piece: string) => hear(`error ${piece}`);
    const heard = draft.hear ? { hear, ...(draft.talk ? { hearErrors } : {}) } : {};
    const { ended, kill, say } = engine.start({ ...toOrder(draft), ...heard });
    if (draft.talk) say?.(draft.talk.first[0].repeat(draft.talk.first[1]));
    if (draft.killAfter !== undefined) engine.after(draft.killAfter, kill);
    const found = await ended;
    return { ...found, took: engine.ticks() - begun, ...(draft.hear ? { pieces } : {}) };
  });
  return Promise.all(results);
}

/** Locks a file by a program that has it from us; asks by another open file, tells its name, and asks once more when it is closed. */
async function lockInherited({ files, start }: Engine, [path = '']: string[]) {
  const flock = (inherit: number) => start(toOrder({ file: '/usr/bin/flock', args: ['-x', '-n', '0'], inherit })).ended;
  const [ours, other] = [files.openLock(path), files.openLock(path)];
  const first = [await flock(ours), await flock(other)];
  const name = start(toOrder({ file: '/bin/readlink', args: ['/proc/self/fd/0'], inherit: ours }));
  const told = await name.ended;
  files.close(ours);
  return [...first, told, await flock(other)];
}

/** A call of `Files`; `{ file: 2 }` in its arguments is what the call number 2 returned. */
export type Call = [name: string, ...args: unknown[]];

async function useFiles({ files }: Engine, [calls = '']: string[]) {
  const results: { value?: unknown }[] = [];
  for (const [name, ...args] of JSON.parse(calls) as Call[]) {
    const given = args.map((arg) => {
      const { file, times, text } = (arg ?? {}) as { file?: number; times?: number; text?: string };
      if (times !== undefined) return text?.repeat(times);
      return file === undefined ? arg : results[file]?.value;
    });
    const call = files[name as keyof typeof files] as (...args: unknown[]) => unknown;
    results.push(await attempt(() => call(...given)));
  }
  return results;
}

/** Ends some programs, kills some, and counts those of both that are still there: as processes, and as what is left of them. */
async function countChildren(engine: Engine, [many = '']: string[]) {
  const { files } = engine;
  const children = () =>
    files
      .list('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const file = files.open(`/proc/${name}/stat`, true);
          const [, state, parent] = /\) (\w) (\d+)/.exec(files.readText(file)) ?? [];
          files.close(file);
          return Number(parent) === engine.pid ? [state] : [];
        } catch {
          return [];
        }
      });
  const run = (args: string[]) => engine.start(toOrder({ file: '/bin/sleep', args }));
  for (let i = 0; i < Number(many); i++) {
    const short = run(['0']);
    await short.ended;
    const long = run(['60']);
    long.kill();
    await long.ended;
  }
  await new Promise<void>((resolve) => void engine.after(1500, resolve));
  return children();
}

/** Starts programs that end soon, and is busy until long after something else is due. What came in which order. */
async function hearWhenBusy({ start, ticks, after }: Engine) {
  const done: string[] = [];
  // Node loads execa with the first one, however long that takes.
  await start(toOrder({ args: ['-c', ':'] })).ended;
  const programs = Array.from({ length: 10 }, () => start(toOrder({ args: ['-c', 'sleep 0.2; echo a'] })).ended);
  const heard = programs.map(async (ended) => done.push((await ended).stdout));
  await new Promise<void>((resolve) => void after(30, resolve));
  const late = new Promise<void>((resolve) => {
    after(20, () => {
      done.push('late');
      resolve();
    });
  });
  for (const begun = ticks(); ticks() - begun < 1000; );
  await Promise.all([...heard, late]);
  return done;
}

/** The clock, and things that are done later. */
async function tellTime({ ticks, after }: Engine) {
  const sleep = (ms: number) => new Promise<void>((resolve) => void after(ms, resolve));
  let [last, back] = [ticks(), 0];
  for (let i = 0; i < 20_000; i++) {
    const now = ticks();
    if (now < last) back += 1;
    last = now;
  }
  const begun = ticks();
  await sleep(50);
  const slept = ticks() - begun;
  const done: string[] = [];
  after(40, () => done.push('second'));
  after(20, () => done.push('first'));
  after(0, () => done.push('at once'));
  const cancel = after(10, () => done.push('never'));
  cancel();
  cancel();
  const late = after(1, () => done.push('soon'));
  await sleep(100);
  late();
  return { back, slept, done };
}
