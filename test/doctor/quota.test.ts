import tap from 'tap';
import { examineQuota } from '../../lib/doctor/quota.js';

tap.test('where the use of a quota would be forgotten', async (t) => {
  const quotaPath = '/var/lib/quota';
  t.strictSame(examineQuota({}, 'ram'), []);
  t.strictSame(examineQuota({ quotaPath }, 'kept'), []);
  t.match(examineQuota({ quotaPath }, 'ram'), [
    { text: 'the folder /var/lib is in RAM: a restart of the router forgets what was used' },
  ]);
  t.match(examineQuota({ quotaPath }, 'absent'), [{ text: /is not there/ }]);
  t.match(examineQuota({ quotaPath }, 'read-only'), [{ text: /is read-only/ }]);
});
