import tap from 'tap';
import type { Note } from '../../lib/import/draft.js';
import { noteLines } from '../../lib/import/notes.js';

const CASES: [name: string, notes: Note[], lines: string[]][] = [
  ['none', [], []],
  ['one of a line', [{ at: 3, what: 'a', text: 'b' }], ['line 3: a: b']],
  ['one of the file', [{ what: 'a', text: 'b' }], ['a: b']],
  ['one of a WAN', [{ at: 'Fibre', what: 'a', text: 'b' }], ['Fibre: a: b']],
  ['the same of several lines', [3, 9, 27].map((at) => ({ at, what: 'a', text: 'b' })), ['lines 3, 9 and 27: a: b']],
  ['the same twice of one line', [3, 3].map((at) => ({ at, what: 'a', text: 'b' })), ['line 3: a: b']],
  [
    'in the order of the file, what is about the whole first',
    [
      { at: 20, what: 'a', text: 'b' },
      { at: 5, what: 'c', text: 'd' },
      { what: 'e', text: 'f' },
      { at: 7, what: 'a', text: 'b' },
    ],
    ['e: f', 'line 5: c: d', 'lines 20 and 7: a: b'],
  ],
  [
    'what a value holds moves no cursor',
    [{ at: 'a\u001b[2J', what: 'b\n\u202e', text: 'c\u0000' }],
    ['a?[2J: b??: c?'],
  ],
  [
    'of many places, the first',
    Array.from({ length: 12 }, (_, i) => ({ at: i + 1, what: 'a', text: 'b' })),
    ['lines 1, 2, 3, 4, 5, 6, 7, 8 and 4 more: a: b'],
  ],
];

tap.test('notes as lines', async (t) => {
  for (const [name, notes, lines] of CASES) t.strictSame(noteLines(notes), lines, name);
});

tap.test('a file that has much to be said of does not flood the screen', async (t) => {
  const lines = noteLines(
    Array.from({ length: 5000 }, (_, i) => ({ at: i + 1, what: `a${i}`, text: 'b'.repeat(9000) })),
  );
  t.equal(lines.length, 201);
  t.equal(lines.at(-1), 'and 4800 more');
  t.ok(lines.every((line) => line.length < 600));
});
