import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { asText } from '../../lib/json.js';
import { createTape } from '../../lib/replay/tape.js';

/** Answers, in the order of their calls: `look=1`, `act<input=done`. */
function tapeOf(...words: string[]) {
  const calls = words.map((text) => {
    const [, call = '', , input, answer] = /^(\w+)(<(\w+))?=(.*)$/.exec(text) ?? [];
    return { call, ...(input === undefined ? {} : { input }), answer };
  });
  const take = createTape(calls, (call) => call === 'act');
  return (call: string, input?: string) => take(call, asText, input);
}

tap.test('answers come in the order of each call, and are told apart by their input', async (t) => {
  const take = tapeOf('look=1', 'ask=yes', 'look<a=2', 'look=3', 'look<b=4');
  t.strictSame(
    [take('look', 'b'), take('look'), take('look', 'a'), take('look'), take('ask')],
    ['4', '1', '2', '3', 'yes'],
  );
});

const end = (call: string) => ({
  constructor: Trouble,
  exitCode: EXIT.config,
  message: `the recorded round did not do this, so its recording ends here: ${call}`,
});

tap.test('who asks once more gets the last answer, as long as nothing was done', async (t) => {
  const take = tapeOf('look=1', 'look=2', 'act=done');
  t.strictSame([take('look'), take('look'), take('look'), take('look')], ['1', '2', '2', '2']);
  t.equal(take('act'), 'done');
  t.throws(() => take('look'), end('look'), 'what it did may have changed that');
});

tap.test('what was seen after something was done is still to be had', async (t) => {
  const take = tapeOf('look=1', 'act=done', 'look=2');
  t.strictSame([take('look'), take('act'), take('look'), take('look')], ['1', 'done', '2', '2']);
});

tap.test('what was never done is not done in a replay, nor twice', async (t) => {
  const take = tapeOf('look=1', 'act<this=done');
  t.throws(() => take('act', 'that\nand this'), { ...end('act'), remedy: ['that', 'and this'] });
  t.throws(() => take('ask'), end('ask'));
  t.equal(take('act', 'this'), 'done');
  t.throws(() => take('act', 'this'), end('act'));
});

tap.test('an answer that is none', async (t) => {
  const take = createTape([{ call: 'look', answer: 7 }], () => false);
  t.throws(() => take('look', asText), {
    exitCode: EXIT.config,
    message: "calls.json cannot be replayed: the answer to 'look' is none",
  });
});
