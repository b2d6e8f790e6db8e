import { diff } from '../../diff.js';
import type { Change, Intent, Observation, Problem, Verb, Verdict } from '../../model.js';
import { whyFailed } from '../../observe/marks.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Kind, Planner, Wanted } from '../actuator.js';
import type { Marked, Marking } from '../inbound/chain.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { movedPrefixes } from '../six/moved.js';
import { translationsOf } from './rules.js';
import { LOSS, type Part, sourceChain, TABLE, type TranslationThing, tableOf, zoneChains } from './table.js';
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

/** What marks the packets that are led by tables of lines. @param canLead flows, too */
type Mark = (intent: Intent, verdicts: Verdict[], seen: Observation, canLead: boolean) => Marking;

/** What becomes of sources that leave by a line which has not delegated them. @param mark absent: nothing is led */
export function plannerOf(mark?: Mark): Planner<TranslationThing> {
  return {
    family: 6,
    place: `nft table ${TABLE}`,
    carrying: () => [],
    want: (intent, verdicts, seen, lack) => {
      // Nobody takes flows on another line with the source of their own.
      const marking = mark?.(intent, verdicts, seen, !lacks('translation', lack));
      return want(intent, verdicts, seen, marking, lack);
    },
    changes: (things, { six }) => {
      const { comments } = six?.translation ?? {};
      return diff(KIND, things, comments ? [{ kind: 'translation', comments }] : []);
    },
  };
}

function want(
  intent: Intent,
  verdicts: Verdict[],
  seen: Observation,
  marking: Marking = { chains: [], led: [] },
  lack?: Problem,
): Wanted<TranslationThing> {
  const { six } = seen;
  const paths = verdicts.map(({ path }) => path);
  const translations = translationsOf(paths, six?.addresses ?? []);
  const { chains: marks, led } = lacks('marks', lack) ? { chains: [], led: [] } : marking;
  const isShared = paths.filter(({ wan }) => wan.enabled).length > 1;
  const isNeeded = translations.some(({ to }) => to !== 'itself') || (isShared && led.length > 0);
  if (!isNeeded && marking.chains.length === 0) return { things: [], problems: [] };
  const { obstacle } = six?.translation ?? {};
  if (obstacle !== undefined) {
    const text = `nft cannot be used: ${obstacle}; ${LOSS}`;
    return { things: [], problems: [{ option: 'option ipv6', text, remedy: [{ install: 'nft' }] }] };
  }
  const canTranslate = isNeeded && !lacks('translation', lack);
  const zones = canTranslate && !lacks('zones', lack) ? zonesOf(movedPrefixes(intent, verdicts, seen)) : [];
  const sources = (some: Marked[]) => (canTranslate ? [sourceChain(translations, paths, some)] : []);
  const table = tableOf({ zones: zoneChains(zones, paths), translation: sources(led), marks }, sources([]));
  return { things: table.comments.length > 0 ? [table] : [], problems: lack ? [lack] : [] };
}

/** The table, by `nft`. */
export function translation(exec: Exec, mark?: Mark): Actuator<TranslationThing> {
  return {
    ...plannerOf(mark),
    apply: async ([change]: Change<TranslationThing>[]) => {
      const [program = '', ...args] = change?.command ?? [];
      const reason = whyFailed(await exec.start(program, args, { timeout: IP_TIMEOUT }).finished);
      return reason === undefined ? undefined : { index: 0, reason };
    },
    investigate: async ({ thing }, reason) => (await import('./investigate.js')).investigate(exec, thing, reason),
  };
}

function lacks(part: Part, lack: Problem | undefined): boolean {
  return lack?.option?.includes(part) ?? false;
}
