import { ownerOf } from '../actuators/routeros/owner.js';
import { queueNamed, routeNamed, ruleNamed } from '../actuators/routeros/thing.js';
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
  return sight ? [...problems, ...examineThings({ machine, sight }, say)] : problems;
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

function examineThings(view: { machine: Routeros; sight: Sight }, say: Say): Problem[] {
  const { machine, sight } = view;
  const { routes, rule, shaper } = machine;
  const queues = Object.values(shaper?.queues ?? {});
  const all = [
    ...queues.map((name) => ({ name, found: queueNamed(view, name) })),
    ...routes.map(({ comment }) => ({ name: comment, found: routeNamed(view, comment) })),
    ...(rule === undefined ? [] : [{ name: rule, found: ruleNamed(view, rule) }]),
  ];
  const problems = all.flatMap(({ name, found }): Problem[] => {
    if (typeof found === 'string') return [say(found)];
    const owner = ownerOf({ ...view, former: [] }, name);
    if (owner === undefined) return [];
    return [
      say(`'${name}' is switched by ${owner} there, too, and left to that`, [
        "if it is to be steered all the same: option force '1'",
      ]),
    ];
  });
  const unseen = say(
    'it does not show its netwatches, schedules and scripts (policy: read): who else switches is not known',
  );
  return sight.scripts || machine.force ? problems : [...problems, unseen];
}
