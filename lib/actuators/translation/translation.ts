import { diff } from '../../diff.js';
import type { Change, Intent, Observation, Problem, Verb, Verdict } from '../../model.js';
import { whyFailed } from '../../observe/marks.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Kind, Planner, Wanted } from '../actuator.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { movedPrefixes } from '../six/moved.js';
import { translationsOf } from './rules.js';
import { TABLE, type TranslationThing, tableOf } from './table.js';
import { zonesOf } from './zones.js';

/** Our table, whole: it is made anew in one transaction. What is found under its name is ours. */
const KIND: Kind<TranslationThing> = {
  key: () => TABLE,
  same: (a, b) => a.comments.join('\n') === b.comments.join('\n'),
  ours: () => true,
  rank: () => 0,
  renewal: () => 'replace',
  sentence: (verb: Verb) => `${{ add: '+', append: '+', replace: '~', del: '-' }[verb]} nft table ${TABLE}`,
  command: (verb, { text = '' }) => ['nft', verb === 'del' ? `delete table ${TABLE}` : text],
};

const LOSS = 'hosts with the prefix of a dead line stay without IPv6';
/** What is lacking where only flows that began before are lost. */
const ZONES = 'option ipv6: zones';
const WITH_ZONES = 'the kernel must have CONFIG_NF_CONNTRACK_ZONES';
const MODULES = 'the kernel must have nft_nat and nft_masq; on OpenWrt: kmod-nft-nat';

/** What becomes of sources that leave by a line which has not delegated them. */
export const PLANNER: Planner<TranslationThing> = {
  family: 6,
  place: `nft table ${TABLE}`,
  carrying: () => [],
  want,
  changes: (things, { six }) => {
    const { comments } = six?.translation ?? {};
    return diff(KIND, things, comments ? [{ kind: 'translation', comments }] : []);
  },
};

function want(intent: Intent, verdicts: Verdict[], seen: Observation, lack?: Problem): Wanted<TranslationThing> {
  const { six } = seen;
  const paths = verdicts.map(({ path }) => path);
  const translations = translationsOf(paths, six?.addresses ?? []);
  if (translations.every(({ to }) => to === 'itself')) return { things: [], problems: [] };
  const { obstacle } = six?.translation ?? {};
  const missing: Problem | undefined =
    obstacle === undefined
      ? undefined
      : { option: 'option ipv6', text: `nft cannot be used: ${obstacle}; ${LOSS}`, remedy: [{ install: 'nft' }] };
  const canMove = lack?.option !== ZONES;
  const problem = missing ?? lack;
  const zones = canMove ? zonesOf(movedPrefixes(intent, verdicts, seen)) : [];
  const isMade = !missing && (!lack || !canMove);
  return { things: isMade ? [tableOf(translations, paths, zones)] : [], problems: problem ? [problem] : [] };
}

/** The table, by `nft`. */
export function translation(exec: Exec): Actuator<TranslationThing> {
  return {
    ...PLANNER,
    apply: async ([change]: Change<TranslationThing>[]) => {
      const [program = '', ...args] = change?.command ?? [];
      const reason = whyFailed(await exec.start(program, args, { timeout: IP_TIMEOUT }).finished);
      return reason === undefined ? undefined : { index: 0, reason };
    },
    investigate: async ({ thing }, reason) => ({
      lack: thing.apart
        ? {
            option: ZONES,
            text: `nft takes none: ${reason}; flows that began before a failover are lost`,
            remedy: [WITH_ZONES],
          }
        : { option: 'option ipv6', text: `nft does not translate: ${reason}; ${LOSS}`, remedy: [MODULES] },
      lasting: false,
    }),
  };
}
