import tap from 'tap';
import { findAsides } from '../../lib/policy/aside.js';
import { grouped, makeConfig, makeWan } from '../make.js';

const NAME = 'wan1/ipv6';

tap.test('how long a path has been dead', async (t) => {
  const CASES: [status: string, since: number, judged: boolean, dead: boolean][] = [
    ['down', 70, true, true],
    ['down', 71, true, false],
    ['interface_down', 10, true, true],
    ['no_gateway', 10, true, true],
    ['no_gateway', 10, false, false],
    ['unknown', 10, false, false],
    ['disabled', 10, true, false],
    ['up', 10, true, false],
  ];
  for (const [status, statusSinceUptime, judged, dead] of CASES) {
    const state = grouped({ name: NAME, status: status as 'up', statusSinceUptime, judged });
    const found = (wan: object) => {
      const config = makeConfig([makeWan({ name: NAME, ...wan })]);
      return findAsides(config, [state], new Map(), 100).flatMap(({ name, dead }) => (dead ? [name] : []));
    };
    t.strictSame(found({ deprecate: 30 }), dead ? [NAME] : [], `${status} since ${statusSinceUptime}`);
    t.strictSame(found({}), [], 'nobody asks');
    t.strictSame(found({ name: 'wan2/ipv6', deprecate: 30 }), [], 'for another one');
  }
});
