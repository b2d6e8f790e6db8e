import { EXIT, Trouble } from '../explain.js';
import { SQLITE } from '../system/sqlite.js';
import { explained } from './history-write.js';

/** Why a database gave no answer, for whoever asked. @param isCopy it is the one that outlives a restart */
export function faultTrouble(path: string, problem: string, isCopy: boolean): Trouble {
  if (problem.endsWith('not found'))
    return new Trouble(EXIT.cannotRun, `the program '${SQLITE}' is not there: nobody can read ${path}`, [
      'see: mini-mwan validate',
    ]);
  const words = explained(path, problem);
  return new Trouble(
    EXIT.cannotRun,
    words === problem ? `${path} cannot be read: ${problem}` : words,
    remedyFor(problem, path, isCopy),
  );
}

function remedyFor(problem: string, path: string, isCopy: boolean): string[] {
  if (/locked/.test(problem)) return ['somebody else has it open to write; try again'];
  if (isCopy && /not a database|no such table/.test(problem)) return ['see: option history_path'];
  if (/malformed|not a database|no such table/.test(problem))
    return [`the next round sets it aside; or at once: mv '${path}' '${path}.corrupt'`];
  if (/unable to open|readonly|permission/i.test(problem)) return ['run it as root'];
  return [];
}
