import { diff } from '../../diff.js';
import type { Intent, Observation, Problem, Verdict } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply } from '../routes/apply.js';
import { isNamed } from '../six/held.js';
import { findWays } from '../tables/find.js';
import { KIND } from '../tables/kind.js';
import type { WayThing } from '../tables/thing.js';
import type { Marking } from './chain.js';
import { pathsOf } from './inbound.js';
import { markChains } from './marks.js';
import { whyNoLeads, whyNoMarks } from './obstacle.js';
import { type Led, ledBy } from './want.js';

/** Tables and rules of IPv6 that lead answers and flows. The marks for them are in the table that translates. */
export const PLANNER: Planner<WayThing> = {
  family: 6,
  place: 'what leads answers and flows of IPv6 (ip -6 rule)',
  carrying: () => [],
  want: (intent, verdicts, seen) => {
    const { ways, problems } = ledBySix(intent, verdicts, seen);
    const said = saidOfFour(verdicts, seen);
    return { things: ways, problems: problems.filter(({ text }) => !said.includes(text)) };
  },
  changes: (things, seen) => diff<WayThing>(KIND, things, findWays(asSix(seen), 6)),
};

/** Tables and rules by `ip -6`. */
export function inbound6(exec: Exec): Actuator<WayThing> {
  return {
    ...PLANNER,
    apply: (changes) => apply(exec, changes, ['-6']),
    investigate: async ({ thing }, _reason, { paths }) => ({
      paths: pathsOf(
        thing,
        paths.filter(({ wan }) => wan.family),
      ),
    }),
  };
}

/** What marks the packets that are led. @param canLead flows, too */
export function marking6(intent: Intent, verdicts: Verdict[], seen: Observation, canLead: boolean): Marking {
  const { answering, leading } = ledBySix(intent, verdicts, seen);
  const led = canLead ? leading : undefined;
  return { chains: markChains(answering, led, 6), led: led?.staying ?? [] };
}

/** Where the router has no address, a flow would leave with the source of another line. */
function ledBySix(intent: Intent, verdicts: Verdict[], seen: Observation): Led {
  return ledBy(intent, verdicts, asSix(seen), undefined, isNamed);
}

/** What was seen, with what there is of IPv6 in the place of IPv4's. Marks are those of both. */
function asSix({ six, tables: _, rules: __, ...seen }: Observation): Observation {
  if (!six) return seen;
  const { addresses, rules, tables } = six;
  const links = seen.links.map((link) => {
    const own = addresses.filter(({ device }) => device === link.device);
    return { ...link, addresses: own.map(({ address, length }) => ({ address, prefix: length })) };
  });
  return { ...seen, links, rules, ...(tables && { tables }) };
}

/** What is lacking for both families is said once. */
function saidOfFour(verdicts: Verdict[], seen: Observation): string[] {
  const wans = verdicts.map(({ path }) => path.wan);
  return [whyNoMarks(wans, seen), whyNoLeads(wans, seen)].flatMap(
    (problem: Problem | undefined) => problem?.text ?? [],
  );
}
