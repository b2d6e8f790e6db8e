import fc from 'fast-check';
import tap from 'tap';
import type { Kind } from '../lib/actuators/actuator.js';
import { change, diff } from '../lib/diff.js';
import type { Change } from '../lib/model.js';

/** A letter with a number, which is its content: `a1`; with a star it is ours: `a1*`. Of one letter, only one counts. */
type Thing = string;

/** Ours with an early letter take each other's place at once, later ones come behind, and go first by their letter. */
const KIND: Kind<Thing> = {
  key: (thing) => thing[0] as string,
  same: (a, b) => a === b,
  ours: (thing) => thing.endsWith('*'),
  rank: (thing) => thing.charCodeAt(0),
  renewal: (thing) => (thing < 'd' ? 'replace' : 'append'),
  sentence: (verb, thing) => `${verb} the ${thing}`,
  command: (verb, thing) => ['pencil', verb, thing],
};

const isForeign = (thing: Thing) => !KIND.ours(thing);
const lettersOf = (things: Thing[]) => new Set(things.map(KIND.key));

/** Things in a row; refuses what a table of a kernel would refuse. */
function applyTo(things: Thing[], { verb, thing }: Change<Thing>): Thing[] {
  const others = things.filter((other) => other !== thing);
  if (verb === 'del') {
    if (others.length === things.length) throw new Error(`${thing} is not there`);
    return others;
  }
  if (others.length < things.length) throw new Error(`${thing} is there already`);
  const rivals = things.filter((other) => KIND.ours(other) && KIND.key(other) === KIND.key(thing));
  if (verb === 'replace') return things.map((other) => (rivals.includes(other) ? thing : other));
  if (verb === 'add' && rivals.length > 0) throw new Error(`a ${thing} is there already`);
  return [...things, thing];
}

const apply = (things: Thing[], changes: Change<Thing>[]) => changes.reduce(applyTo, things);
const words = (wanted: Thing[], present: Thing[]) =>
  diff(KIND, wanted, present).map(({ verb, thing }) => `${verb} ${thing}`);

const CASES: [what: string, wanted: Thing[], present: Thing[], changes: string[]][] = [
  ['nothing at all', [], [], []],
  ['all is there', ['a1*', 'e1*'], ['e1*', 'a1*', 'x1'], []],
  ['what is not there', ['a1*'], [], ['add a1*']],
  ['what is there of others only', ['a1*'], ['b1'], ['add a1*']],
  ['what is not wanted any more', [], ['a1*', 'b1'], ['del a1*']],
  ['what is otherwise, in its place', ['a2*'], ['a1*'], ['replace a2*']],
  ['what is otherwise, behind it', ['e2*'], ['e1*'], ['append e2*', 'del e1*']],
  ['what a cut-off round left', ['e2*'], ['e1*', 'e2*'], ['del e1*']],
  ['and what it left of two', ['e3*'], ['e1*', 'e2*'], ['append e3*', 'del e2*', 'del e1*']],
  [
    'the low ones come first and go last',
    ['f1*', 'a1*', 'e1*'],
    ['h1*', 'b1*', 'g1*'],
    [...['add a1*', 'add e1*', 'add f1*'], ...['del h1*', 'del g1*', 'del b1*']],
  ],
];

tap.test('what is to be done, and in which order', async (t) => {
  for (const [what, wanted, present, expected] of CASES) t.strictSame(words(wanted, present), expected, what);
});

tap.test('a change has its words, too', async (t) => {
  const expected = { verb: 'add', thing: 'a1*', sentence: 'add the a1*', command: ['pencil', 'add', 'a1*'] };
  t.strictSame(change(KIND, 'add', 'a1*'), expected);
  t.strictSame(diff(KIND, ['a1*'], []), [expected]);
});

const letter = fc.constantFrom(...'abcdefgh');
const digit = fc.constantFrom(...'123');
const thing = (star: string) => fc.tuple(letter, digit).map((parts) => `${parts.join('')}${star}`);
/** Of what is replaced at once, no two are there. */
const identity = (name: Thing) => (KIND.renewal(name) === 'replace' ? KIND.key(name) : name);
const table = fc.record({
  foreign: fc.uniqueArray(thing(''), { maxLength: 6 }),
  ours: fc.uniqueArray(thing('*'), { maxLength: 8, selector: identity }),
  mix: fc.boolean(),
  wanted: fc.uniqueArray(thing('*'), { maxLength: 8, selector: KIND.key }),
});

/** From any table to any wish: `holds` throws where something does not. */
function always(
  holds: (changes: Change<Thing>[], present: Thing[], wanted: Thing[]) => void,
): fc.IPropertyWithHooks<unknown> {
  return fc.property(table, ({ foreign, ours, mix, wanted }) => {
    const present = mix ? [...ours, ...foreign] : [...foreign, ...ours];
    const free = wanted.filter((name) => !lettersOf(foreign).has(KIND.key(name)));
    holds(diff(KIND, free, present), present, free);
  });
}

const RUNS = { numRuns: 5000 };

tap.test('it ends with what is wanted and what others have, and then rests', async (t) => {
  const property = always((changes, present, wanted) => {
    const after = apply(present, changes);
    const expected = [...present.filter(isForeign), ...wanted];
    if (`${[...after].sort()}` !== `${expected.sort()}`) throw new Error(`${after}, not ${expected}`);
    const again = diff(KIND, wanted, after);
    if (again.length > 0) throw new Error(`again: ${again.map(({ sentence }) => sentence)}`);
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('what others have is never touched, not for a moment', async (t) => {
  const property = always((changes, present) => {
    if (changes.some((one) => isForeign(one.thing))) throw new Error('a change of what is not ours');
    let now = present;
    for (const one of changes) {
      now = applyTo(now, one);
      if (`${now.filter(isForeign)}` !== `${present.filter(isForeign)}`) throw new Error(`${now}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('at no moment is less there than before and after', async (t) => {
  const property = always((changes, present) => {
    const [before, after] = [lettersOf(present), lettersOf(apply(present, changes))];
    let now = present;
    for (const one of changes) {
      now = applyTo(now, one);
      const there = lettersOf(now);
      if (there.size < Math.min(before.size, after.size)) throw new Error(`${now}: less than before and after`);
      for (const key of before) if (after.has(key) && !there.has(key)) throw new Error(`${now}: no ${key}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('additions by rising rank, then removals by falling rank', async (t) => {
  const property = always((changes) => {
    const place = ({ verb, thing: name }: Change<Thing>) => (verb === 'del' ? 1000 - KIND.rank(name) : KIND.rank(name));
    const places = changes.map(place);
    if (places.some((one, i) => one < (places[i - 1] ?? 0))) throw new Error(`${places}`);
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});
