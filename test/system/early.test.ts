import tap from 'tap';
import type { Now, Probe, Wan } from '../../lib/model.js';
import { readAnswers, withAnswers, withBeginning } from '../../lib/system/early.js';
import type { Exec } from '../../lib/system/exec.js';

const IP = ['-N', '-j'];
const PING = ['-n', '-c', '1', '-W', '2', '-I', 'eth1', '1.1.1.1'];
const ANSWER =
  'PING 1.1.1.1 (1.1.1.1)\n64 bytes from 1.1.1.1: time=5.00 ms\n\n1 packets transmitted, 1 received, 0% packet loss';
const LOST = 'PING 1.1.1.1 (1.1.1.1)\n\n1 packets transmitted, 0 received, 100% packet loss';
const say = (...answers: [string, string][]) => answers.map(([call, output]) => `${call}\n${output}\n.\n`).join('');

/** Calls that were started for real come back as what they printed, in brackets. */
const REAL = {
  start: (program: string, args: string[]) => ({
    finished: Promise.resolve({ stdout: `[${[program, ...args].join(' ')}]`, stderr: '', exitCode: 0 }),
    kill: () => {},
  }),
} as unknown as Exec;

function session(text: string) {
  const exec = withAnswers(REAL, readAnswers(text));
  return async (program: string, args: string[]) =>
    (await exec.start(program, args, { timeout: 1000 }).finished).stdout;
}

tap.test('answers that are there, each for one call', async (t) => {
  const ask = session(say(['ip -N -j', '[]\n[]'], ['ping eth1 1.1.1.1', ANSWER], ['ping eth2 1.1.1.1', LOST]));
  t.equal(await ask('ping', PING), ANSWER, 'in any order');
  t.match(await ask('ping', ['-I', 'eth2', '1.1.1.1']), /^\[ping/, 'but silence, which was not waited for long enough');
  t.equal(await ask('ip', IP), '[]\n[]');
  t.equal(await ask('ip', IP), '[ip -N -j]', 'a second look is a real one');
});

tap.test('a ping changes nothing', async (t) => {
  const ask = session(say(['ip -N -j', '[]'], ['ping eth1 1.1.1.1', ANSWER]));
  t.match(await ask('ping', ['-I', 'eth1', '8.8.8.8']), /^\[/, 'a target that was silent');
  t.equal(await ask('ping', PING), ANSWER);
});

tap.test('the rest is old once something was started', async (t) => {
  const ask = session(say(['ip -N -j', '[]'], ['ping eth1 1.1.1.1', ANSWER]));
  t.equal(await ask('ip', ['-batch', '-']), '[ip -batch -]');
  t.equal(await ask('ip', IP), '[ip -N -j]');
  t.match(await ask('ping', PING), /^\[ping -n/);
});

tap.test('what is no answer', async (t) => {
  const CASES: [string, string][] = [
    ['nothing', ''],
    ['no end', 'ip -N -j\n[]\n'],
    ['no line break behind the dot', 'ip -N -j\n[]\n.'],
    ['only a call', 'ip -N -j\n.\n'],
    ['another call', say(['ip -j', '[]'])],
    ['more of a call', say(['ip -N -j x', '[]'])],
    ['a name that every object has', say(['constructor', '[]'])],
    ['zeros', '\0'.repeat(1000)],
  ];
  for (const [what, text] of CASES) t.equal(await session(text)('ip', IP), '[ip -N -j]', what);
  for (const output of [
    '',
    'ping: bad address',
    'PING 1.1.1.1 (1.1.1.1): 56 data bytes',
    ANSWER.replace('1 received', ''),
  ]) {
    t.match(await session(say(['ping eth1 1.1.1.1', output]))('ping', PING), /^\[ping/, output);
  }
});

tap.test('the round began when the answers were asked for', async (t) => {
  const clock = (uptime: number) => (): Now => ({ wall: 1e9, uptime, bootId: 'b' });
  const begin = (text: string) => {
    const { now } = withBeginning({ now: clock(100), probe: async () => ({}) as Probe }, readAnswers(text));
    return [now().uptime, now().uptime];
  };
  t.strictSame(begin(say(['uptime', '98.50'])), [98.5, 100], 'and ends by the clock');
  for (const odd of ['', say(['uptime', 'x']), say(['uptime', '100.01']), say(['ip', '5'])])
    t.strictSame(begin(odd), [100, 100], odd);
});

tap.test('a packet that was lost before is lost', async (t) => {
  const seen: Probe = { answered: true, failures: 0, targets: [], sent: 3, lost: 1 };
  const answers = readAnswers(
    say(
      ['ping eth1 1.1.1.1', LOST],
      ['ping eth1 8.8.8.8', ANSWER],
      ['ping eth2 8.8.8.8', LOST],
      ['ping eth1 9.9.9.9', LOST],
    ),
  );
  const { probe } = withBeginning(
    { now: () => ({}) as Now, probe: async (_wan: Wan, _device: string, _attempts: number) => seen },
    answers,
  );
  const wan = { targets: ['1.1.1.1', '8.8.8.8'] } as Wan;
  t.strictSame(await probe(wan, 'eth1', 2), { ...seen, sent: 4, lost: 2 });
  t.strictSame(await probe(wan, 'eth3', 2), seen);
});
