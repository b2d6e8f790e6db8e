import { diff } from '../../diff.js';
import type { Change } from '../../model.js';
import { forgetDeprecated, rememberDeprecated } from '../../system/deprecated.js';
import type { Tools } from '../../system/exec.js';
import type { Actuator, Planner, Refusal } from '../actuator.js';
import { apply as applyByIp } from '../routes/apply.js';
import { type Deprecated, find, KIND, keyOf } from './thing.js';
import { want } from './want.js';

/** Which prefixes hosts are to take for new connections. */
export const PLANNER: Planner<Deprecated> = {
  family: 6,
  place: 'the list of IPv6 addresses',
  carrying: () => [],
  want,
  changes: (things, { six }) => diff(KIND, things, six ? find(six) : []),
};

/** Addresses of LANs, by `ip -6 addr change`. odhcpd and dnsmasq read them there for what they announce. */
export function deprecation(tools: Tools): Actuator<Deprecated> {
  return {
    ...PLANNER,
    apply: (changes) => apply(tools, changes),
    investigate: async (_change, reason) => ({
      lack: { text: `option deprecate: hosts are not told of a prefix that is dead: ${reason}` },
      lasting: false,
    }),
  };
}

/** What an address was is kept before it changes, and forgotten once it is so again. */
async function apply(tools: Tools, changes: Change<Deprecated>[]): Promise<Refusal | undefined> {
  const put = changes.filter(({ verb }) => verb !== 'del').map(({ thing }) => thing);
  const entries = put.map((thing): [string, { owner: string; preferred: number; valid: number }] => {
    return [keyOf(thing), { owner: thing.owner, preferred: thing.former, valid: thing.valid }];
  });
  if (entries.length > 0 && !rememberDeprecated(tools, Object.fromEntries(entries)))
    return { index: 0, reason: 'what it was cannot be kept beside the state file' };
  const refusal = await applyByIp(tools.exec, changes, ['-6']);
  const done = changes.slice(0, refusal?.index).filter(({ verb }) => verb === 'del');
  if (done.length > 0)
    forgetDeprecated(
      tools,
      done.map(({ thing }) => keyOf(thing)),
    );
  return refusal;
}
