import tap, { type Test } from 'tap';
import { createEngine } from '../../lib/engine/node/engine.js';
import { createQueues, type Wish } from '../../lib/run/shape-queues.js';
import type { Child, Finished, StartOptions } from '../../lib/system/exec.js';
import { Machine } from '../machine.js';

/** Devices with their roots, and a tc that knows them as the real one does: a change by another handle, or of another kind, is refused. */
class Kernel {
  readonly roots: Record<string, { kind: string; handle: string; rate: number }> = {
    up: { kind: 'cake', handle: '7700:', rate: 15_000 },
    down: { kind: 'cake', handle: '8001:', rate: 40_000 },
  };
  /** Processes that were started. */
  started = 0;
  /** Devices that were asked for, each time. */
  readonly asked: string[] = [];
  /** What it waits for before it does anything. */
  pause = async (): Promise<unknown> => undefined;
  /** What it does in place of its work. */
  fault: 'none' | 'hangs' | 'dies' | 'floods' | 'lies' | 'babbles' | 'ignores' | 'is missing' = 'none';
  private timers: { work: () => void }[] = [];

  readonly engine = {
    ...createEngine(),
    after: (ms: number, work: () => void) => {
      if (ms === 0) setImmediate(work);
      else this.timers.push({ work });
      return () => {
        this.timers = this.timers.filter((timer) => timer.work !== work);
      };
    },
  };

  readonly exec = {
    ...new Machine().exec,
    start: (program: string, args: string[], { hear, hearErrors, talk }: StartOptions): Child => {
      if (`${program} ${args.join(' ')} ${talk}` !== 'tc -j -force -batch - true') throw new Error(`${args}`);
      this.started += 1;
      const missing = { stdout: '', stderr: '', failure: 'not found', unstarted: true } as const;
      if (this.fault === 'is missing') return { finished: Promise.resolve(missing), kill: () => {} };
      let end: (how: Finished) => void = () => {};
      const finished = new Promise<Finished>((resolve) => {
        end = resolve;
      });
      let [number, isOver] = [0, false];
      const say = async (text: string) => {
        await this.pause();
        if (this.fault === 'dies') end({ stdout: '', stderr: '', failure: 'ended by SIGSEGV' });
        // Time flies.
        if (this.fault === 'hangs') for (const { work } of this.timers.splice(0)) work();
        if (this.fault === 'floods') hear?.('['.repeat(1_000_001));
        if (isOver || ['dies', 'hangs', 'floods'].includes(this.fault)) return;
        for (const line of text.trim().split('\n')) {
          number += 1;
          const { answer, why } = this.obey(line);
          // In two pieces, and what is wrong behind what is right, as it may be heard.
          const tell = (text: string, told?: (piece: string) => void) => {
            told?.(text.slice(0, 9));
            told?.(text.slice(9));
          };
          const error = `${why}\nCommand failed -:${number}\n`;
          if (why !== undefined) setImmediate(() => tell(error, hearErrors));
          if (answer !== undefined) tell(`${answer}\n`, hear);
        }
      };
      const kill = () => {
        isOver = true;
        end({ stdout: '', stderr: '', failure: 'stopped' });
      };
      return { finished, say, kill };
    },
  };

  private obey(line: string): { answer?: string; why?: string } {
    const [, verb, device = '', handle, kind, kbit] =
      /^qdisc (show|change) dev (\S+)(?: root handle (\S+) (\S+) bandwidth (\d+)kbit)?$/.exec(line) ?? [];
    const root = this.roots[device];
    if (!verb) throw new Error(line);
    if (!root) return { why: `Cannot find device "${device}"` };
    if (verb === 'show') {
      this.asked.push(device);
      return { answer: this.show(root) };
    }
    if (root.handle !== handle) return { why: 'Error: Failed to find specified qdisc.' };
    if (root.kind !== kind) return { why: 'Error: Invalid qdisc name: must match existing qdisc.' };
    if (this.fault !== 'ignores') root.rate = Number(kbit);
    return {};
  }

  private show({ kind, handle, rate }: { kind: string; handle: string; rate: number }): string {
    if (this.fault === 'babbles') return '{"kind":';
    const bandwidth = this.fault === 'lies' ? 0 : rate * 125;
    return JSON.stringify([{ kind, handle, root: true, options: { bandwidth } }]);
  }
}

/** Lets all that goes on come to its end. */
async function settle() {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function looking(t: Test) {
  const kernel = new Kernel();
  const complaints: string[] = [];
  let now = 1000;
  const queues = createQueues(kernel, () => now);
  const wish = (device: string, rate?: number): Wish => ({
    device,
    failed: (why) => complaints.push(`${device}: ${why}`),
    ...(rate === undefined ? {} : { rate }),
  });
  /** One tick, 100 ms after the one before. */
  const turn = async (...wishes: Wish[]) => {
    now += 100;
    queues.turn(wishes, now);
    await settle();
  };
  const said = () => complaints.splice(0);
  const started = () => {
    const { started } = kernel;
    kernel.started = 0;
    return started;
  };
  t.equal(queues.hasCake('up'), undefined, 'nobody has asked yet');
  return { kernel, queues, wish, turn, said, started };
}

tap.test('it is asked seldom, for all, and by one process that stays', async (t) => {
  const { queues, wish, turn, said, started } = await looking(t);
  await turn(wish('up'), wish('down'));
  t.strictSame([queues.hasCake('up'), queues.hasCake('down')], [true, true]);
  t.strictSame(queues.news('up'), { at: 1100, rate: 15_000 });
  t.equal(queues.news('up'), undefined, 'that is told once');
  for (let i = 0; i < 30; i++) await turn(wish('up', 15_000), wish('down'));
  t.equal(started(), 1);
  await turn();
  t.strictSame([started(), said()], [0, []]);
});

tap.test('rates are set at once, and it is seen that they are', async (t) => {
  const { kernel, queues, wish, turn, said, started } = await looking(t);
  await turn(wish('up'), wish('down'));
  await turn(wish('up', 12_000), wish('down', 30_000));
  t.strictSame([kernel.roots.up?.rate, kernel.roots.down?.rate], [12_000, 30_000]);
  t.equal(queues.news('up')?.rate, 12_000);
  await turn(wish('up', 12_000), wish('down', 30_000));
  t.strictSame([started(), said()], [1, []]);
  kernel.asked.splice(0);
  await turn(wish('up', 11_000), wish('down', 30_000));
  t.strictSame(kernel.asked, ['up'], 'of the one that changes');
  for (let i = 0; i < 10; i++) await turn(wish('up', 11_000), wish('down', 30_000));
  t.strictSame(kernel.asked, ['up', 'down', 'up'], 'of each a second after the last time');
});

tap.test('what somebody else sets is taken back at once when it is seen, and nobody is blamed', async (t) => {
  const { kernel, queues, wish, turn, said, started } = await looking(t);
  await turn(wish('up'));
  await turn(wish('up', 12_000));
  if (kernel.roots.up) kernel.roots.up.rate = 50_000;
  for (let i = 0; i < 9 && queues.news('up')?.rate !== 50_000; i++) await turn(wish('up', 12_000));
  for (let i = 0; i < 2; i++) await turn(wish('up', 12_000));
  t.strictSame([kernel.roots.up?.rate, said()], [12_000, []]);
  t.equal(started(), 1);
});

tap.test('who waits for the end', async (t) => {
  const { kernel, queues, wish, turn } = await looking(t);
  await turn(wish('up'));
  let over = false;
  kernel.pause = () => new Promise((resolve) => setImmediate(resolve)).then(() => (over = true));
  queues.turn([wish('up', 12_000)], 1200);
  await queues.ended();
  t.strictSame([over, kernel.roots.up?.rate, queues.news('up')?.rate], [true, 12_000, 12_000]);
});

tap.test('what somebody has put in its place is left alone', async (t) => {
  const { kernel, queues, wish, turn, said } = await looking(t);
  await turn(wish('up'));
  kernel.roots.up = { kind: 'fq_codel', handle: '8009:', rate: 1 };
  await turn(wish('up', 9000));
  t.strictSame(kernel.roots.up, { kind: 'fq_codel', handle: '8009:', rate: 1 });
  t.equal(queues.hasCake('up'), false);
  t.match(said(), [/^up: the rate cannot be set: /, /^up: its queue is fq_codel and no CAKE; it is left alone$/]);
  kernel.roots.up = { kind: 'cake', handle: '8010:', rate: 77_000 };
  for (let i = 0; i < 12; i++) await turn(wish('up', 9000));
  t.strictSame(kernel.roots.up, { kind: 'cake', handle: '8010:', rate: 9000 }, 'but another CAKE is steered');
});

tap.test('and so is what was in its place from the beginning', async (t) => {
  const { kernel, queues, wish, turn } = await looking(t);
  kernel.roots.up = { kind: 'fq_codel', handle: '8009:', rate: 1 };
  for (let i = 0; i < 30; i++) await turn(wish('up', 9000));
  t.strictSame([kernel.roots.up.rate, queues.hasCake('up')], [1, false]);
});

tap.test('a device that goes does no harm to the other', async (t) => {
  const { kernel, queues, wish, turn, said } = await looking(t);
  await turn(wish('up'), wish('down'));
  delete kernel.roots.up;
  await turn(wish('up', 9000), wish('down', 30_000));
  t.equal(kernel.roots.down?.rate, 30_000);
  t.equal(queues.news('down')?.rate, 30_000, 'no answer is taken for that of another');
  t.match(said(), [/^up: the rate cannot be set: tc: Cannot find device "up"$/, /^up: the queue cannot be seen: /]);
});

tap.test('a tc that does not do its work', async (t) => {
  const CASES: [fault: Kernel['fault'], complaint: RegExp, hasCake: boolean][] = [
    ['hangs', /^up: the queue cannot be seen: tc: no answer in 5 s$/, false],
    ['dies', /^up: the queue cannot be seen: tc: ended by SIGSEGV$/, false],
    ['floods', /^up: the queue cannot be seen: tc: printed far too much$/, false],
    ['is missing', /^up: the queue cannot be seen: tc: not found$/, false],
    ['babbles', /^up: the queue cannot be seen: tc: its answer is not understood$/, false],
    ['lies', /^up: tc does not set the rate that it is told$/, true],
    ['ignores', /^up: tc does not set the rate that it is told$/, true],
  ];
  for (const [fault, complaint, hasCake] of CASES) {
    const { kernel, queues, wish, turn, said, started } = await looking(t);
    await turn(wish('up'));
    kernel.fault = fault;
    // One that runs would go on.
    if (fault === 'is missing') queues.stop();
    for (let i = 0; i < 100; i++) await turn(wish('up', 9000));
    t.ok(
      said().some((text) => complaint.test(text)),
      fault,
    );
    t.equal(queues.hasCake('up'), hasCake, fault);
    t.ok(started() <= 14, `${fault}: it is not tried all the time`);
    kernel.fault = 'none';
    for (let i = 0; i < 12; i++) await turn(wish('up', 8000));
    t.strictSame([kernel.roots.up?.rate, queues.hasCake('up')], [8000, true], `${fault}, and no more`);
  }
});

tap.test('as long as one answer is missing, the one before stands', async (t) => {
  const { kernel, queues, wish, turn } = await looking(t);
  kernel.fault = 'hangs';
  await turn(wish('up'));
  t.equal(queues.hasCake('up'), undefined, 'tc may still say it');
  kernel.fault = 'none';
  for (let i = 0; i < 11; i++) await turn(wish('up'));
  t.equal(queues.hasCake('up'), true);
  kernel.fault = 'hangs';
  for (let i = 0; i < 11; i++) await turn(wish('up'));
  t.equal(queues.hasCake('up'), true);
});
