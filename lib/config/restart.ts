import type { Problem, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import type { UciOption } from './uci.js';
import { integer, program } from './values.js';

/** s in which a line that has just been started may well come up by itself. */
const SHORTEST = 30;

/** When a WAN that stays away is restarted, and by what; nothing where nobody asks. */
export function readRestarting(options: Map<string, UciOption>, problems: Problem[]): Pick<Wan, 'restart'> {
  const after = readOption(options, 'restart_after', integer(0, 86400, 0), problems);
  const by = readOption(options, 'restart_program', program, problems);
  if (after === 0) {
    if (by !== undefined)
      problems.push({ ...placeOf(options.get('restart_program')), text: 'never started without option restart_after' });
    return {};
  }
  if (after < SHORTEST) {
    const text = `so soon it would be taken down while it comes up; using ${SHORTEST}`;
    problems.push({ ...placeOf(options.get('restart_after')), text });
  }
  return { restart: { after: Math.max(SHORTEST, after), ...(by === undefined ? {} : { program: by }) } };
}
