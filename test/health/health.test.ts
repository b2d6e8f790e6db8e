import tap from 'tap';
import { healthOf } from '../../lib/health/health.js';
import { wordFor } from '../../lib/health/transition.js';
import type { Health, Status, Word } from '../../lib/model.js';
import { grouped } from '../make.js';

tap.test('five states of health, and the word that is told', async (t) => {
  const CASES: [status: Status, judged: boolean, answering: boolean, degraded: boolean, health: Health, word: Word][] =
    [
      ['unknown', false, false, false, 'starting', 'unknown'],
      ['interface_down', false, false, false, 'starting', 'interface_down'],
      ['interface_down', true, false, false, 'down', 'interface_down'],
      ['disabled', false, false, false, 'down', 'disabled'],
      ['up', true, true, false, 'up', 'up'],
      ['up', true, true, true, 'degraded', 'degraded'],
      ['down', true, true, false, 'recovering', 'down'],
      ['down', true, false, true, 'down', 'down'],
      ['no_gateway', true, false, false, 'down', 'no_gateway'],
    ];
  for (const [status, judged, answering, degraded, health, word] of CASES) {
    const quality = { window: [], reliability: 1, degraded, times: 0 };
    const wan = grouped({ status, judged, quality, ...(answering ? { answeringSince: 10 } : {}) });
    t.strictSame([healthOf(wan), wordFor(wan)], [health, word], `${status} ${judged} ${answering} ${degraded}`);
  }
});
