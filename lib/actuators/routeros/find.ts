import type { RouterosView } from '../../routeros.js';
import { queueNamed, routeNamed, ruleNamed, type Thing } from './thing.js';

type Pair = Extract<Thing, { kind: 'rates' }>;

/** What there is, as it is, of all that we are to steer or have changed. What is there twice is not there. */
export function find(view: RouterosView): Thing[] {
  const { machine, former } = view;
  const switches = (kind: 'route' | 'rule', own: string[], named: typeof routeNamed) => {
    const names = new Set([...own, ...former.flatMap((one) => (one.kind === kind ? [one.name] : []))]);
    return [...names].flatMap((name): Thing[] => {
      const entry = named(view, name);
      return typeof entry === 'string' ? [] : [{ machine: machine.name, kind, name, on: !entry.disabled }];
    });
  };
  const asked = machine.shaper?.queues;
  const before = former.flatMap((one) => (one.kind === 'rates' ? [namesOf(one.queues)] : []));
  const others = before.filter(({ up, down }) => up !== asked?.up || down !== asked.down);
  return [
    ...switches(
      'route',
      machine.routes.map(({ comment }) => comment),
      routeNamed,
    ),
    ...switches('rule', machine.rule === undefined ? [] : [machine.rule], ruleNamed),
    ...[...(asked ? [asked] : []), ...others].flatMap((names) => pairOf(view, names) ?? []),
  ];
}

function namesOf({ up, down }: Pair['queues']): Record<'up' | 'down', string> {
  return { up: up.name, down: down.name };
}

/** Two queues with their rates, if both are there. */
export function pairOf(view: RouterosView, { up, down }: Record<'up' | 'down', string>): Pair | undefined {
  const [above, below] = [queueNamed(view, up), queueNamed(view, down)];
  if (typeof above === 'string' || typeof below === 'string') return undefined;
  const queues = { up: { name: up, rate: above.rate }, down: { name: down, rate: below.rate } };
  return { machine: view.machine.name, kind: 'rates', queues };
}
