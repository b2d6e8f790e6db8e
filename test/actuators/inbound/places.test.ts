import tap from 'tap';
import { placesOfAnswers, placesOfFlows } from '../../../lib/actuators/inbound/places.js';
import type { Rule } from '../../../lib/model.js';

const rule = (priority: number, more: Partial<Rule> = {}): Rule => ({
  ...{ priority, table: '9', main: false, conditional: true, protocol: '3' },
  ...more,
});
const MAIN = rule(32766, { table: '254', main: true, conditional: false });
/** Ours: to table main, and to the line's. */
function m(priority: number, mark = 1, suppress = 1): Rule {
  return rule(priority, { main: true, mark, suppress, protocol: '77' });
}
function own(priority: number, mark = 1): Rule {
  return rule(priority, { mark, protocol: '77' });
}

tap.test('flows: behind all others, before table main', async (t) => {
  const CASES: [what: string, rules: Rule[] | undefined, places: [number, number] | undefined][] = [
    ['not known', undefined, [32764, 32765]],
    ['none', [MAIN], [32764, 32765]],
    ['no table main', [rule(5)], [32764, 32765]],
    ['others', [rule(5), rule(30000), MAIN, rule(32767)], [32764, 32765]],
    ['ours are there', [rule(5), m(32764), own(32765), MAIN], [32764, 32765]],
    ['made without a priority', [rule(32763), m(32764), own(32765), MAIN], [32764, 32765]],
    ['was there before', [rule(32764), MAIN], [32764, 32765]],
    ['and ours behind it', [rule(32764), m(32764), own(32765), MAIN], [32764, 32765]],
    ['directly before', [rule(32764), rule(32765), MAIN], [32765, 32765]],
    ['and ours behind them', [rule(32765), m(32765), own(32765), m(32765, 2), own(32765, 2), MAIN], [32765, 32765]],
    ['one has gone', [m(32765), own(32765), MAIN], [32764, 32765]],
    ['one has come behind ours', [m(32764), own(32765), rule(32765), MAIN], undefined],
    ['or between', [m(32764), rule(32764), own(32765), MAIN], undefined],
    ['the first of ours has gone', [rule(32765), own(32765), MAIN], undefined],
    ['that of another length does not count', [rule(32765), m(32765, 1, 8), own(32765), MAIN], undefined],
    ['that of another mark does not count', [rule(32765), m(32765, 2), own(32765), MAIN], undefined],
    ['answers', [m(770), own(771), rule(1001), MAIN], [32764, 32765]],
    ['wg-quick', [rule(32764, { main: true, conditional: false, suppress: 0 }), rule(32765), MAIN], [32765, 32765]],
    ['table main is first', [{ ...MAIN, priority: 100 }, rule(200)], [98, 99]],
    ['no room', [{ ...MAIN, priority: 1 }], undefined],
  ];
  for (const [what, rules, places] of CASES) t.strictSame(placesOfFlows(1, rules), places, what);
});

tap.test('answers: before all others', async (t) => {
  t.strictSame(placesOfAnswers(), [770, 771]);
  t.strictSame(placesOfAnswers([rule(0), rule(700), MAIN]), [698, 699]);
  t.strictSame(placesOfAnswers([own(5), rule(2)]), [1, 2], 'as far as there is room');
});
