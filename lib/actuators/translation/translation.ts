import { diff } from '../../diff.js';
import type { Change, Intent, Observation, Problem, Verb, Verdict } from '../../model.js';
import { whyFailed } from '../../observe/marks.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Kind, Planner, Wanted } from '../actuator.js';
import type { Marked, Marking } from '../inbound/chain.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { movedPrefixes } from '../six/moved.js';
import { translationsOf } from './rules.js';
import { type Part, sourceChain, TABLE, type TranslationThing, tableOf, zoneChains } from './table.js';
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
/** What comes of it where the kernel does not have a part, and what it must have for it. */
const PARTS: Record<Part, [loss: string, modules: string]> = {
  zones: ['flows that began before a failover are lost', 'CONFIG_NF_CONNTRACK_ZONES'],
  translation: [LOSS, 'nft_nat and nft_masq; on OpenWrt: kmod-nft-nat'],
  marks: [
    'answers leave by the line in charge, and no flow is led',
    'nft_ct and CONFIG_NF_CONNTRACK_MARK; on OpenWrt: kmod-nft-core',
  ],
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
    investigate: async ({ thing: { parts = [] } }, reason) => {
      const refused: Part[] = [];
      for (const [part, text] of parts) {
        const { exitCode } = await exec.start('nft', ['-c', text], { timeout: IP_TIMEOUT }).finished;
        if (exitCode !== 0) refused.push(part);
      }
      // Where it takes each of them alone, nobody knows which it is.
      return { lack: lackOf(refused.length > 0 ? refused : parts.map(([part]) => part), reason), lasting: false };
    },
  };
}

/** What is lacking is in the option that is named. */
function lackOf(parts: Part[], reason: string): Problem {
  const [losses, modules] = [parts.map((part) => PARTS[part][0]), parts.map((part) => PARTS[part][1])];
  return {
    option: `option ipv6: ${parts.join(', ')}`,
    text: `nft takes none: ${reason}; ${losses.join('; ')}`,
    remedy: modules.map((one) => `the kernel must have ${one}`),
  };
}

function lacks(part: Part, lack: Problem | undefined): boolean {
  return lack?.option?.includes(part) ?? false;
}
