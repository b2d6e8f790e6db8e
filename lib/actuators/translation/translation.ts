import { diff } from '../../diff.js';
import type { Change, Intent, Observation, Problem, Verb, Verdict } from '../../model.js';
import { whyFailed } from '../../observe/marks.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Kind, Planner, Wanted } from '../actuator.js';
import type { Marking } from '../inbound/chain.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { movedPrefixes } from '../six/moved.js';
import { translationsOf } from './rules.js';
import { sourceChain, TABLE, type TranslationThing, tableOf, zoneChains } from './table.js';
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
/** What is lacking where nothing can be done at all. */
const ALL = 'option ipv6, option inbound';
const WITH_MARKS = 'the kernel must have nft_ct and CONFIG_NF_CONNTRACK_MARK; on OpenWrt: kmod-nft-core';
const WITH_ZONES = 'the kernel must have CONFIG_NF_CONNTRACK_ZONES';
const MODULES = 'the kernel must have nft_nat and nft_masq; on OpenWrt: kmod-nft-nat';

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
      const marking = mark?.(intent, verdicts, seen, !lack || lack.option === ZONES);
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
  { chains: marks, led }: Marking = { chains: [], led: [] },
  lack?: Problem,
): Wanted<TranslationThing> {
  const { six } = seen;
  const paths = verdicts.map(({ path }) => path);
  const translations = translationsOf(paths, six?.addresses ?? []);
  const isNeeded = translations.some(({ to }) => to !== 'itself');
  if (!isNeeded && marks.length === 0) return { things: [], problems: [] };
  const { obstacle } = six?.translation ?? {};
  const missing: Problem | undefined =
    obstacle === undefined
      ? undefined
      : { option: 'option ipv6', text: `nft cannot be used: ${obstacle}; ${LOSS}`, remedy: [{ install: 'nft' }] };
  const problems = [missing ?? lack].flatMap((problem) => problem ?? []);
  if (missing || lack?.option === ALL) return { things: [], problems };
  const canTranslate = isNeeded && (!lack || lack.option === ZONES);
  const zones = canTranslate && !lack ? zonesOf(movedPrefixes(intent, verdicts, seen)) : [];
  const sources = canTranslate ? [sourceChain(translations, paths, led)] : [];
  const isEmpty = sources.length === 0 && marks.length === 0;
  return { things: isEmpty ? [] : [tableOf(zoneChains(zones, paths), sources, marks)], problems };
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
    // One part after the other is done without.
    investigate: async ({ thing }, reason) => ({ lack: lackOf(thing, reason), lasting: false }),
  };
}

function lackOf({ apart, translates }: TranslationThing, reason: string): Problem {
  if (apart) {
    const text = `nft takes none: ${reason}; flows that began before a failover are lost`;
    return { option: ZONES, text, remedy: [WITH_ZONES] };
  }
  const isAll = !translates;
  return {
    option: isAll ? ALL : 'option ipv6',
    text: isAll
      ? `nft takes nothing: ${reason}; ${LOSS}, and answers leave by the line in charge`
      : `nft does not translate: ${reason}; ${LOSS}`,
    remedy: [isAll ? WITH_MARKS : MODULES],
  };
}
