import { ENOUGH } from '../config/shaper.js';
import { parseUci } from '../config/uci.js';
import type { Config, Problem, Shaper, View } from '../model.js';
import { devicesOf } from '../shape/devices.js';

/** What else decides whether lines can be shaped. */
export interface ShaperSight {
  /** The program is there. */
  fping: boolean;
  /** Parts of the kernel. Absent: nobody can say. */
  cake?: boolean | undefined;
  ifb?: boolean | undefined;
  /** What `nft list flowtables` prints. */
  flowtables: string;
  /** Configuration of sqm-scripts. Absent: there is none. */
  sqm?: string | undefined;
}

/** What keeps lines from being shaped, or shaped well, that a round does not say. */
export function examineShapers({ shapers = [] }: Config, { seen, paths }: View, sight: ShaperSight): Problem[] {
  const meant = shapers.filter(({ wan }) => paths.some((path) => path.wan.name === wan && path.wan.enabled));
  if (meant.length === 0) return [];
  const ours = meant.filter(({ words }) => words);
  const problems: Problem[] = [];
  if (sight.cake === false && ours.length > 0)
    problems.push({ text: 'this kernel has no CAKE: no line is shaped', remedy: [{ install: 'cake' }] });
  if (sight.ifb === false && ours.some(({ ingress }) => ingress && 'ours' in ingress))
    problems.push({ text: 'this kernel has no ifb: what comes is not shaped', remedy: [{ install: 'ifb' }] });
  if (!sight.fping) {
    const text = "the program 'fping' is not there: ping asks the reflectors, by a process for each";
    problems.push({ text, remedy: [{ install: 'fping' }] });
  }
  if (/^\s*flags offload\b/m.test(sight.flowtables)) {
    const text = 'hardware flow offload is on: what runs through it passes no queue, and is not shaped';
    problems.push({ text, remedy: [{ offload: 'hardware' }] });
  }
  const queues = sqmQueues(sight.sqm);
  return [...problems, ...meant.flatMap((shaper) => examineShaper(shaper, { seen, paths }, queues))];
}

function examineShaper(shaper: Shaper, { seen, paths }: View, queues: Map<string, string>): Problem[] {
  const option = `shaper '${shaper.name}'`;
  const { up } = devicesOf(shaper, paths, seen.links);
  const problems: Problem[] = [];
  const { reflectors, device, ingress } = shaper;
  if (reflectors.length < ENOUGH) {
    const text = `${reflectors.length} reflector${reflectors.length === 1 ? '' : 's'}: one that is slow itself is not outvoted; ${ENOUGH} or more are better`;
    problems.push({ option, text });
  }
  for (const name of [device, ingress && 'device' in ingress ? ingress.device : undefined]) {
    if (name !== undefined && !seen.links.some((link) => link.device === name))
      problems.push({ option, text: `there is no device ${name} at the moment`, remedy: ['ip link show'] });
  }
  const section = up === undefined ? undefined : queues.get(up);
  if (section !== undefined && shaper.words) {
    const text = `sqm-scripts shape ${up}, too (/etc/config/sqm, ${section}): only the rate of their CAKE is steered`;
    problems.push({ option, text, remedy: [`if that is meant: option existing '1'; or else: /etc/init.d/sqm stop`] });
  }
  return problems;
}

/** Devices that sqm-scripts are to shape, with the section that says so. */
function sqmQueues(text: string | undefined): Map<string, string> {
  const parsed = parseUci(text ?? '');
  if (!('sections' in parsed)) return new Map();
  return new Map(
    parsed.sections.flatMap(({ type, name, options }): [string, string][] => {
      const value = (option: string) => options.get(option)?.values.at(-1);
      const device = value('interface');
      if (type !== 'queue' || value('enabled') !== '1' || device === undefined) return [];
      return [[device, name === undefined ? 'a section without a name' : `section '${name}'`]];
    }),
  );
}
