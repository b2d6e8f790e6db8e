import tap from 'tap';
import type { Balance, RoundResult } from '../../lib/model.js';
import { balanceJson, balanceWords } from '../../lib/report/balance.js';
import { checkJson } from '../../lib/report/wan-json.js';

const BALANCE: Balance = {
  by: 'load',
  members: [
    { name: 'wan', weight: 13, used: 0.254 },
    { name: 'wanb', weight: 7 },
  ],
  moves: 0,
};

tap.test('who has which share', async (t) => {
  t.equal(balanceWords(BALANCE, 100), 'shared by load: wan 65 %, wanb 35 %');
  t.equal(
    balanceWords({ ...BALANCE, differs: 80 }, 100.5),
    'shared by load: wan 65 %, wanb 35 %; other shares have been right for 20 s, and count after 60 s',
  );
  t.match(balanceWords({ ...BALANCE, differs: 80, moved: 50, moves: 2 }, 100), / and count after 3600 s$/);
  t.equal(balanceWords({ ...BALANCE, members: [] }, 100), 'shared by load: no WAN is up');
  t.strictSame(balanceJson({ ...BALANCE, differs: 80 }, 100), {
    by: 'load',
    shares: [
      { name: 'wan', percent: 65, used_percent: 25 },
      { name: 'wanb', percent: 35, used_percent: null },
    ],
    differs_for_s: 20,
  });
  t.match(balanceJson(BALANCE, 100), { differs_for_s: null });
  const adaptive: Balance = {
    ...BALANCE,
    by: 'adaptive',
    choices: [
      { of: 'fast', name: 'wan', moves: 0, differs: 70 },
      { of: 'bulk', name: 'wanb', moves: 0 },
    ],
  };
  t.equal(
    balanceWords(adaptive, 100),
    'shared by adaptive: wan 65 %, wanb 35 %; fast by wan (another one has been better for 30 s, and counts after 60 s); bulk by wanb',
  );
  t.equal(balanceWords({ ...adaptive, choices: [] }, 100), 'shared by adaptive: wan 65 %, wanb 35 %');
  t.match(balanceJson(adaptive, 100), { fast: 'wan', bulk: 'wanb' });
  t.match(balanceJson({ ...adaptive, choices: [] }, 100), { fast: null, bulk: null });
  const round = (state: object) => ({ state: { wans: [], uptime: 100, ...state }, transitions: [], changes: [] });
  const checked = (state: object) => checkJson(round(state) as unknown as RoundResult, false);
  t.match(checked({ balance: BALANCE }), { balance: balanceJson(BALANCE, 100) }, 'check --json has it, too');
  t.notOk('balance' in checked({}), 'where it is asked for');
});
