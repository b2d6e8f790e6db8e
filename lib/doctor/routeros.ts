import { obstacles } from '../actuators/routeros/want.js';
import type { Cure, Problem } from '../model.js';
import type { Routeros, Sight, Way } from '../routeros.js';

/** What was found of a machine by one of its ways. */
export interface WaySight {
  way: Way;
  /** The program that it takes is there. `dropbear`: it is another one of that name. */
  program: boolean | 'dropbear';
  /** What is wrong with a file that must be secret, in words. */
  exposed?: string;
  /** What it showed; or why it did not, in words. */
  found?: Sight | string;
}

/** What keeps a RouterOS machine from being steered. */
export function examineRouteros(machine: Routeros, ways: WaySight[]): Problem[] {
  const option = `routeros '${machine.name}'`;
  const say = (text: string, remedy?: Problem['remedy']): Problem => ({ option, text, ...(remedy ? { remedy } : {}) });
  const problems = ways.flatMap((one) => examineWay(one, say));
  const sight = ways.map(({ found }) => found).find((found) => typeof found === 'object');
  if (machine.routes.length === 1)
    problems.push(say('it has one list route only, which is never turned off: name a route of each WAN'));
  if (ways.length === 1) problems.push(say(`${ways[0]?.way} is the only way to it: without that, nothing is steered`));
  if (!sight) return problems;
  const unseen =
    'it does not show all of its netwatches, schedules and scripts (policy: read): who else switches is not known';
  return [
    ...problems,
    ...obstacles({ machine, sight, former: [], wish: { lines: [] } }),
    ...(sight.hidden ? [say(unseen)] : []),
  ];
}

type Say = (text: string, remedy?: Problem['remedy']) => Problem;

function examineWay({ way, program, exposed, found }: WaySight, say: Say): Problem[] {
  const name = way === 'rest' ? 'curl' : 'ssh';
  const install: Cure[] = [{ install: name }];
  if (program === 'dropbear')
    return [
      say("the program 'ssh' is Dropbear's, which cannot be told to take keys only: OpenSSH's is needed", install),
    ];
  if (!program) return [say(`the program '${name}' is not there: no ${way}`, install)];
  if (exposed !== undefined) return [say(`${way} is not used: ${exposed}`)];
  return typeof found === 'string' ? [say(`${way} does not work: ${found}`)] : [];
}
