import type { State, Told } from '../model.js';
import type { Lasting, Suspicions, Usual } from './lasting.js';

/** What plugins have been told and given. */
export interface Heard extends Suspicions {
  told: Told[];
  /** s since boot when a plugin was given figures last, by its name. Of those with an interval. */
  sent: ReadonlyMap<string, number>;
}

/** In place of a time that is not known. */
const NONE = '-';
const TOLD = /^alert ([\w-]{1,64}) ([!-<>-~]+) (-|[\d.]{1,20}) (open|over)$/;
const LASTING = /^lasting ([!-<>-~]+) ([\d.]{1,20}) ([\d.]{1,20})$/;
const USUAL = /^usual ([!-<>-~]+) ([\d.]{1,20}) ([\d.]{1,20})$/;
const SENT = /^sent ([\w-]{1,64}) ([\d.]{1,20})$/;

/** The lines of the state file that say it. @param bootId whose times they are */
export function formatMemory({ told, sent, lasting, usual }: Heard, bootId: string): string[] {
  return [
    `boot ${bootId}`,
    ...told.map(({ plugin, key, at, open }) =>
      ['alert', plugin, key, at?.toFixed(2) ?? NONE, open ? 'open' : 'over'].join(' '),
    ),
    ...lasting.map(({ key, since, seen }) => `lasting ${key} ${since.toFixed(2)} ${seen.toFixed(2)}`),
    ...usual.map(({ name, rtt, at }) => `usual ${name} ${rtt.toFixed(2)} ${at.toFixed(2)}`),
    ...[...sent].map(([plugin, at]) => `sent ${plugin} ${at.toFixed(2)}`),
  ];
}

/** What they say. What is none of them is left out; so are times of another boot, and those that are still to come. */
export function parseMemory({
  plugins: lines = [],
  uptime,
  bootId,
}: Pick<State, 'plugins' | 'uptime' | 'bootId'>): Heard {
  const isOurs = lines.includes(`boot ${bootId}`);
  const timeOf = (text: string | undefined) => {
    const at = Number(text);
    return isOurs && at <= uptime ? at : undefined;
  };
  const told = lines.flatMap((line): Told[] => {
    const [, plugin = '', key = '', when, word] = TOLD.exec(line) ?? [];
    const at = timeOf(when);
    return word === undefined ? [] : [{ plugin, key, ...(at === undefined ? {} : { at }), open: word === 'open' }];
  });
  const times = lines.flatMap((line): [string, number][] => {
    const [, plugin = '', when] = SENT.exec(line) ?? [];
    const at = timeOf(when);
    return at === undefined ? [] : [[plugin, at]];
  });
  const lasting = lines.flatMap((line): Lasting[] => {
    const [, key, first, last] = LASTING.exec(line) ?? [];
    const [since, seen] = [timeOf(first), timeOf(last)];
    return key === undefined || since === undefined || seen === undefined ? [] : [{ key, since, seen }];
  });
  const usual = lines.flatMap((line): Usual[] => {
    const [, name, ms, when] = USUAL.exec(line) ?? [];
    const [rtt, at] = [Number(ms), timeOf(when)];
    return name === undefined || at === undefined || !Number.isFinite(rtt) ? [] : [{ name, rtt, at }];
  });
  return { told, sent: new Map(times), lasting, usual };
}
