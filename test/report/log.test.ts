import tap from 'tap';
import { KIND } from '../../lib/actuators/routes/kind.js';
import { change } from '../../lib/diff.js';
import type { State, Status, Transition } from '../../lib/model.js';
import { atLevel, type LogLine, loggerCall, logLines } from '../../lib/report/log.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { grouped, makeRoute } from '../make.js';

const stateOf = (...statuses: Status[]): State => ({
  ...EMPTY_STATE,
  wans: statuses.map((status) => grouped({ status })),
});
const transition = (from: Status, to: Status): Transition => ({ name: 'wan', device: 'eth1', from, to, reason: 'so' });
const said = (lines: LogLine[]) => lines.map(({ priority, text }) => `${priority} ${text}`);

tap.test('every line has its priority', async (t) => {
  const changes = [change(KIND, 'add', makeRoute('default via 10.0.1.1 dev eth1 metric 10 proto 77'))];
  const transitions = [transition('up', 'down'), transition('up', 'no_gateway'), transition('down', 'up')];
  const round = { transitions, changes, state: stateOf('down', 'up') };
  t.strictSame(said(logLines(round, ['something'], false)), [
    'warning something',
    'notice wan (eth1) down: so',
    'warning wan (eth1) no gateway: so',
    'notice wan (eth1) up: so',
    'info + default via 10.0.1.1 dev eth1 metric 10',
  ]);
  t.strictSame(said(logLines({ ...round, transitions: [], changes: [] }, ['a\nb\u001b[2J'], true)), ['err a?b?[2J']);
});

tap.test('that none is up is said when the last one goes', async (t) => {
  const CASES: [Transition[], Status[], boolean][] = [
    [[transition('up', 'down')], ['down', 'down'], true],
    [[transition('up', 'interface_down')], ['interface_down'], true],
    [[transition('up', 'down')], ['down', 'up'], false],
    [[transition('unknown', 'down')], ['down'], false],
    [[transition('down', 'interface_down')], ['interface_down'], false],
    [[transition('up', 'disabled')], ['disabled'], false],
    [[], ['down'], false],
  ];
  for (const [transitions, statuses, told] of CASES) {
    const lines = said(logLines({ transitions, changes: [], state: stateOf(...statuses) }, [], false));
    t.equal(lines.includes('err no WAN is up; the routes stay as they are'), told, lines.join());
  }
});

const LINES: LogLine[] = [
  { priority: 'info', text: 'a' },
  { priority: 'err', text: 'b' },
  { priority: 'notice', text: 'c' },
];

tap.test('the level is the least grave that is told', async (t) => {
  t.strictSame(
    (['crit', 'err', 'notice', 'debug'] as const).map((level) => atLevel(LINES, level).map(({ text }) => text)),
    [[], ['b'], ['b', 'c'], ['a', 'b', 'c']],
  );
});

tap.test('one call of logger for all lines', async (t) => {
  const each = loggerCall(LINES, false);
  t.strictSame(each, { args: ['-t', 'mini-mwan', '--prio-prefix'], input: '<30>a\n<27>b\n<29>c\n' });
  const gravest = loggerCall(LINES, true);
  t.strictSame(gravest, { args: ['-t', 'mini-mwan', '-p', 'daemon.err'], input: 'a\nb\nc\n' });
});

tap.test('on IPFire, that RED goes to another line', async (t) => {
  const step = (thing: object) => ({ verb: 'replace' as const, thing, sentence: '~ RED: a step', command: ['#'] });
  const steps = [{ do: 'stop' }, { do: 'write', line: 'usb', block: {} }, { do: 'start' }];
  const round = { transitions: [], changes: steps.map(step), state: stateOf('up') };
  t.strictSame(said(logLines(round as never, [], false)), [
    'info ~ RED: a step',
    'notice RED goes to usb',
    'info ~ RED: a step',
  ]);
});
