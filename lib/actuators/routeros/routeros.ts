import { diff } from '../../diff.js';
import type { Change, Problem } from '../../model.js';
import type { RouterosView } from '../../routeros.js';
import { find } from './find.js';
import { KIND } from './kind.js';
import type { Thing } from './thing.js';
import { want } from './want.js';

/** What is to be changed on a RouterOS machine, in this order, and what cannot be. */
export function planMachine(view: RouterosView): { changes: Change<Thing>[]; problems: Problem[] } {
  const { things, problems } = want(view);
  return { changes: diff(KIND, things, find(view)), problems };
}
