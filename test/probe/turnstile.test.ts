import tap from 'tap';
import { Turnstile } from '../../lib/probe/turnstile.js';

tap.test('so many at a time, in their order', async (t) => {
  const turnstile = new Turnstile(2);
  const inside: string[] = [];
  const leave: Record<string, () => void> = {};
  const enter = (name: string) =>
    turnstile.enter((out) => {
      inside.push(name);
      leave[name] = out;
    });
  const [first, , , forgo] = ['a', 'b', 'c', 'd', 'e'].map(enter);
  t.strictSame(inside, ['a', 'b'], 'two at once');
  forgo?.();
  leave.b?.();
  leave.b?.();
  t.strictSame(inside, ['a', 'b', 'c'], 'who leaves twice makes room for one');
  first?.();
  t.strictSame(inside, ['a', 'b', 'c', 'e'], 'who waits no longer does not enter');
  leave.c?.();
  leave.e?.();
  enter('f');
  t.equal(inside.at(-1), 'f');
});
