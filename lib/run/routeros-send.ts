import { pairOf } from '../actuators/routeros/find.js';
import type { Thing } from '../actuators/routeros/thing.js';
import type { Change } from '../model.js';
import { type Order, QUEUES, type Question, ROUTES, RULES, toSight } from '../observe/routeros.js';
import type { Entry, Former, RouterosView, Sight } from '../routeros.js';
import type { MachineMemory } from '../state/routeros.js';
import type { Link } from '../system/routeros/link.js';
import type { Failure } from '../system/routeros/ways.js';

/** With how that is which is changed, unless that is known. */
export function withFormer(former: Former[], changes: Change<Thing>[], { queues, routes, rules }: Sight): Former[] {
  const rateOf = (name: string) => queues.find((queue) => queue.name === name)?.rate ?? 0;
  const added = changes.flatMap(({ thing }): Former[] => {
    if (thing.kind === 'rates') {
      const { up, down } = thing.queues;
      const isKnown = former.some(
        (one) => one.kind === 'rates' && one.queues.up.name === up.name && one.queues.down.name === down.name,
      );
      const pair = { up: { ...up, rate: rateOf(up.name) }, down: { ...down, rate: rateOf(down.name) } };
      return isKnown ? [] : [{ kind: 'rates', queues: pair }];
    }
    const { kind, name } = thing;
    const entry = (kind === 'route' ? routes : rules).find((one) => one.name === name);
    const isKnown = former.some((one) => one.kind === kind && one.name === name);
    return isKnown || !entry ? [] : [{ kind, name, disabled: entry.disabled }];
  });
  return [...former, ...added];
}

/** With the rates, if both are as they were wanted. Before the first wish, nobody has left only one of them. */
export function withPair(memory: MachineMemory, view: RouterosView, wanted: Change<Thing>[]): MachineMemory {
  const queues = view.machine.shaper && pairOf(view, view.machine.shaper.queues)?.queues;
  const isWhole = memory.pair === undefined || !wanted.some(({ thing }) => thing.kind === 'rates');
  return queues && isWhole ? { ...memory, pair: { up: queues.up.rate, down: queues.down.rate } } : memory;
}

/**
 * Only what differs. Of two rates that belong together, the first one is put back if the second one is refused.
 *
 * @param questions by which it is seen how they are then
 * @param pair rates that belong together
 */
export async function send(
  link: Link,
  thing: Thing,
  { queues, routes, rules }: Sight,
  { questions, pair }: { questions: Question[]; pair: MachineMemory['pair'] },
): Promise<Failure | undefined> {
  if (thing.kind !== 'rates') {
    const [menu, entries] = thing.kind === 'route' ? [ROUTES, routes] : [RULES, rules];
    const entry = entries.find(({ name }) => name === thing.name);
    return entry && link.set({ menu, by: 'comment', entry, set: { disabled: `${!thing.on}` } });
  }
  const { up, down } = thing.queues;
  const rateOf = (name: string) => queues.find((queue) => queue.name === name)?.rate;
  const isPair = pair && pair.up === rateOf(up.name) && pair.down === rateOf(down.name);
  for (const wanted of [down, up]) {
    const order = orderOf(queues, wanted);
    const failure = order && (await link.set(order));
    if (!failure) continue;
    // Of one that may have been done it shows by the next look.
    if (!failure.again && isPair && wanted === up) await putBack(link, questions, { name: down.name, rate: pair.down });
    return failure;
  }
  return undefined;
}

/** Nothing, where it is so already. */
function orderOf(queues: Entry[], { name, rate }: { name: string; rate: number }): Order | undefined {
  const entry = queues.find((queue) => queue.name === name);
  if (!entry || entry.rate === rate) return undefined;
  return { menu: QUEUES, by: 'name', entry, set: { 'max-limit': `${rate}` } };
}

async function putBack(link: Link, questions: Question[], wanted: { name: string; rate: number }): Promise<void> {
  const answers = await link.ask(questions);
  if (!Array.isArray(answers)) return;
  const order = orderOf(toSight(questions, answers).queues, wanted);
  if (order) await link.set(order);
}
