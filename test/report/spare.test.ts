import tap from 'tap';
import type { Spare, Status } from '../../lib/model.js';
import { spareLines } from '../../lib/report/spare.js';
import { grouped } from '../make.js';

tap.test('why a line is only a backup', async (t) => {
  const wan = (name: string, status: Status, spare?: Spare) => ({
    ...grouped({ status }),
    name,
    ...(spare === undefined ? {} : { spare }),
  });
  t.strictSame(
    spareLines([wan('a', 'up'), wan('lte', 'up', 'metered'), wan('sat', 'up', 'latency'), wan('c', 'down', 'loss')]),
    ['lte is a backup for MPTCP: it is metered', 'sat is a backup for MPTCP: its RTT is 8 times that of the fastest'],
  );
});
