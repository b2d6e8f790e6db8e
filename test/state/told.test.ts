import tap from 'tap';
import type { State, Status, Transition } from '../../lib/model.js';
import { untold } from '../../lib/state/told.js';
import { grouped } from '../make.js';

tap.test('what was not told is what was told before', async (t) => {
  const wan = (name: string, status: Status, told?: Status) => grouped({ name, status, told });
  const state = { uptime: 7, wans: [wan('a', 'up'), wan('b', 'down'), wan('c', 'disabled')] } as unknown as State;
  const news = (name: string, from: Status) => ({ name, from, to: 'down' }) as Transition;
  const CASES: [Transition[], object[]][] = [
    [[], state.wans],
    [[news('b', 'up')], [wan('a', 'up'), wan('b', 'down', 'up'), wan('c', 'disabled')]],
    [[news('d', 'up')], state.wans],
  ];
  for (const [transitions, wans] of CASES) t.strictSame(untold(state, transitions), { ...state, wans });
});
