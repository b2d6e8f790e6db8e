import fc from 'fast-check';
import tap from 'tap';
import yargs from 'yargs';
import { DEFAULTS, readPlain } from '../../lib/cli/argv.js';

tap.test('what cron, hotplug and keepalived write', async (t) => {
  const CASES: [string, string | undefined, object?][] = [
    ['', 'check'],
    ['check', 'check'],
    ['check -v --json --no-color', 'check', { verbose: true, json: true, color: false }],
    ['check --if-started', 'check', { ifStarted: true }],
    ['check --if-started --if-due', 'check', { ifStarted: true, ifDue: true }],
    ['-n --config /a --state /b', 'check', { dryRun: true, config: '/a', state: '/b' }],
    ['status', 'status'],
    ['status --check', 'status', { check: true }],
    ['--version', 'version'],
  ];
  for (const [line, command, options] of CASES) {
    const plain = readPlain(line.split(' ').filter(Boolean));
    t.strictSame(
      plain,
      { command, options: { ...DEFAULTS, dryRun: false, check: false, ifStarted: false, ifDue: false, ...options } },
      line,
    );
  }
});

tap.test('what is for yargs', async (t) => {
  const lines = [
    'restore',
    '--help',
    'check --help',
    'check check',
    'status --version',
    'status --watch',
    'status -n',
    'status --if-started',
    'status --if-due',
    'check --early',
    'check --check',
    'check --dry-run=1',
    'check --config',
    'check --config relative',
    'check --config --json',
    'check --config=/a',
    'check -vn',
    'check -v -v',
    'check --no-json',
    'check --',
    '__proto__',
    'check constructor',
  ];
  for (const line of lines) t.equal(readPlain(line.split(' ')), undefined, line);
});

tap.test('what both understand means the same to both', async (t) => {
  const words = [
    'check',
    'status',
    '-v',
    '--verbose',
    '--json',
    '--no-color',
    '-n',
    '--dry-run',
    '--check',
    '--if-started',
    '--if-due',
  ];
  const values = ['--config', '--state', '/a', '/b'];
  const property = fc.property(fc.array(fc.constantFrom(...words, ...values), { maxLength: 6 }), (argv) => {
    const plain = readPlain(argv);
    fc.pre(plain !== undefined);
    const read = yargs()
      .parserConfiguration({ 'duplicate-arguments-array': false, 'dot-notation': false })
      .boolean(['verbose', 'json', 'color', 'dry-run', 'check', 'if-started', 'if-due'])
      .string(['config', 'state'])
      .alias({ v: 'verbose', n: 'dry-run' })
      .default({ ...DEFAULTS, 'dry-run': false, check: false, 'if-started': false, 'if-due': false })
      .parseSync(argv) as Record<string, unknown>;
    const { command, options } = plain as NonNullable<typeof plain>;
    const same = Object.entries(options).every(([name, value]) => read[name] === value);
    return same && (read._ as string[]).every((word) => word === command);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
