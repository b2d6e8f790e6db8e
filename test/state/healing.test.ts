import tap from 'tap';
import type { Healing, State } from '../../lib/model.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { grouped } from '../make.js';

const stateOf = (healing?: Healing, more: Partial<State> = {}): State => {
  const numbers = { statusSince: 0, statusSinceUptime: 0, lastCheck: 0, rxBytes: 0, txBytes: 0, falls: 0, rtts: [] };
  const counted = { failures: 0, successes: 0, failureThreshold: 2, recoveryThreshold: 3, targets: [] };
  const wan = grouped({ name: 'wan1', status: 'down', judged: true, reason: 'r', ...numbers, ...counted });
  return { ...EMPTY_STATE, ...more, wans: [{ ...wan, ...(healing ? { healing } : {}) }] };
};

tap.test('restarts and plugins are remembered, where there are any', async (t) => {
  const CASES: [Healing | undefined, State['plugins']][] = [
    [undefined, undefined],
    [{ restarts: 0 }, ['boot b', 'sent m 1.00']],
    [
      { restarts: 2, restarted: 7.25, silentSince: 1.5, diallingSince: 3, haltedSince: 4, due: 900 },
      ['boot b', 'alert p wan-down:a 12.50 open', 'x'],
    ],
  ];
  for (const [healing, plugins] of CASES) {
    const state = stateOf(healing, plugins ? { plugins } : {});
    const text = formatState(state);
    t.strictSame(parseState(text), state);
    const lines = text.split('\n').filter((line) => /^(silent_since|dialling|restart|plugins)/.test(line));
    t.equal(lines.length > 0, healing !== undefined);
  }
});

tap.test('what is damaged is written anew, and not kept beside it', async (t) => {
  const text = formatState(stateOf({ restarts: 2, due: 900 }, { plugins: ['a'] }));
  const CASES: [RegExp, string, Healing | undefined][] = [
    [/^restarts=2$/m, 'restarts=x', { restarts: 0, due: 900 }],
    [/^restart_due=.*$/m, 'restart_due=-1', { restarts: 2 }],
    [/^silent_since=$/m, 'silent_since=now', { restarts: 2, due: 900 }],
  ];
  for (const [line, instead, healing] of CASES) {
    const [wan] = parseState(text.replace(line, instead))?.wans ?? [];
    t.strictSame([wan?.healing, wan?.others], [healing, undefined], instead);
  }
  const state = parseState(text.replace('plugins[]=a', 'plugins=b'));
  t.strictSame([state?.plugins, state?.others], [undefined, undefined]);
});
