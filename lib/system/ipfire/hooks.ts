import { HOOKS } from '../../actuators/red/places.js';
import type { Tools } from '../exec.js';
import { list } from '../tree.js';

/** What a hook is called with: by the second word of its name (run_subdir of IPFire's functions). */
const ARGUMENTS: Record<string, string> = {
  S: 'start',
  K: 'stop',
  RS: 'restart',
  RL: 'reload',
  U: 'up',
  D: 'down',
};

/** The programs that IPFire runs when RED is up, in its order, but for our own. */
export function hooks({ engine }: Tools): { program: string; args: string[] }[] {
  const numbered = (name: string) => Number(/^\d+/.exec(name)?.[0] ?? Number.POSITIVE_INFINITY);
  return list(engine, HOOKS)
    .filter((name) => !name.includes('mini-mwan') && isProgram(`${HOOKS}/${name}`))
    .sort((a, b) => numbered(a) - numbered(b) || (a < b ? -1 : 1))
    .map((name) => {
      const argument = ARGUMENTS[name.split('-')[1] ?? ''];
      return { program: `${HOOKS}/${name}`, args: argument === undefined ? [] : [argument] };
    });

  function isProgram(path: string): boolean {
    const found = engine.files.stat(path);
    return found?.kind === 'file' && (found.mode & 0o111) !== 0;
  }
}
