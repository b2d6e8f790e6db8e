import { bitWords } from '../actuators/routeros/words.js';
import type { Entry, RouterosView } from '../routeros.js';
import { safe } from './words.js';

/** What a look at a machine showed, and what is wanted of it, for `--verbose`. */
export function sightLines({ machine, sight, wish, leaving }: RouterosView): string[] {
  const { queues, rules, routes } = sight;
  const seen = [
    ...routes.map((route) => `route '${route.name}' ${switched(route)}`),
    ...rules.map((rule) => `mangle rule '${rule.name}' ${switched(rule)}`),
    ...queues.map(({ name, rate }) => `${name} ${bitWords(rate)}`),
  ];
  const { lines, rates, steered } = wish;
  // The lowest rank is the one that carries traffic.
  const lowest = Math.min(...lines.flatMap(({ rank }) => rank ?? []));
  const wanted = [
    ...lines.map(({ wan, up, rank }) => `${wan} ${up ? 'up' : 'down'}${rank === lowest ? ', in use' : ''}`),
    ...(rates ? [`${bitWords(rates.down)} down, ${bitWords(rates.up)} up`] : []),
    ...(steered === undefined ? [] : [steered ? 'flows are steered' : 'no flow is steered']),
  ];
  return [
    safe(`${machine.name}: there is ${listed(seen)}`, 2000),
    safe(`${machine.name}: ${leaving ? 'all is to be as it was' : `here is ${listed(wanted)}`}`, 2000),
  ];
}

function listed(words: string[]): string {
  return words.length === 0 ? 'nothing that is steered' : words.join('; ');
}

function switched({ disabled, inactive }: Entry): string {
  return disabled ? 'disabled' : `enabled${inactive ? ', not in use' : ''}`;
}
