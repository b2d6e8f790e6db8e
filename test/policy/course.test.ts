import tap from 'tap';
import type { Balance } from '../../lib/model.js';
import { courseOf } from '../../lib/policy/course.js';
import { grouped, makeConfig, makeWan } from '../make.js';

const BALANCE: Balance = { by: 'load', members: [{ name: 'wan1', weight: 7 }], moves: 0 };
const config = makeConfig([makeWan()], { mode: 'multiuplink', sticky: true, balance: 'load' });
const plain = { mode: 'multiuplink' as const, sticky: true };

tap.test('weights that were found count where they are asked for', async (t) => {
  t.strictSame(courseOf(config, BALANCE, []), { ...plain, weights: new Map([['wan1', 7]]) });
  t.strictSame(courseOf(config, undefined, []), plain);
  t.strictSame(courseOf({ ...config, balance: 'quality' }, BALANCE, []), plain, 'found for something else');
  const { balance: _, ...unasked } = config;
  t.strictSame(courseOf(unasked, BALANCE, []), plain);
  t.strictSame(courseOf({ ...config, mode: 'failover' }, BALANCE, []), { ...plain, mode: 'failover' });
});

tap.test('what is known of a WAN beside its status', async (t) => {
  const { asides } = courseOf(config, undefined, [
    { ...grouped({ name: 'wan1' }), spare: 'loss' },
    { ...grouped({ name: 'wan1/ipv6' }), dead: true },
    grouped({ name: 'wan2' }),
  ]);
  t.strictSame(asides && [...asides], [
    ['wan1', { spare: true }],
    ['wan1/ipv6', { dead: true }],
  ]);
});

tap.test('by which WAN a class of flows goes', async (t) => {
  const classes = { fast: [46], bulk: [8] };
  const adaptive = { ...config, balance: 'adaptive' as const, classes };
  const balance: Balance = { ...BALANCE, by: 'adaptive', choices: [{ of: 'bulk', name: 'wan1', moves: 0 }] };
  t.strictSame(courseOf(adaptive, balance, []).leads, { classes, choices: balance.choices });
  t.strictSame(courseOf(adaptive, undefined, []).leads, { classes, choices: [] });
  t.strictSame(
    courseOf(adaptive, { ...balance, by: 'load' }, []).leads,
    { classes, choices: [] },
    'of another balance',
  );
  t.equal(courseOf(config, BALANCE, []).leads, undefined, 'nobody asks');
});
