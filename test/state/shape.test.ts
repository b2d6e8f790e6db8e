import fc from 'fast-check';
import tap from 'tap';
import { formatShape, parseShape, type ShapeState } from '../../lib/state/shape.js';

const decision = {
  rate: 17_300,
  colour: 'GREEN',
  reason: 'it holds',
  load: 0.93,
  achieved: 16_000,
  delay: 3.2,
} as const;
const STATE: ShapeState = {
  bootId: 'boot-1',
  worker: { pid: 4711, until: 123_456 },
  lines: [
    {
      name: 'line',
      wan: 'wan',
      at: 100_000,
      quiet: false,
      problems: ['a0: no'],
      decisions: { up: decision, down: { ...decision, blocker: 'nothing is known' } },
    },
    { name: 'other', wan: 'wanb', at: 90_000, quiet: true, problems: [], decisions: {} },
  ],
};

tap.test('what is written is read again', async (t) => {
  t.strictSame(parseShape(formatShape(STATE), 'boot-1'), STATE);
  const { worker: _, ...idle } = STATE;
  t.strictSame(parseShape(formatShape(idle), 'boot-1'), idle);
});

tap.test('that of another boot or version means nothing', async (t) => {
  t.equal(parseShape(formatShape(STATE), 'boot-2'), undefined);
  t.equal(parseShape(formatShape(STATE).replace('"version":1', '"version":2'), 'boot-1'), undefined);
});

tap.test('of what is damaged, the rest stays', async (t) => {
  const [line, other] = STATE.lines;
  const CASES: [what: string, lines: unknown, expected: unknown[]][] = [
    ['no list', 7, []],
    ['a name for a screen', [{ ...line, name: '\u001b[2J' }, other], [other]],
    ['no time', [{ ...line, at: 'x' }, other], [other]],
    ['a rate of nothing', [{ ...line, decisions: { up: { ...decision, rate: 0 } } }], [{ ...line, decisions: {} }]],
    ['a rate below', [{ ...line, decisions: { up: { ...decision, rate: -5 } } }], [{ ...line, decisions: {} }]],
    ['another colour', [{ ...line, decisions: { up: { ...decision, colour: 'BLUE' } } }], [{ ...line, decisions: {} }]],
    [
      'no problems',
      [{ ...line, problems: [null, 'x'], decisions: null }],
      [{ ...line, problems: ['x'], decisions: {} }],
    ],
  ];
  for (const [what, lines, expected] of CASES) {
    const text = JSON.stringify({ version: 1, bootId: 'boot-1', lines });
    t.strictSame(parseShape(text, 'boot-1')?.lines, expected, what);
  }
  t.strictSame(parseShape('{"version":1,"bootId":"boot-1","worker":{"pid":-1},"lines":[]}', 'boot-1'), {
    bootId: 'boot-1',
    lines: [],
  });
});

tap.test('and whatever stands there, it is no harm', async (t) => {
  fc.assert(
    fc.property(fc.json(), fc.json(), (lines, worker) => {
      const text = `{"version":1,"bootId":"boot-1","lines":${lines},"worker":${worker}}`;
      const read = parseShape(text, 'boot-1');
      return read !== undefined && parseShape(formatShape(read), 'boot-1') !== undefined;
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseShape(text, 'boot-1') === undefined));
  t.pass('without a throw');
});
