import tap from 'tap';
import { steeringMetrics } from '../../lib/report/metrics-steering.js';
import { formatSteered, type Steered } from '../../lib/state/steering.js';
import { parseExposition } from './exposition.js';
import { stateOf } from './states.js';

const VOICE: Steered = {
  ...{ name: 'voice', primary: 'dsl', alternate: 'lte', on: true, dryRun: false },
  ...{ since: 180, score: 90, toggles: [20, 180], reason: 'dsl: RED' },
};
const NEVER: Steered = {
  ...{ name: 'games', primary: 'dsl', alternate: 'sat', on: false, dryRun: true },
  ...{ score: 0, toggles: [], reason: '' },
};

tap.test('each section, what it does and since when', async (t) => {
  const steering = [VOICE, NEVER].map(formatSteered);
  const text = steeringMetrics({ ...stateOf(), timestamp: 1_700_000_000.4, uptime: 200, steering });
  t.strictSame(
    text.split('\n').filter((line) => !line.startsWith('#')),
    [
      'mini_mwan_steering_active{steering="voice",primary="dsl",alternate="lte"} 1',
      'mini_mwan_steering_active{steering="games",primary="dsl",alternate="sat"} 0',
      'mini_mwan_steering_dry_run{steering="voice",primary="dsl",alternate="lte"} 0',
      'mini_mwan_steering_dry_run{steering="games",primary="dsl",alternate="sat"} 1',
      'mini_mwan_steering_since_timestamp_seconds{steering="voice",primary="dsl",alternate="lte"} 1699999980',
      'mini_mwan_steering_certainty_ratio{steering="voice",primary="dsl",alternate="lte"} 0.9',
      'mini_mwan_steering_certainty_ratio{steering="games",primary="dsl",alternate="sat"} 0',
      'mini_mwan_steering_recent_changes{steering="voice",primary="dsl",alternate="lte"} 2',
      'mini_mwan_steering_recent_changes{steering="games",primary="dsl",alternate="sat"} 0',
      '',
    ],
  );
  t.equal(parseExposition(text).length, 5, 'and it is what Prometheus reads');
  t.equal(steeringMetrics(stateOf()), '', 'nothing without a section');
});
