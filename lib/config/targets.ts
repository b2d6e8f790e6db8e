import type { Problem } from '../model.js';
import { placeOf, reportOverruled } from './options.js';
import type { UciOption } from './uci.js';
import { isTarget } from './values.js';

const MAX_TARGETS = 10;

/** How a target is read: as it is known from here on, and what is legal in words, where that is more than an address. */
interface TargetReader {
  read(text: string): string | undefined;
  legal?(text: string): string | undefined;
}
const ADDRESS: TargetReader = { read: (text) => (isTarget(text) ? text : undefined) };

/** Does it name a target that is not pinged? */
export function asksOtherwise(option: UciOption | undefined): boolean {
  return option?.values.some((value) => value.includes('://')) ?? false;
}

/** The targets that an option names, each once. */
export function readTargets(option: UciOption | undefined, problems: Problem[], reader = ADDRESS): string[] {
  reportOverruled(option, problems);
  const targets = new Set<string>();
  const add = (value: string, place: Pick<Problem, 'line' | 'option' | 'value'>) => {
    const target = reader.read(value);
    if (target === undefined) {
      const what = reader.legal?.(value) ?? 'not the IPv4 address of a host (names are not looked up in a probe)';
      problems.push({ ...place, text: `${what}; ignored` });
    } else if (targets.has(target)) problems.push({ ...place, text: 'named twice; used once' });
    else if (targets.size === MAX_TARGETS)
      problems.push({ ...place, text: `more than ${MAX_TARGETS} targets; ignored` });
    else targets.add(target);
  };
  option?.values.forEach((text, i) => {
    const place = { ...placeOf(option), line: option.lines[i] ?? option.line };
    // One option may name several, as UCI's own scripts take blanks for list separators.
    for (const value of text.split(/\s+/).filter(Boolean)) add(value, { ...place, value });
  });
  return [...targets];
}
