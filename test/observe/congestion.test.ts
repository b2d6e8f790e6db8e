import tap from 'tap';
import { parseCongestion } from '../../lib/observe/congestion.js';
import { formatShape, type ShapedLine } from '../../lib/state/shape.js';

const decision = { rate: 5000, colour: 'GREEN' as const, reason: '', load: 0.5, achieved: 2500, delay: 3 };
const line: ShapedLine = {
  name: 's',
  wan: 'wan',
  at: 120_500,
  quiet: false,
  problems: [],
  decisions: { up: decision },
};
const text = (...lines: ShapedLine[]) => formatShape({ bootId: 'boot', lines });

tap.test('the worse direction speaks for the line', async (t) => {
  const [up, down] = [
    { ...decision, colour: 'YELLOW' as const, delay: 40 },
    { ...decision, colour: 'RED' as const, delay: 90 },
  ];
  t.strictSame(
    parseCongestion(text({ ...line, decisions: { up, down } }, { ...line, name: 'b', wan: 'wanb', quiet: true })),
    [
      { wan: 'wan', bootId: 'boot', at: 120.5, quiet: false, colour: 'RED', delay: 90 },
      { wan: 'wanb', bootId: 'boot', at: 120.5, quiet: true, colour: 'GREEN', delay: 3 },
    ],
  );
});

tap.test('what says nothing', async (t) => {
  for (const foreign of [
    '',
    '{}',
    'null',
    '{"bootId":"boot"}',
    '{"version":1,"bootId":7,"lines":[]}',
    text({ ...line, decisions: {} }),
  ])
    t.strictSame(parseCongestion(foreign), [], foreign);
});
