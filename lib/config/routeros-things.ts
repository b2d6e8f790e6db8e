import type { Problem, Shaper, Wan } from '../model.js';
import type { Routeros } from '../routeros.js';
import { placeOf, readOption, reportOverruled } from './options.js';
import { FORMS } from './routeros-forms.js';
import type { UciOption } from './uci.js';
import { optional, type Reader } from './values.js';

/** A name or a comment of something there. */
export const LABEL: Reader<string | undefined> = {
  read: (text) => (isLabel(text) ? text : undefined),
  legal: '1 to 128 letters, digits, blanks and _ . : , ; / ( ) + @ = # * ! & % -',
  fallback: undefined,
};

function isLabel(text: string): boolean {
  return FORMS.label.test(text) && text === text.trim();
}

type Options = Map<string, UciOption>;

/** `WAN COMMENT`, one for each. */
export function readRoutes(option: UciOption | undefined, wans: Wan[], problems: Problem[]): Routeros['routes'] {
  reportOverruled(option, problems);
  const routes: Routeros['routes'] = [];
  option?.values.forEach((value, i) => {
    const place = { ...placeOf(option), value, line: option.lines[i] ?? option.line };
    const [, name, comment = ''] = /^(\S+) +(.+)$/.exec(value.trim()) ?? [];
    const wan = wans.find((one) => one.name === name)?.name;
    const say = (text: string) => problems.push({ ...place, text: `${text}; ignored` });
    if (wan === undefined) say('not the name of an interface section, a blank and the comment of a route');
    else if (!isLabel(comment)) say(`the comment is not ${LABEL.legal}`);
    else if (routes.some((one) => one.wan === wan || one.comment === comment))
      say('a WAN or a comment that stands before');
    else routes.push({ wan, comment });
  });
  return routes;
}

/** Both queues, or none. */
export function readQueues(options: Options, shapers: Shaper[], problems: Problem[]): Routeros['shaper'] {
  const ofShaper: Reader<string | undefined> = {
    read: (text) => shapers.find(({ name }) => name === text)?.name,
    legal: 'the name of a shaper section that is used',
    fallback: undefined,
  };
  const name = readOption(options, 'shaper', optional(ofShaper), problems);
  const [down, up] = ['download_queue', 'upload_queue'].map((queue) => readOption(options, queue, LABEL, problems));
  const place = placeOf(options.get('shaper') ?? options.get('download_queue') ?? options.get('upload_queue'));
  if (name === undefined || up === undefined || down === undefined) {
    if (name !== undefined || up !== undefined || down !== undefined)
      problems.push({
        ...place,
        text: 'option shaper, option download_queue and option upload_queue only work together; ignored',
      });
    return undefined;
  }
  if (up === down) {
    problems.push({ ...place, text: 'download_queue and upload_queue are the same; ignored' });
    return undefined;
  }
  const { down: shaped } = shapers.find((shaper) => shaper.name === name)?.rates ?? {};
  if (!shaped)
    problems.push({
      ...place,
      text: "without effect: it only has a rate of one direction; for the other: option ifb '1' of the shaper",
    });
  return { name, queues: { up, down } };
}
