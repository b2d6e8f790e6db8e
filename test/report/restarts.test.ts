import tap from 'tap';
import type { Healing, Restart, WanState } from '../../lib/model.js';
import { restartCommands, restartLine, restartLines } from '../../lib/report/restarts.js';

const RESTART: Restart = {
  name: 'lte',
  device: 'wwan0',
  interface: 'wwan',
  status: 'down',
  reason: 'r',
  silent: 240,
  number: 2,
};

tap.test('a restart in words, and as one could paste it', async (t) => {
  const { device: _, ...bare } = RESTART;
  const CASES: [Restart, line: string, commands: string[]][] = [
    [
      RESTART,
      'lte (wwan0) is restarted by ifdown and ifup of wwan, time 2: silent for 4 min',
      ['[#] ifdown wwan', '[#] ifup wwan'],
    ],
    [
      { ...RESTART, program: '/a b' },
      'lte (wwan0) is restarted by /a b, time 2: silent for 4 min',
      ['[#] /a b lte wwan0'],
    ],
    [{ ...bare, program: '/a' }, 'lte is restarted by /a, time 2: silent for 4 min', ['[#] /a lte']],
  ];
  for (const [restart, line, commands] of CASES) {
    t.strictSame([restartLine(restart), restartCommands(restart)], [line, commands]);
  }
});

tap.test('what was done, and what is to come', async (t) => {
  const CASES: [Healing, line?: string][] = [
    [{ restarts: 0 }],
    [{ restarts: 0, silentSince: 900 }],
    [{ restarts: 0, due: 1240 }, 'to be restarted in 4 min'],
    [{ restarts: 1, restarted: 760, due: 1240 }, 'restarted 4 min ago, again in 4 min'],
    [{ restarts: 3, restarted: 760, due: 1000 }, 'restarted 4 min ago, 3 times in a row, again soon'],
    [{ restarts: 1, restarted: 990 }, 'restarted 10 s ago'],
  ];
  for (const [healing, line] of CASES) {
    const wans = [{ name: 'a', healing }, { name: 'b' }] as WanState[];
    t.strictSame(restartLines(wans, 1000), line === undefined ? [] : [`a: ${line}`]);
  }
});
