import tap from 'tap';
import yargs from 'yargs';
import { DEFAULTS } from '../../lib/cli/argv.js';
import { readBehind } from '../../lib/cli/behind.js';

const read = (line: string) => readBehind(line.split(' '), DEFAULTS);

tap.test('what a round starts behind itself', async (t) => {
  const CASES: [line: string, options: object][] = [
    ['shape --seconds 55', { seconds: 55 }],
    [
      'shape --config /a --state /b --seconds 295 dsl lte',
      { ...{ config: '/a', state: '/b' }, seconds: 295, shaper: ['dsl', 'lte'] },
    ],
    ['shape --verbose --dry-run --seconds 5 7', { ...{ verbose: true, dryRun: true }, seconds: 5, shaper: ['7'] }],
    ['routeros --config /a --state /b --seconds 55', { config: '/a', state: '/b', seconds: 55 }],
  ];
  for (const [line, options] of CASES) {
    const [command] = line.split(' ');
    t.strictSame(read(line), { command, options: { ...DEFAULTS, dryRun: false, ...options } }, line);
    const { _, shaper, ...other } = yargs()
      .parserConfiguration({ 'dot-notation': false })
      .command('shape [shaper..]', '', (args) => args.positional('shaper', { type: 'string', array: true }))
      .string(['config', 'state'])
      .boolean(['verbose', 'dry-run'])
      .parseSync(line.split(' ')) as Record<string, unknown>;
    t.match({ ...other, ...(shaper ? { shaper } : {}) }, options, `${line}: the same to yargs`);
  }
});

tap.test('what is for yargs', async (t) => {
  const lines = [
    ...['shape', 'shape dsl', 'shape --help', 'shape --verbose', 'check --seconds 5', 'history --seconds 5'],
    ...['shape --seconds', 'shape --seconds 0', 'shape --seconds 5.5', 'shape --seconds -5', 'shape --seconds many'],
    ...[
      'shape dsl --seconds 5',
      'shape --seconds 5 --verbose',
      'shape --seconds 5 --seconds 6',
      'shape --seconds 5 -n',
    ],
    ...['shape --if-due --seconds 5', 'shape --if-started --seconds 5', 'shape --watch --seconds 5'],
    ...['routeros --seconds 5 dsl', 'routeros --record /a --seconds 5', 'routeros --config relative --seconds 5'],
  ];
  for (const line of lines) t.equal(read(line), undefined, line);
});
