import tap, { type Test } from 'tap';
import { Lab } from '../lab.js';
import { Ipv6 } from './ipv6.js';
import type { Lan6, Line6 } from './topology.js';

type Body = (t: Test, lab: Lab, six: Ipv6) => Promise<unknown>;

/** A test with a lab of its own that has IPv6. @param setup what each ISP gives, nothing for one that has only IPv4 */
export function scenario6(name: string, setup: (Line6 | undefined)[], lan: Lan6, body: Body) {
  tap.test(name, async (t) => {
    const lab = await Lab.create(setup.map(() => ({})));
    t.teardown(lab.remove);
    await body(t, lab, await Ipv6.add(lab, setup, lan));
  });
}
