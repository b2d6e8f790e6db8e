import { EXIT, type ExitCode } from '../explain.js';
import { toJson } from '../report/json.js';
import { table } from '../report/table.js';
import { problemText } from '../report/words.js';
import type { Context } from '../run/context.js';
import { requireIpfire } from '../run/ipfire.js';
import { type Known, knownProfiles, withProfiles } from '../run/profiles.js';
import { ground } from '../system/ipfire/ground.js';

/** Shows IPFire's own line and all profiles: those in use in their order, and what is wrong with each. */
export async function profileList(context: Context): Promise<ExitCode> {
  requireIpfire(context, 'profile list');
  const files = await ground(context).files();
  const [primary] = withProfiles(files, []).config.wans;
  const known = knownProfiles(files);
  const lines = primary ? [{ name: primary.name, place: 0, wan: primary, problems: [] }, ...known] : known;
  if (context.options.json) context.say(toJson(lines.map(toValue)));
  else for (const line of table([['NAME', 'TYPE', 'DEVICE', 'USE', ''], ...lines.map(toRow)])) context.say(line);
  return EXIT.ok;
}

function toRow(known: Known): string[] {
  const { name, place, wan } = known;
  const use = place === undefined ? 'not used' : place === 0 ? "IPFire's own" : `backup ${place}`;
  return [name, wan.uplink?.type ?? '-', wan.uplink?.device ?? '-', use, wordsOf(known).join('; ')];
}

function wordsOf({ wan, problems }: Known): string[] {
  return problems.length > 0
    ? problems.map(({ line: _, ...problem }) => problemText(problem, ''))
    : wan.unusable === undefined
      ? []
      : [wan.unusable];
}

function toValue(known: Known) {
  const { name, place, wan } = known;
  return {
    name,
    type: wan.uplink?.type ?? null,
    device: wan.uplink?.device ?? null,
    backup: place || null,
    usable: wan.unusable === undefined,
    problems: wordsOf(known),
  };
}
